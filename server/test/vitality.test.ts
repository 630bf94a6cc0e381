import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Vitality } from '../src/pool/index.js';

const signs = (n: number | undefined): Map<string, string | undefined> => new Map([['s', n === undefined ? undefined : String(n)]]);

test('alive while signs change, silent since the last one that did', () => {
  const vitality = new Vitality(1000);
  for (let n = 0; n <= 5; n++) vitality.look(signs(n), n * 1000);
  assert.equal(vitality.silentMs('s'), 0);
  for (let n = 6; n <= 9; n++) vitality.look(signs(5), n * 1000);
  assert.equal(vitality.silentMs('s'), 4000);
  vitality.look(signs(6), 10_000);
  assert.equal(vitality.silentMs('s'), 0);
});

test('time in which nobody looked counts against nobody', () => {
  const vitality = new Vitality(1000);
  vitality.look(signs(1), 0);
  vitality.look(signs(1), 1000);
  vitality.look(signs(1), 61_000);
  assert.equal(vitality.silentMs('s'), 2000);
  for (let at = 62_000; at <= 64_000; at += 1000) vitality.look(signs(1), at);
  assert.equal(vitality.silentMs('s'), 5000, 'who stays silent while looked at is lost all the same');
});

test('a counter that went back is a sign too; who is gone is forgotten; who never gave one grows silent', () => {
  const vitality = new Vitality(1000);
  vitality.look(signs(7), 0);
  vitality.look(signs(1), 1000);
  assert.equal(vitality.silentMs('s'), 0);
  vitality.look(new Map(), 2000);
  assert.equal(vitality.has('s'), false);
  for (let at = 3000; at <= 6000; at += 1000) vitality.look(signs(undefined), at);
  assert.equal(vitality.silentMs('s'), 3000);
});
