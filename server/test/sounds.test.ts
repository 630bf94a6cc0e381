import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Counters } from '../src/counters.js';
import { engine, type World } from '../src/engine.js';
import { Match } from '../src/match.js';
import type { RunningServer } from '../src/server.js';
import { dividedArena, drawMap, openArena } from './arena.js';
import { clientKeeper, FakeClock, Hands, sleep, startTestServer, type Json, type TestClient } from './support.js';

const keys = (object: object): string[] => Object.keys(object).sort();
const SOUND = ['bearing', 'cutoff', 'gain', 'kind', 'own'];
const UNSEEN_PLAYER = ['deaths', 'id', 'isAlive', 'kills', 'name', 'team'];

/** Red and blue 60 px apart, nothing between. */
const smallArena = (): string => drawMap([{ at: [10, 13], cell: 'r' }, { at: [16, 13], cell: 'b' }]);

/** All that a client was told of a kind of sound, with the aim that came with it. */
function heard(client: TestClient, kind: string): Json[] {
  return client.all('sounds').flatMap(({ aim, sounds }) => (
    sounds.filter((sound: Json) => sound.kind === kind).map((sound: Json) => ({ ...sound, aim }))
  ));
}

const has = (kind: string, own: boolean) => (payload: Json): boolean => (
  payload.sounds.some((sound: Json) => sound.kind === kind && sound.own === own)
);

