import { test } from 'node:test';
import { ROWS, type Table } from './rows.js';

/** A test named after a row of a table; the compiler refuses a name that is in none. */
export function row<T extends Table>(table: T, name: (typeof ROWS)[T][number], run: () => Promise<void>): void {
  test(`${table}: ${name}`, run);
}
