// A reader of index.d.ts, as far as the tests need it: names of exports, members of classes and interfaces, and the
// doc comments of the kinds of events.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './helpers.mjs';

const text = readFileSync(join(folder, 'index.d.ts'), 'utf8');
const bare = text.replace(/\/\*[\s\S]*?\*\//g, '');

/** The text between the braces that open at the end of `head`. */
function body(head) {
  const start = bare.indexOf(head);
  if (start < 0) throw new Error(`index.d.ts has no ${head}`);
  const open = bare.indexOf('{', start);
  let depth = 0;
  for (let i = open; i < bare.length; i++) {
    if (bare[i] === '{') depth++;
    if (bare[i] === '}' && --depth === 0) return bare.slice(open + 1, i);
  }
  throw new Error(`${head} has no end`);
}

/** Statements of a body, split at semicolons outside brackets. */
function statements(source) {
  const out = [];
  let depth = 0;
  let current = '';
  for (const c of source) {
    if ('({['.includes(c)) depth++;
    if (')}]'.includes(c)) depth--;
    if (c === ';' && depth === 0) {
      out.push(current.trim());
      current = '';
    } else {
      current += c;
    }
  }
  return out.filter((statement) => statement !== '');
}

/** Members of a class: statics and instance members, the constructor and symbols left out. */
export function classMembers(name) {
  const members = { statics: [], instance: [] };
  for (const statement of statements(body(`export class ${name} `))) {
    if (/^((private )?constructor\b|\[)/.test(statement)) continue;
    const match = /^(static )?(readonly )?(\w+)/.exec(statement);
    members[match[1] === undefined ? 'instance' : 'statics'].push(match[3]);
  }
  return { statics: members.statics.sort(), instance: members.instance.sort() };
}

/** Names of the classes that have `[Symbol.dispose]`. */
export function disposables() {
  const classes = [...bare.matchAll(/^export class (\w+)/gm)].map((match) => match[1]);
  return classes.filter((name) => body(`export class ${name} `).includes('[Symbol.dispose](): void;'));
}

/** Fields of an interface: required and optional ones. */
export function interfaceFields(name) {
  const required = [];
  const optional = [];
  for (const statement of statements(body(`export interface ${name} `))) {
    const match = /^(\w+)(\??):/.exec(statement);
    (match[2] === '?' ? optional : required).push(match[1]);
  }
  return { required: required.sort(), optional: optional.sort() };
}

/** Names of everything that exists at run time. */
export function exportedValues() {
  return [...bare.matchAll(/^export (?:class|const|function) (\w+)/gm)].map((match) => match[1]).sort();
}

/** Values of a union of string literals. */
export function union(name) {
  const source = new RegExp(`export type ${name} =([^;]*);`).exec(bare)[1];
  return [...source.matchAll(/'([^']+)'/g)].map((match) => match[1]);
}

/** Fields that the doc comment of each kind of event names: those always there, and those "if still in the match". */
export function eventFields() {
  const source = /export type GameEventType =([\s\S]*?);\n\n/.exec(text)[1];
  const kinds = new Map();
  for (const [, comment, kind] of source.matchAll(/\/\*\* ([^*]*?) \*\/\s*\| '(\w+)'/g)) {
    if (comment.startsWith('As `')) {
      kinds.set(kind, kinds.get(/As `(\w+)`/.exec(comment)[1]));
      continue;
    }
    // What follows a semicolon depends: "`a`, `b`; `c` if still in the match".
    const [always, ...sometimes] = comment.split(';');
    const names = (part) => [...part.matchAll(/`(\w+)`/g)].map((match) => match[1]);
    kinds.set(kind, { required: names(always), optional: sometimes.flatMap(names) });
  }
  return kinds;
}