describe('sounds over sockets', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  const hands: Hands[] = [];
  const handsOf = (client: TestClient): Hands => {
    hands.push(new Hands(client));
    return hands.at(-1)!;
  };

  /** Red at (105, 135) and blue to the right of it; those named ask for sounds. */
  async function pair(listeners: ('red' | 'blue')[]): Promise<{ red: TestClient; blue: TestClient }> {
    const [red, blue] = [await clients.connect(), await clients.connect()];
    for (const [team, client] of Object.entries({ red, blue })) {
      const sounds = listeners.includes(team as 'red' | 'blue');
      await client.ask('client:ready', { timestamp: 1, userAgent: 'test', ...(sounds ? { sounds } : {}) }, 'server:ready');
    }
    await red.ask('find_match', {}, 'lobby_joined');
    await red.spawn('Red', 'red');
    await blue.ask('join_lobby', { lobbyId: red.last('lobby_joined').lobbyId }, 'lobby_joined');
    await blue.spawn('Blue', 'blue');
    return { red, blue };
  }

  const serve = (map: () => string): void => {
    before(async () => {
      server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP: map() });
    });
    afterEach(() => {
      for (const each of hands.splice(0)) each.stop();
      clients.closeAll();
    });
    after(() => server.close());
  };

  describe('with concrete in between', () => {
    serve(dividedArena);

    test('a shot behind the wall is heard muffled, from its direction, and tells nothing else', async () => {
      const { red, blue } = await pair(['red']);
      handsOf(red).hold({ mouse: { x: 105, y: 10 } });
      await red.next('game:state', (state) => Math.abs(state.vision.viewDirection + Math.PI / 2) < 0.01);
      blue.emit('weapon:fire', {});
      const payload = await red.next('sounds', has('fire_rifle', false));
      assert.deepEqual(keys(payload), ['aim', 'sounds', 'timestamp']);
      assert(Math.abs(payload.timestamp - Date.now()) < 5000 && Number.isInteger(payload.timestamp));
      for (const sound of payload.sounds) assert.deepEqual(keys(sound), SOUND);
      const [shot] = heard(red, 'fire_rifle');
      assert.deepEqual([shot.aim, shot.bearing, shot.own], [48, 16, false], 'red looks up, blue is on the right');
      // A tenth gets through the concrete of what is left of the shot after 100 px.
      assert(shot.gain >= 4 && shot.gain <= 6, `gain ${shot.gain}`);
      assert(shot.cutoff > 20 && shot.cutoff < 40, `cutoff ${shot.cutoff}`);

      const state = await red.next('game:state', () => true, red.received.length);
      assert.deepEqual(keys(state.players[blue.id]), UNSEEN_PLAYER, 'who is heard is not seen');
      assert.deepEqual(red.all('weapon:fired'), []);
      assert(!JSON.stringify(red.all('sounds')).includes(blue.id));
    });

    test('whoever has not asked gets no sounds', async () => {
      const { red, blue } = await pair(['red']);
      blue.emit('weapon:fire', {});
      await red.next('sounds', has('fire_rifle', false));
      red.emit('weapon:fire', {});
      await red.next('sounds', has('fire_rifle', true));
      await sleep(150);
      assert.deepEqual(blue.all('sounds'), []);
    });

    test('asking later works, and so does asking no more; nonsense asks for nothing', async () => {
      const { red } = await pair([]);
      for (const nonsense of [{ sounds: 'yes' }, { sounds: 1 }, null, [], 'sounds']) {
        await red.ask('client:ready', nonsense, 'server:ready');
      }
      red.emit('weapon:fire', {});
      await red.next('weapon:fired');
      await sleep(150);
      assert.deepEqual(red.all('sounds'), []);

      await red.ask('client:ready', { sounds: true }, 'server:ready');
      red.emit('weapon:fire', {});
      await red.next('sounds', has('fire_rifle', true));
      await red.ask('client:ready', {}, 'server:ready');
      // The rifle is ready again.
      await sleep(150);
      const [mark, told] = [red.received.length, red.all('sounds').length];
      red.emit('weapon:fire', {});
      await red.next('weapon:fired', () => true, mark);
      await sleep(150);
      assert.equal(red.all('sounds').length, told);
    });
  });

  describe('in the open', () => {
    serve(openArena);

    test('the same shot is louder and clear, and one\'s own as loud as can be', async () => {
      const { red, blue } = await pair(['red', 'blue']);
      blue.emit('weapon:fire', {});
      await red.next('sounds', has('fire_rifle', false));
      const [shot] = heard(red, 'fire_rifle');
      assert(shot.gain > 45 && shot.gain < 55, `gain ${shot.gain}`);
      assert.equal(shot.cutoff, 63);
      await blue.next('sounds', has('fire_rifle', true));
      const [own] = heard(blue, 'fire_rifle');
      assert.deepEqual([own.gain, own.cutoff, own.bearing, own.own], [255, 63, 0, true]);
    });

    test('neither watchers nor the dead hear anything', async () => {
      const { red, blue } = await pair(['red', 'blue']);
      const watcher = await clients.connect();
      await watcher.ask('client:ready', { sounds: true }, 'server:ready');
      await watcher.ask('join_lobby', { lobbyId: red.last('lobby_joined').lobbyId }, 'lobby_joined');
      await blue.ask('debug:kill_player', undefined, 'backend:player:died', (each) => each.playerId === blue.id);
      await sleep(150);
      const mark = blue.all('sounds').length;
      red.emit('weapon:fire', {});
      await red.next('sounds', has('fire_rifle', true));
      await sleep(150);
      assert.equal(blue.all('sounds').length, mark);
      assert.deepEqual(watcher.all('sounds'), []);
    });
  });

  describe('60 px apart', () => {
    serve(smallArena);

    test('running and walking are heard, sneaking is not, and everybody hears their own', async () => {
      const { red, blue } = await pair(['red', 'blue']);
      const feet = handsOf(blue);
      // Up and down within 20 px of the same height, so that the distance stays between 60 and 65 px.
      const pace = async (kind: string, speed: number, held: Record<string, boolean>): Promise<void> => {
        const mark = blue.received.length;
        const done = blue.next('sounds', has(kind, true), mark);
        done.catch(() => {});
        for (let turn = 0; turn < 4; turn++) {
          feet.hold({ keys: { ...held, [turn % 2 === 0 ? 'w' : 's']: true }, mouse: { x: 165, y: turn % 2 === 0 ? 0 : 270 } });
          await sleep((20 / speed) * 1000);
        }
        feet.hold({ mouse: { x: 300, y: 135 } });
        await done;
      };
      await pace('footstep_sneak', 50, { ctrl: true });
      await sleep(100);
      assert.deepEqual(heard(red, 'footstep_sneak'), [], 'sneaking carries 40 px');
      assert.deepEqual(red.all('sounds'), []);

      await pace('footstep_walk', 100, {});
      const step = (await red.next('sounds', has('footstep_walk', false))).sounds[0];
      assert(step.gain >= 3 && step.gain < 255 * 8 / 60, `gain ${step.gain}`);
      await pace('footstep_run', 150, { shift: true });
      await red.next('sounds', has('footstep_run', false));
      const run = heard(red, 'footstep_run')[0];
      assert(run.gain > step.gain, 'running is louder');
      // From the right, give or take the way up and down.
      const direction = (run.aim + run.bearing) & 63;
      assert(direction <= 8 || direction >= 56, `direction ${direction}`);
      for (const sound of blue.all('sounds').flatMap(({ sounds }) => sounds)) {
        assert(sound.own && sound.bearing === 0 && sound.gain > 200, JSON.stringify(sound));
      }
      for (const sound of red.all('sounds').flatMap(({ sounds }) => sounds)) assert.equal(sound.own, false);
    });
  });
});

