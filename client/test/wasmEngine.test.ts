import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { BUTTON, CELLS, Engine, EngineError, SLICE_FIELDS, type PracticeDef, type WallsMap } from '../src/engine/engine';
import { loadEngine } from './engine';

/** npm runs scripts in the package's folder. */
const ROOT = resolve(process.cwd(), '..');
const MODULE = await readFile(resolve(process.cwd(), 'wasm/dist/engine.wasm')).catch(() => {
  throw new Error('client/wasm/dist/engine.wasm is missing: cargo xtask viewer makes it');
});
const SAMPLE = new Uint8Array(await readFile(resolve(ROOT, 'engine/tests/golden/replay/v1.tprp')));
/** What engine/tests/replay.rs made the sample on. */
const SAMPLE_MAP: WallsMap = {
  walls: ([[100, 100, 'wood'], [220, 90, 'glass'], [300, 150, 'concrete']] as const).map(([x, y, material]) => ({
    x, y, width: 10, height: 60, material,
  })),
};
const PLAY: PracticeDef = {
  bots: 5, skill: 0.6, seed: 7, team: 'red', primary: 'rifle', secondary: 'pistol', support: ['grenade'],
};

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.load(MODULE);
});

function refused(call: () => unknown): EngineError {
  try {
    call();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

/** A match of bots of the native engine, recorded. */
function recorded(seconds: number): { bytes: Uint8Array; hash: string } {
  const native = loadEngine();
  const world = new native.World();
  const map = native.GameMap.builtin('depot');
  const match = world.createMatch(map, { seed: 5 });
  world.record(match, { keyframeSeconds: 5, labels: [{ key: 'map', value: 'depot' }] });
  for (let bot = 0; bot < 6; bot += 1) world.addBot(match, { skill: 0.8 });
  const parts: Uint8Array[] = [];
  for (let tick = 0; tick < seconds * 60; tick += 1) {
    world.thinkBots();
    world.step();
    if (tick % 60 === 0) {
      const buffer = new Uint8Array(world.recording(match)!.waiting);
      world.drainReplay(match, buffer);
      parts.push(buffer);
    }
  }
  const hash = world.hash(match);
  parts.push(world.endRecording(match));
  return { bytes: new Uint8Array(Buffer.concat(parts)), hash };
}

describe('recordings', () => {
  it('plays the sample to the same hash as the native engine, every second on the way', () => {
    const native = loadEngine();
    const replay = native.Replay.open(SAMPLE);
    const expected = replay.seconds().filter(({ hash }) => hash !== null);
    engine.loadWalls(SAMPLE_MAP);
    const info = engine.openReplay(SAMPLE);
    expect([info.seed, info.killTarget, info.lastTick, info.complete]).toEqual(['77', 9, 170, true]);
    expect(info.marks.some(({ what }) => what === 'restored')).toBe(true);
    const { checks, ended } = engine.stepReplay(1000);
    expect(ended).toBe(true);
    expect(checks.map(({ tick, found }) => ({ tick, hash: found }))).toEqual(expected);
    expect(checks.every((check) => check.found === check.expected)).toBe(true);
    expect(engine.replayFrame(-1).tape).toBe(170);
  });

  it('plays a fight as it was, finds its kills, and seeks to the hash that playing comes to', () => {
    const { bytes, hash } = recorded(30);
    const info = engine.openReplay(bytes);
    expect(info.keyframes.length).toBeGreaterThan(4);
    expect(info.marks.filter(({ what }) => what === 'join')).toHaveLength(6);
    const seen: { tick: number; found: string }[] = [];
    let kills = 0;
    for (let ended = false; !ended; ) {
      const scanned = engine.scanReplay(500);
      seen.push(...scanned.checks);
      kills += scanned.kills.length;
      ended = scanned.ended;
      for (const kill of scanned.kills) expect(kill.victim).toBeLessThan(8);
    }
    expect(seen).toHaveLength(30);
    expect(seen.at(-1)!.found).toBe(hash);
    if (process.env['SHOW'] !== undefined) {
      engine.seekReplay(0, 1);
      const began = performance.now();
      for (let tick = 0; tick < info.lastTick; tick += 1) engine.stepReplay(1);
      const played = performance.now();
      for (let frame = 0; frame < 500; frame += 1) engine.replayFrame(0);
      const shown = performance.now();
      const rate = Math.round((1000 * info.lastTick) / (played - began));
      console.log(`WebAssembly: ${MODULE.length} bytes, ${rate} ticks/s with 6 bots, one a call; a frame in ${((shown - played) / 500).toFixed(2)} ms`);
    }
    const frame = (engine.seekReplay(info.lastTick, 14_400), engine.replayFrame(-1));
    expect(frame.hash).toBe(hash);
    expect(frame.players.reduce((sum, player) => sum + player.deaths, 0)).toBe(kills);
    expect(kills).toBeGreaterThan(0);
    // Back and on again, a piece at a time, from a keyframe.
    const back = engine.seekReplay(720, 50);
    expect([back.from, back.tick, back.done]).toEqual([600, 650, false]);
    expect(engine.seekReplay(720, 50)).toMatchObject({ tick: 700, done: false });
    const there = engine.seekReplay(720, 50);
    expect(there).toMatchObject({ tick: 720, done: true });
    expect(there.found).toBe(there.expected);
    expect(there.expected).toBe(seen.find(({ tick }) => tick === 720)!.found);
  });

  it('shows a viewer whom the viewer knows, and no more', () => {
    const { bytes } = recorded(10);
    engine.openReplay(bytes);
    engine.stepReplay(300);
    const all = engine.replayFrame(-1);
    expect(all.players.every(({ known, x }) => known && x !== undefined)).toBe(true);
    for (const { slot, team } of all.players) {
      const own = engine.replayFrame(slot);
      for (const player of own.players) {
        const mayBeKnown = player.team === team || ((all.sees[slot]! >> player.slot) & 1) === 1;
        if (!mayBeKnown) expect([player.slot, player.known, player.x]).toEqual([player.slot, false, undefined]);
      }
    }
    const alive = all.players.find((player) => player.alive)!;
    expect(engine.replayPolygon(alive.slot).length).toBeGreaterThan(6);
    expect(engine.replayWalls(alive.slot)).toHaveLength(engine.replayWalls(-1).length);
    const field = engine.replaySound(engine.about().sounds.indexOf('fire_rifle'), alive.x!, alive.y!);
    expect(field).toHaveLength(CELLS);
    expect(Math.max(...field)).toBeGreaterThan(0.3);
  });

  it('has nobody remember after a seek what has not happened yet', () => {
    const { bytes } = recorded(30);
    engine.openReplay(bytes);
    const first = engine.replayWalls(-1);
    const viewers = [0, 1, 2, 3, 4, 5];
    engine.stepReplay(1750);
    const late = engine.replayWalls(-1);
    expect(late).not.toEqual(first);
    expect(viewers.some((viewer) => engine.replayWalls(viewer).some((health, slice) => health !== first[slice]))).toBe(true);
    const version = engine.replayFrame(0).walls;
    engine.seekReplay(0, 1);
    for (const viewer of viewers) expect(engine.replayWalls(viewer)).toEqual(first);
    expect(engine.replayFrame(0).walls).not.toBe(version);
    // At a keyframe everybody is taken to know the walls as they are.
    engine.seekReplay(1500, 1);
    for (const viewer of viewers) expect(engine.replayWalls(viewer)).toEqual(engine.replayWalls(-1));
  });

  it('lets a viewer hear what came to that player alone', () => {
    const { bytes } = recorded(10);
    engine.openReplay(bytes);
    let heard = 0;
    for (let tick = 0; tick < 500; tick += 1) {
      engine.stepReplay(1);
      heard += engine.replayFrame(0).sounds.length;
    }
    expect(heard).toBeGreaterThan(20);
    engine.seekReplay(0, 14_400);
    engine.stepReplay(500);
    expect(engine.replayFrame(-1).sounds).toEqual([]);
  });

  it('says which map is missing', () => {
    const error = refused(() => engine.openReplay(SAMPLE));
    expect([error.code, error.field]).toEqual(['BAD_REPLAY', 'map']);
    expect(error.message).toMatch(/three walls.*load that map's PNG first/);
  });
});

describe('maps', () => {
  it('goes from PNG to cells and back to the same pixels', () => {
    for (const name of engine.about().maps) {
      const info = engine.loadBuiltin(name, 0);
      const png = engine.pngOfCells(Uint8Array.from(info.cells!));
      const again = engine.loadPng(png, 0);
      expect(again.cells).toEqual(info.cells);
      expect(again.hash).toBe(info.hash);
      expect(engine.pngOfCells(Uint8Array.from(again.cells!))).toEqual(png);
      const native = loadEngine().GameMap.fromPng(png);
      expect(native.hash).toBe(info.hash);
    }
  });

  it('tells slices, sight and sound', () => {
    const info = engine.loadBuiltin('citadel', 0);
    expect(engine.mapSlices()).toHaveLength(info.slices * SLICE_FIELDS);
    expect(info.materials.reduce((sum, { walls }) => sum + walls, 0)).toBe(info.walls);
    const { x, y } = info.spawns[0]!;
    const sight = engine.mapSight(x, y);
    const clear = sight.reduce((sum, cell) => sum + cell, 0);
    expect(clear).toBeGreaterThan(5);
    expect(clear).toBeLessThan(CELLS);
    const near = Math.floor(y / 10) * 48 + Math.floor(x / 10);
    expect(engine.mapSound(0, x, y)[near]).toBeGreaterThan(0);
  });

  it('finds spawns without a way, clear lines between spawns and a team that is much nearer', () => {
    const names = engine.about().cells.map(({ name }) => name);
    const cells = new Uint8Array(CELLS);
    const put = (col: number, row: number, name: string): void => {
      cells[row * 48 + col] = names.indexOf(name);
    };
    put(4, 13, 'red');
    put(30, 13, 'blue');
    engine.loadCells(cells, 0);
    const open = engine.mapChecks();
    expect(open.problems.map(({ kind }) => kind).sort()).toEqual(['distance', 'sight']);
    expect(open.spawns[0]!.way).toBeCloseTo(260, 0);
    expect(open.first.red).toBeLessThan(open.first.blue);
    for (let row = 10; row <= 16; row += 1) for (let col = 1; col <= 7; col += 1) {
      if (row === 10 || row === 16 || col === 1 || col === 7) put(col, row, 'concrete');
    }
    engine.loadCells(cells, 0);
    const closed = engine.mapChecks();
    expect(closed.problems.filter(({ kind }) => kind === 'unreachable')).toHaveLength(2);
    expect(closed.spawns[0]!.way).toBeNull();
  });

  it('plays against bots, the own player by hand', () => {
    engine.loadBuiltin('yard', 0);
    const { slot } = engine.beginPlay(PLAY);
    const before = engine.playFrame(true).players[slot]!;
    for (let tick = 0; tick < 30; tick += 1) engine.stepPlay(BUTTON.down | BUTTON.right, 0, 240, 135);
    const after = engine.playFrame(true).players[slot]!;
    expect(Math.hypot(after.x! - before.x!, after.y! - before.y!)).toBeGreaterThan(5);
    expect(engine.playFrame(false).players).toHaveLength(6);
    expect(engine.playPolygon(slot).length).toBeGreaterThan(0);
  });
});

describe('what is wrong', () => {
  it('is refused with field and limit, and leaves what was there', () => {
    engine.loadBuiltin('yard', 0);
    const slices = engine.mapSlices();
    expect(refused(() => engine.loadCells(new Uint8Array(5), 0))).toMatchObject({ field: 'cells', limit: '1296 bytes, one a cell' });
    expect(refused(() => engine.loadCells(new Uint8Array(CELLS).fill(8), 0))).toMatchObject({ field: 'cells[0]', limit: '0 to 7' });
    expect(refused(() => engine.loadPng(new Uint8Array(100), 0))).toMatchObject({ code: 'BAD_MAP', field: 'map' });
    expect(refused(() => engine.mapSight(-1, 0))).toMatchObject({ field: 'x', limit: '0 to 480 px' });
    expect(refused(() => engine.mapSight(Number.NaN, 0)).field).toBe('x');
    expect(refused(() => engine.mapSound(33, 0, 0)).field).toBe('kind');
    expect(refused(() => engine.loadBuiltin('nowhere', 0)).message).toMatch(/citadel/);
    expect(refused(() => engine.beginPlay({ ...PLAY, bots: 8 }))).toMatchObject({ field: 'bots', limit: '0 to 7' });
    expect(refused(() => engine.beginPlay({ ...PLAY, skill: 2 })).field).toBe('skill');
    expect(refused(() => engine.beginPlay({ ...PLAY, primary: 'pistol' })).code).toBe('ILLEGAL_LOADOUT');
    expect(refused(() => engine.stepReplay(1)).code).toBe('NOT_ALLOWED');
    expect(engine.mapSlices()).toEqual(slices);
    engine.loadWalls(SAMPLE_MAP);
    engine.openReplay(SAMPLE);
    expect(refused(() => engine.seekReplay(171, 10))).toMatchObject({ field: 'tick', limit: '0 to 170' });
    expect(refused(() => engine.replayFrame(8)).field).toBe('viewer');
    expect(refused(() => engine.openReplay(SAMPLE.slice(0, 50))).code).toBe('BAD_REPLAY');
    expect(engine.stepReplay(1000).ended).toBe(true);
  });

  it('never ends the engine, whatever the bytes', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    engine.loadWalls(SAMPLE_MAP);
    const png = engine.pngOfCells(new Uint8Array(CELLS));
    for (let round = 0; round < 400; round += 1) {
      for (const [good, call] of [
        [SAMPLE, (bytes: Uint8Array) => engine.openReplay(bytes)],
        [png, (bytes: Uint8Array) => engine.loadPng(bytes, 0)],
      ] as const) {
        const bytes = good.slice(0, round % 3 === 0 ? random(good.length) : good.length);
        for (let change = 0; change <= random(4) && bytes.length > 0; change += 1) bytes[random(bytes.length)] = random(256);
        try {
          call(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          expect((error as EngineError).code).not.toBe('PANIC');
        }
      }
    }
    expect(engine.deaths).toBe(0);
    expect(refused(() => engine.loadWalls({ walls: [{ x: 1e9, y: 0, width: 10, height: 10, material: 'wood' }] })).code).toBe('BAD_MAP');
  });

  it('is a panic at worst, after which the next call runs', () => {
    const error = refused(() => engine.panicForTest());
    expect([error.code, engine.deaths]).toEqual(['PANIC', 1]);
    expect(error.message).toMatch(/asked for by a test/);
    expect(engine.loadBuiltin('yard', 0).walls).toBeGreaterThan(0);
  });

  it('is told of bytes that are no module', async () => {
    await expect(Engine.load(new Uint8Array(8))).rejects.toMatchObject({ code: 'BAD_MODULE' });
  });
});
