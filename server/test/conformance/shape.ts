import assert from 'node:assert/strict';
import type { Json } from '../support.js';

/** What one field holds: `undefined` where it fits, else what is wrong with it. */
export type Check = (value: Json) => string | undefined;

const kind = (name: string, fits: (value: Json) => boolean): Check => (value) => (
  fits(value) ? undefined : `${JSON.stringify(value)} is no ${name}`
);

export const text = kind('text', (value) => typeof value === 'string' && value.length > 0);
export const flag = kind('boolean', (value) => typeof value === 'boolean');
export const number = kind('number', (value) => Number.isFinite(value));
export const count = kind('count', (value) => Number.isInteger(value) && value >= 0);
/** Epoch milliseconds, of the last or the next hour. */
export const time = kind('time', (value) => Number.isInteger(value) && Math.abs(value - Date.now()) < 3_600_000);
/** A time, or 0 for never. */
export const timeOrNever = kind('time or 0', (value) => value === 0 || time(value) === undefined);
export const team = kind('team', (value) => value === 'red' || value === 'blue');
export const v2: Check = (value) => misfit(value, { x: number, y: number });

export const is = (expected: Json): Check => kind(JSON.stringify(expected), (value) => {
  try {
    assert.deepEqual(value, expected);
    return true;
  } catch {
    return false;
  }
});
export const within = (least: number, most: number): Check => kind(`number from ${least} to ${most}`, (value) => value >= least && value <= most);
export const either = (...checks: Check[]): Check => (value) => (
  checks.some((check) => check(value) === undefined) ? undefined : checks.map((check) => check(value)).join(' and ')
);
export const orNull = (check: Check): Check => either(is(null), check);
export const oneOf = (...values: Json[]): Check => either(...values.map(is));
export const list = (check: Check, length?: number): Check => (value) => {
  if (!Array.isArray(value)) return `${JSON.stringify(value)} is no list`;
  if (length !== undefined && value.length !== length) return `has ${value.length} entries, not ${length}`;
  return first(value.map((each, index) => [String(index), check(each)]));
};
/** An object whose keys are ids. */
export const byId = (check: (id: string) => Check): Check => (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${JSON.stringify(value)} is no object`;
  return first(Object.entries(value).map(([id, each]) => [id, check(id)(each)]));
};
export const object = (fields: Fields): Check => (value) => misfit(value, fields);

export type Fields = Readonly<Record<string, Check>>;

/** Exactly these fields, each of its kind. */
function misfit(value: Json, fields: Fields): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${JSON.stringify(value)} is no object`;
  const missing = Object.keys(fields).filter((name) => !(name in value));
  if (missing.length > 0) return `lacks ${missing.join(', ')}`;
  const extra = Object.keys(value).filter((name) => !(name in fields));
  if (extra.length > 0) return `has ${extra.join(', ')} beside what is documented`;
  return first(Object.entries(fields).map(([name, check]) => [name, check(value[name])]));
}

function first(faults: [string, string | undefined][]): string | undefined {
  const fault = faults.find(([, what]) => what !== undefined);
  return fault === undefined ? undefined : `.${fault[0]} ${fault[1]}`;
}

/** Asserts that a payload has exactly these fields, each of its kind. */
export function conforms(payload: Json, fields: Fields): void {
  const fault = misfit(payload, fields);
  assert.equal(fault, undefined, `${fault} in ${JSON.stringify(payload)?.slice(0, 2000)}`);
}