/** A match without sockets, stepped by hand. */
describe('sounds of a match', () => {
  let world: World;
  let match: Match;
  let counters: Counters;
  let sent: { memberId: string; event: string; payload: Json }[];
  let listeners: Set<string>;
  let slow: Set<string>;
  let step: number;

  const run = (steps: number): void => {
    for (let i = 0; i < steps; i++) {
      world.step();
      match.advance(step++);
    }
  };
  const seat = (memberId: string, team: 'red' | 'blue'): void => {
    match.add(memberId, memberId);
    match.join(memberId, { name: memberId, team, loadout: { primary: 'rifle', secondary: 'pistol', support: [] } });
  };
  const sounds = (memberId: string): Json[] => (
    sent.filter((each) => each.memberId === memberId && each.event === 'sounds').map((each) => each.payload)
  );
  const pending = (): number => world.pendingSounds(world.matches()[0]!);

  beforeEach(() => {
    world = new engine.World();
    counters = new Counters();
    sent = [];
    listeners = new Set(['red', 'blue']);
    slow = new Set();
    step = 0;
    const map = engine.GameMap.fromRects([], [{ x: 105, y: 135, team: 'red' }, { x: 205, y: 135, team: 'blue' }]);
    match = new Match({
      world, counters, clock: new FakeClock(),
      epochOfStep: (at) => 1_000_000 + at,
      emit: (memberId, event, payload) => sent.push({ memberId, event, payload }),
      emitJson: (memberId, event, json) => sent.push({ memberId, event, payload: JSON.parse(json) }),
      keepsUp: (memberId) => !slow.has(memberId),
      wantsSounds: (memberId) => listeners.has(memberId),
      wireMoved: () => {},
    }, { map: { name: 'open', map }, killTarget: 50, maxPlayers: 8, bots: 0, phase: 0 });
    seat('red', 'red');
    seat('blue', 'blue');
    run(3);
    sent = [];
  });

  /** Red's trigger is pulled every few steps. */
  const shootFor = (steps: number): void => {
    for (let i = 0; i < steps; i++) {
      if (i % 7 === 0) match.fire('red', 0);
      run(1);
    }
  };

  test('come at the rate of states, in order, and nothing when nothing is heard', () => {
    shootFor(60);
    const states = sent.filter((each) => each.memberId === 'blue' && each.event === 'game:state').length;
    const told = sounds('blue');
    assert.equal(states, 20);
    const shots = told.flatMap((payload) => payload.sounds.filter((each: Json) => each.kind === 'fire_rifle'));
    assert.equal(shots.length, 9);
    assert(told.length <= 20 && told.length >= 9);
    assert(told.every((payload, i) => i === 0 || payload.timestamp > told[i - 1].timestamp));
    assert(told.every((payload) => payload.sounds.length > 0));
    run(30);
    sent = [];
    run(30);
    assert.deepEqual(sounds('blue'), []);
  });

  test('the ring stays empty whoever listens', () => {
    for (const wanted of [['red', 'blue'], ['blue'], []]) {
      listeners = new Set(wanted);
      shootFor(30);
      assert.equal(pending(), 0);
    }
    sent = [];
    shootFor(30);
    assert.deepEqual(sent.filter((each) => each.event === 'sounds'), []);
  });

  test('a slow client misses them, and gets what is heard from then on', () => {
    slow.add('blue');
    shootFor(30);
    assert.deepEqual(sounds('blue'), []);
    assert(sounds('red').length > 0);
    assert(counters.get('sounds_skipped_slow_client') > 0);
    run(20);
    slow.clear();
    run(20);
    assert.deepEqual(sounds('blue'), [], 'what was missed is not made up for');
    shootFor(10);
    assert(sounds('blue').length > 0);
  });

  test('who takes a leaver\'s seat does not get what the leaver heard', () => {
    // Neither of these two steps is a network tick.
    while (step % 3 !== 0) run(1);
    match.fire('red', 0);
    run(1);
    match.remove('blue');
    listeners.add('green');
    seat('green', 'blue');
    run(5);
    assert.deepEqual(sounds('green'), []);
    assert(sounds('red').length > 0);
  });

  test('a match that starts over begins in silence', () => {
    while (step % 3 !== 0) run(1);
    match.fire('red', 0);
    run(1);
    match.restart();
    run(5);
    assert.deepEqual(sounds('red').concat(sounds('blue')).flatMap(({ sounds: told }) => told.filter((each: Json) => each.kind === 'fire_rifle')), []);
  });
});
