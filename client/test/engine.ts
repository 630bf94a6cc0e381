/** The engine's Node addon, as tests of prediction and of the fuzz against the engine use it. */
import { createRequire } from 'node:module';
import type { GameMap as EngineMap, World as EngineWorld } from '../../node-binding/index.js';
import type { MapFile } from '../src/predict/geometry';
import type { WireRules } from '../src/wire';

const require = createRequire(import.meta.url);

export type Engine = typeof import('../../node-binding/index.js');
export type { EngineMap, EngineWorld };

export function loadEngine(): Engine {
  return require('../../node-binding') as Engine;
}

/** As `GET /maps/<hash>.json` gives it. */
export function mapFile(engine: Engine, map: EngineMap): MapFile {
  const world = new engine.World();
  const match = world.createMatch(map);
  const health = world.sliceHealth(match);
  const missing: number[] = [];
  health.forEach((points, slice) => {
    if (points === 0) missing.push(slice);
  });
  return {
    hash: map.hash,
    walls: map.walls().map(({ x, y, width, height, material, orientation }) => ({
      x, y, width, height, material, alongX: orientation === 'horizontal',
    })),
    missing,
  };
}

const f = Math.fround;
const DEGREE = f(f(Math.PI) / 180);

/** What the engine's welcome says of the two named rule sets. */
export function rulesOf(name: 'standard' | 'legacy'): WireRules {
  const legacy = name === 'legacy';
  return {
    movement: {
      sneak: 50, walk: 100, run: 150, runArc: legacy ? null : f(90 * DEGREE), aimSpeed: legacy ? 1 : 0.5,
      aimStopsRun: !legacy, stop: f(0.8), idle: 10,
    },
    inputsPerSecond: 60,
    vision: {
      cone: f(120 * DEGREE), distance: 160, close: 12,
      look: legacy ? null : { near: 80, far: 220, distance: 220, cone: f(90 * DEGREE) },
    },
    smoke: { radius: 60, lifeMs: 15_000, expandMs: 1500, fadeMs: 2000, density: f(0.95), edge: 0.5, depth: 0.5, unit: 5 },
    flash: { phasesMs: [1500, 2000, 1000], impair: [1, f(0.8), f(0.6)] },
    throwFriction: f(0.85),
    cutoffHz: [300, 22_000],
  };
}
