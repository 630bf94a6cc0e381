import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CLIENT_EVENTS, MATCHMAKING_EVENTS, PLAYER_STATES, SERVER_EVENTS, StateGate, TRANSITIONS, type PlayerState } from '../src/gate/index.js';
import { INBOUND, OUTBOUND } from '../src/player-state.js';

function gate(maximum = 100): { gate: StateGate; refused: string[] } {
  const refused: string[] = [];
  return { gate: new StateGate({ maximum, refused: (event, reason) => refused.push(`${event} ${reason}`) }), refused };
}

/** By ways that there are. */
const WAYS: Record<PlayerState, PlayerState[]> = { menu: [], matchmaking: ['matchmaking'], in_match: ['matchmaking', 'in_match'], post_match: ['matchmaking', 'in_match', 'post_match'] };

test('both protocols are covered, and no name has two meanings', () => {
  for (const event of [...INBOUND.keys(), ...MATCHMAKING_EVENTS.in]) assert.ok(CLIENT_EVENTS.has(event), event);
  for (const event of [...OUTBOUND.keys(), ...MATCHMAKING_EVENTS.out]) assert.ok(SERVER_EVENTS.has(event), event);
  assert.equal(CLIENT_EVENTS.size, INBOUND.size + MATCHMAKING_EVENTS.in.length);
  assert.equal(SERVER_EVENTS.size, OUTBOUND.size + MATCHMAKING_EVENTS.out.length);
});

test('what the matchmaker says and takes is in the table, and the other way round', () => {
  const folder = fileURLToPath(new URL('../../src/matchmaker/', import.meta.url));
  const source = readdirSync(folder).map((file) => readFileSync(folder + file, 'utf8')).join('\n');
  for (const event of [...MATCHMAKING_EVENTS.out, ...MATCHMAKING_EVENTS.in]) {
    // Notes carry the name of their event.
    const isNote = ['match_lost', 'match_over'].includes(event);
    assert.ok(isNote || source.includes(`'${event}'`), event);
  }
  const page = readFileSync(fileURLToPath(new URL('../../MATCHMAKING.md', import.meta.url)), 'utf8');
  for (const event of [...MATCHMAKING_EVENTS.out, ...MATCHMAKING_EVENTS.in]) assert.ok(page.includes(`\`${event}\``), `${event} is not in MATCHMAKING.md`);
});

test('every event, in every state, both ways', () => {
  for (const state of PLAYER_STATES) {
    const { gate: it, refused } = gate();
    it.enter('p');
    for (const way of WAYS[state]) assert.ok(it.move('p', way));
    for (const [event, states] of CLIENT_EVENTS) assert.equal(it.receives('p', event), states.includes(state), `${event} in ${state}`);
    for (const [event, states] of SERVER_EVENTS) assert.equal(it.sends('p', event), states.includes(state), `${event} in ${state}`);
    const expected = [...CLIENT_EVENTS.values(), ...SERVER_EVENTS.values()].filter((states) => !states.includes(state)).length;
    assert.equal(refused.length, expected);
  }
});

test('the ways between the states', () => {
  for (const from of PLAYER_STATES) {
    for (const to of PLAYER_STATES) {
      const { gate: it, refused } = gate();
      it.enter('p');
      for (const way of WAYS[from]) it.move('p', way);
      const isWay = from === to || TRANSITIONS[from].includes(to);
      assert.equal(it.move('p', to), isWay, `${from} to ${to}`);
      assert.equal(it.state('p'), isWay ? to : from);
      assert.deepEqual(refused, isWay ? [] : [`${to} transition`]);
    }
  }
});

test('names that clients make up are one label; who is not here may nothing', () => {
  const { gate: it, refused } = gate();
  it.enter('p');
  for (let i = 0; i < 1000; i++) it.receives('p', `made_up_${i}`);
  assert.deepEqual([...new Set(refused)], ['unknown unknown']);
  assert.equal(it.receives('nobody', 'queue:join'), false);
  assert.equal(it.sends('nobody', 'welcome'), false);
  assert.equal(it.move('nobody', 'menu'), false);
});

test('bounded, and counted by state', () => {
  const { gate: it, refused } = gate(3);
  for (const id of ['a', 'b', 'c']) assert.ok(it.enter(id));
  assert.equal(it.enter('d'), false);
  assert.ok(it.enter('a'), 'who is in stays in');
  it.move('a', 'matchmaking');
  assert.deepEqual(it.counts(), { menu: 2, matchmaking: 1, in_match: 0, post_match: 0 });
  it.leave('a');
  it.leave('a');
  assert.deepEqual(it.counts(), { menu: 2, matchmaking: 0, in_match: 0, post_match: 0 });
  assert.ok(it.enter('d'));
  assert.deepEqual(refused, ['connection full']);
});
