import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Lobby, type LobbyMatch, type LobbySettings } from '../src/lobby.js';
import { FakeClock, type Json } from './support.js';

/** Somebody to count: the lobby's side of a match without an engine. */
class CountingMatch implements LobbyMatch {
  readonly seated = new Set<string>();
  bots = 0;
  over = false;
  restarts = 0;
  isDestroyed = false;
  isBroken = false;

  get size(): number { return this.seated.size + this.bots; }
  get people(): number { return this.seated.size; }
  add(memberId: string): void {
    if (this.isBroken) throw new Error('no seat');
    this.seated.add(memberId);
  }
  remove(memberId: string): void { this.seated.delete(memberId); }
  restart(): void { this.restarts++; this.over = false; }
  destroy(): void { this.isDestroyed = true; }
  advance(): void {}
  roster(): [] { return []; }
  results() { return { winnerTeam: 'red' as const, redKills: 50, blueKills: 31, playerStats: [] }; }
}

describe('a lobby', () => {
  let clock: FakeClock;
  let match: CountingMatch;
  let sent: { to: string; event: string; payload: Json }[];

  const open = (change: Partial<LobbySettings> = {}): Lobby<CountingMatch> => new Lobby({
    id: 'l1', gameMode: 'deathmatch', mapName: 'yard', maxPlayers: 8, isPrivate: false, password: undefined, killTarget: 50,
    isPermanent: false, ...change,
  }, match, clock, (to, event, payload) => sent.push({ to, event, payload }));
  const events = (to: string): string[] => sent.filter((each) => each.to === to).map((each) => each.event);
  const take = (to: string): string[] => {
    const taken = events(to);
    sent.length = 0;
    return taken;
  };
  const fill = (lobby: Lobby<CountingMatch>, count: number): void => {
    for (let index = 0; index < count; index++) lobby.join(`p${index}`, `P${index}`);
  };

  beforeEach(() => {
    clock = new FakeClock();
    match = new CountingMatch();
    sent = [];
  });

  test('one waits, two count down from ten, and the match starts', () => {
    const lobby = open();
    lobby.join('a', 'A');
    assert.deepEqual(take('a'), ['lobby_joined', 'player_joined_lobby', 'lobby_state_update']);
    clock.advance(60_000);
    assert.equal(lobby.status, 'waiting');

    lobby.join('b', 'B');
    assert.deepEqual(events('b'), ['lobby_joined', 'player_joined_lobby', 'lobby_state_update', 'match_starting']);
    assert.deepEqual(sent.find((each) => each.event === 'match_starting')?.payload, { lobbyId: 'l1', countdown: 10 });
    clock.advance(9_999);
    assert.equal(lobby.status, 'waiting');
    sent.length = 0;
    clock.advance(1);
    assert.equal(lobby.status, 'playing');
    assert.equal(match.restarts, 1, 'nobody keeps what they did in the warm-up');
    assert.deepEqual(sent[0]?.payload, { lobbyId: 'l1', killTarget: 50 });
    assert.deepEqual(take('a'), ['match_started', 'lobby_state_update']);
  });

  test('each joiner restarts the countdown, the newcomer hears of the new one alone', () => {
    const lobby = open();
    fill(lobby, 2);
    clock.advance(9000);
    sent.length = 0;
    lobby.join('c', 'C');
    assert.deepEqual(events('p0'), ['match_start_cancelled', 'player_joined_lobby', 'lobby_state_update', 'match_starting']);
    assert.deepEqual(events('c'), ['lobby_joined', 'player_joined_lobby', 'lobby_state_update', 'match_starting']);
    clock.advance(9999);
    assert.equal(lobby.status, 'waiting');
    clock.advance(1);
    assert.equal(lobby.status, 'playing');
  });

  test('under two players the countdown is cancelled', () => {
    const lobby = open();
    fill(lobby, 2);
    sent.length = 0;
    lobby.leave('p1');
    assert.deepEqual(events('p0'), ['player_left_lobby', 'lobby_state_update', 'match_start_cancelled']);
    assert.deepEqual(events('p1'), ['left_lobby']);
    clock.advance(60_000);
    assert.equal(lobby.status, 'waiting');
    lobby.join('c', 'C');
    clock.advance(10_000);
    assert.equal(lobby.status, 'playing', 'and it starts again');
  });

  test('the eighth starts it in a second', () => {
    const lobby = open();
    fill(lobby, 8);
    assert.equal(sent.filter((each) => each.event === 'match_starting').at(-1)?.payload.countdown, 1);
    assert(lobby.isFull);
    clock.advance(1000);
    assert.equal(lobby.status, 'playing');
  });

  test('a late joiner is told at once since when', () => {
    const lobby = open();
    fill(lobby, 2);
    clock.advance(10_000);
    const startTime = clock.now();
    clock.advance(5000);
    lobby.join('late', 'Late');
    const started = sent.filter((each) => each.to === 'late' && each.event === 'match_started');
    assert.deepEqual(started.map((each) => each.payload), [{ lobbyId: 'l1', killTarget: 50, startTime, isLateJoin: true }]);
    assert.equal(sent.find((each) => each.to === 'late' && each.event === 'lobby_joined')?.payload.isInProgress, true);
  });

  test('a match ends once, and ten seconds later the lobby waits and counts again', () => {
    const lobby = open();
    fill(lobby, 2);
    clock.advance(10_000);
    clock.advance(33_000);
    match.over = true;
    sent.length = 0;
    for (let step = 0; step < 100; step++) lobby.advance(step);
    lobby.endMatch();
    const ends = sent.filter((each) => each.event === 'match_ended');
    assert.deepEqual(ends.map((each) => each.to), ['p0', 'p1']);
    assert.deepEqual(ends[0]?.payload, {
      lobbyId: 'l1', winnerTeam: 'red', redKills: 50, blueKills: 31, duration: 33_000, killTarget: 50, playerStats: [],
    });
    assert.equal(lobby.status, 'finished');

    const restarts = match.restarts;
    clock.advance(10_000);
    assert.equal(lobby.status, 'waiting');
    assert.equal(match.restarts, restarts + 1, 'the map is restored');
    clock.advance(10_000);
    assert.equal(lobby.status, 'playing');
  });

  test('a warm-up that reaches the kill target starts over unsung', () => {
    const lobby = open();
    fill(lobby, 2);
    sent.length = 0;
    match.over = true;
    lobby.advance(0);
    assert.equal(match.restarts, 1);
    assert.equal(lobby.status, 'waiting');
    assert.deepEqual(sent, []);
  });

  test('a forced start needs nobody else, outlives joiners and leavers, and happens once', () => {
    const lobby = open();
    lobby.join('a', 'A');
    assert.equal(lobby.forceStart(3), undefined);
    lobby.join('b', 'B');
    lobby.leave('b');
    clock.advance(3000);
    assert.equal(lobby.status, 'playing');
    assert.match(lobby.forceStart(3) ?? '', /playing/);
    clock.advance(60_000);
    assert.equal(match.restarts, 1);
  });

  test('empty is abandoned; five quiet minutes are idle', () => {
    const lobby = open();
    lobby.join('a', 'A');
    assert(!lobby.isAbandoned);
    clock.advance(299_999);
    assert(!lobby.isIdle);
    lobby.touch();
    clock.advance(300_000);
    assert(lobby.isIdle);
    lobby.leave('a');
    assert(lobby.isAbandoned);
  });

  test('who finds no seat changes nothing', () => {
    const lobby = open();
    fill(lobby, 2);
    sent.length = 0;
    match.isBroken = true;
    assert.throws(() => lobby.join('c', 'C'));
    assert.deepEqual(sent, []);
    assert.equal(lobby.members.size, 2);
    clock.advance(10_000);
    assert.equal(lobby.status, 'playing', 'the countdown went on');
  });

  test('the permanent lobby is always being played and never goes', () => {
    match.bots = 3;
    const lobby = open({ isPermanent: true });
    assert.equal(lobby.status, 'playing');
    clock.advance(3_600_000);
    assert(!lobby.isIdle && !lobby.isAbandoned);
    lobby.join('a', 'A');
    assert(events('a').includes('match_started'));
    lobby.endMatch();
    clock.advance(10_000);
    assert.equal(lobby.status, 'waiting', 'people get their countdown');
    lobby.leave('a');
    assert.equal(lobby.status, 'playing', 'bots need none');
    lobby.endMatch();
    clock.advance(10_000);
    assert.equal(lobby.status, 'playing');
  });

  test('each match has an id of its own, and observers are told of its begin and its one end', () => {
    const seen: [string, string, boolean?][] = [];
    const lobby = new Lobby<CountingMatch>({
      id: 'l1', gameMode: 'deathmatch', mapName: 'yard', maxPlayers: 8, isPrivate: false, password: undefined, killTarget: 50, isPermanent: false,
    }, match, clock, () => {}, [{
      matchBegan: (_, id) => seen.push(['began', id]),
      matchEnded: (_, id, results) => seen.push(['ended', id, results !== undefined]),
    }]);
    fill(lobby, 2);
    assert.equal(lobby.matchId, undefined);
    clock.advance(10_000);
    const first = lobby.matchId!;
    assert.match(first, /^[0-9a-f-]{36}$/);
    lobby.endMatch();
    lobby.endMatch();
    assert.equal(lobby.matchId, undefined);
    clock.advance(20_000);
    const second = lobby.matchId!;
    assert.notEqual(second, first);
    lobby.destroy('idle');
    assert.deepEqual(seen, [['began', first], ['ended', first, true], ['began', second], ['ended', second, false]]);
  });

  test('a retiring lobby plays out its match and no other', () => {
    const lobby = open();
    fill(lobby, 2);
    clock.advance(10_000);
    lobby.retire();
    assert(!lobby.isDone);
    lobby.endMatch();
    clock.advance(9999);
    assert(!lobby.isDone, 'the results are shown');
    sent.length = 0;
    clock.advance(1);
    assert(lobby.isDone);
    clock.advance(60_000);
    assert.deepEqual(sent, [], 'nothing is counted down');
    const waiting = open();
    waiting.retire();
    assert(waiting.isDone);
  });

  test('a destroyed lobby lets go of everything', () => {
    const lobby = open();
    fill(lobby, 2);
    sent.length = 0;
    lobby.destroy('idle');
    assert.deepEqual(sent.map((each) => each.event), ['left_lobby', 'left_lobby']);
    assert(match.isDestroyed);
    clock.advance(60_000);
    assert.equal(match.restarts, 0, 'no timer is left');
  });
});
