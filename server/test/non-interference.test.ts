import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counters } from '../src/counters.js';
import { engine, type Loadout, type WeaponName } from '../src/engine.js';
import { Match } from '../src/match.js';
import type { PlayerInput } from '@trespasser/engine/legacy';
import { FakeClock } from './support.js';

/**
 * Two matches that differ only in what an enemy does in a room which nothing leaves: what the other side's clients are
 * sent is the same to the byte, step by step: states, events, sounds, times. The engine's own test
 * (engine/tests/non_interference.rs) plays for hours; this one is about the server's part. It can fail: with an
 * `acquaintance` that takes everybody to be seen it does so in its first step.
 */

const STEP_MS = 1000 / 60;
/** Interior of the room, px from the field's corner. */
const ROOM = { width: 110, height: 100 };
const SHELL = 60;

/** Numbers from 0 on, the same for the same seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

const { width: w, height: h } = ROOM;
const cell = (x: number, y: number, material: 'wood' | 'glass' | 'concrete' | 'metal') => ({ x, y, width: 10, height: 10, material });
const vault = {
  name: 'vault',
  map: engine.GameMap.fromRects([
    // In two layers: a slice does not muffle the sound of what hits it.
    { x: w, y: 0, width: 10, height: h + 10, material: 'border' },
    { x: 0, y: h, width: w, height: 10, material: 'border' },
    { x: w + 10, y: 0, width: SHELL - 10, height: h + SHELL, material: 'border' },
    { x: 0, y: h + 10, width: w + 10, height: SHELL - 10, material: 'border' },
    cell(50, 40, 'wood'), cell(60, 40, 'glass'), cell(80, 70, 'concrete'),
    ...[0, 1, 2, 3, 4, 5].flatMap((i) => [cell(300, 60 + 20 * i, 'wood'), cell(320 + 20 * i, 200, 'glass'), cell(240, 100 + 20 * i, 'metal')]),
  ], [
    { x: 220, y: 50, team: 'red' }, { x: 260, y: 220, team: 'red' }, { x: 280, y: 140, team: 'red' },
    { x: 25, y: 25, team: 'blue' }, { x: 380, y: 140, team: 'blue' }, { x: 350, y: 70, team: 'blue' },
  ]),
};

const MEMBERS = ['red1', 'enemy', 'red2', 'blue1', 'red3', 'blue2'] as const;
const REDS: ReadonlySet<string> = new Set(['red1', 'red2', 'red3']);
const teamOf = (member: string): 'red' | 'blue' => (REDS.has(member) ? 'red' : 'blue');

/** A match, and what the reds were sent in the last step. */
class Stage {
  readonly clock = new FakeClock();
  readonly world = new engine.World();
  sent: string[] = [];
  readonly match: Match;
  #step = 0;

  constructor(seed: number, loadouts: Readonly<Record<string, Loadout>>) {
    const record = (memberId: string, event: string, json: string): void => {
      if (REDS.has(memberId)) this.sent.push(`${memberId} ${event} ${json}`);
    };
    this.match = new Match({
      world: this.world, clock: this.clock, counters: new Counters(),
      epochOfStep: (step) => 1_700_000_000_000 + step * STEP_MS,
      emit: (memberId, event, payload) => record(memberId, event, JSON.stringify(payload)),
      emitJson: record,
      keepsUp: () => true,
      wantsSounds: () => true,
      wireMoved: () => {},
    }, { map: vault, killTarget: 1000, maxPlayers: 8, bots: 0, phase: 0, seed });
    for (const member of MEMBERS) {
      this.match.add(member, member);
      this.match.join(member, { name: member, team: teamOf(member), loadout: loadouts[member]! });
    }
  }

  step(): void {
    this.sent = [];
    this.clock.advance(STEP_MS);
    this.world.step();
    this.match.advance(++this.#step);
  }

  isInRoom(member: string): boolean {
    const { position } = this.match.ownTeamData(member);
    return position.x < w && position.y < h;
  }

  get enemyLives(): boolean {
    return this.match.ownTeamData('enemy').isAlive;
  }
}

function loadout(roll: (sides: number) => number, isEnemy: boolean): Loadout {
  const primaries: WeaponName[] = ['rifle', 'smg', 'shotgun', 'battlerifle'];
  const supports: WeaponName[][] = [['grenade', 'flashbang'], ['grenadelauncher', 'grenade'], ['rocket', 'flashbang'], ['smokegrenade', 'grenade']];
  // Smoke is public.
  return { primary: primaries[roll(4)]!, secondary: 'pistol', support: supports[roll(isEnemy ? 3 : 4)]! };
}

/** A client's hands, moved at random. */
class Hands {
  #held: PlayerInput | undefined;
  #left = 0;

  constructor(private readonly roll: (sides: number) => number) {}

  act(match: Match, member: string, sequence: number): void {
    const { roll } = this;
    if (this.#left-- === 0 || this.#held === undefined) {
      this.#left = 5 + roll(40);
      const key = (one: number): boolean => roll(one) === 0;
      this.#held = {
        keys: {
          w: key(3), a: key(3), s: key(3), d: key(3), shift: key(3), ctrl: key(6), r: key(12), g: key(8),
          1: key(8), 2: key(12), 3: key(6), 4: key(8),
        },
        mouse: {
          x: roll(480), y: roll(270), buttons: roll(2), leftPressed: key(3), rightPressed: key(10), leftReleased: false, rightReleased: false,
        },
        sequence,
      };
    }
    match.input(member, { ...this.#held, sequence });
    switch (roll(60)) {
      case 0: return match.reload(member);
      case 1: return match.fire(member, 1 + roll(5));
      case 2: return match.throwItem(member, 1 + roll(5));
      case 3: return match.toggleAim(member);
      case 4: return match.requestState(member);
      default:
    }
  }
}

/** Steps compared. */
function play(seed: number): number {
  const roll = dice(seed);
  for (;;) {
    const loadouts = Object.fromEntries(MEMBERS.map((member) => [member, loadout(roll, member === 'enemy')]));
    const matchSeed = roll(2 ** 31);
    const stages = [new Stage(matchSeed, loadouts), new Stage(matchSeed, { ...loadouts, enemy: loadout(roll, true) })] as const;
    for (const stage of stages) stage.step();
    if (!MEMBERS.every((member) => stages[0].isInRoom(member) === (member === 'enemy'))) continue;

    const hands = stages.map(() => Object.fromEntries(MEMBERS.map((member, i) => [member, new Hands(dice(seed * 100 + i))])));
    const others = new Hands(dice(seed * 100 + 50));
    const isIdle = roll(2) === 0;
    for (let step = 1; step <= 400; step++) {
      stages.forEach((stage, i) => {
        for (const member of MEMBERS) {
          if (i === 1 && member === 'enemy') {
            if (!isIdle) others.act(stage.match, member, step);
          } else {
            hands[i]![member]!.act(stage.match, member, step);
          }
        }
        stage.step();
      });
      // Scores may tell that somebody has died.
      if (!stages.every((stage) => stage.enemyLives)) return step - 1;
      assert.deepEqual(stages[1].sent, stages[0].sent, `seed ${seed}, step ${step}`);
    }
    return 400;
  }
}

test('what an enemy does unseen and unheard changes nothing of what today\'s clients are sent', () => {
  let compared = 0;
  for (let seed = 1; seed <= 60; seed++) compared += play(seed);
  assert(compared > 10_000, `${compared} steps compared`);
});
