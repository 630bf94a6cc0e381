import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROWS, type Table } from './rows.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

test('every row of the protocol\'s tables has exactly one test', () => {
  const found: string[] = [];
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.test.js'))) {
    for (const [, table, , name] of readFileSync(FOLDER + file, 'utf8').matchAll(/^\s*row\('(\w+)', (['"])((?:\\.|(?!\2).)+)\2/gm)) {
      found.push(`${table}: ${name!.replaceAll('\\\'', '\'')}`);
    }
  }
  const rows = (Object.keys(ROWS) as Table[]).flatMap((table) => ROWS[table].map((name) => `${table}: ${name}`));
  assert.deepEqual([...found].sort(), [...rows].sort());
  assert.equal(new Set(rows).size, rows.length);
});
