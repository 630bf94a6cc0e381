import { describe, expect, it } from 'vitest';
import { KnownSlices, MapGeometry } from '../src/predict/geometry';
import { coneOf, Visibility } from '../src/predict/visibility';
import { loadEngine, mapFile, rulesOf } from './engine';
import { seeded } from './wireHost';

const engine = loadEngine();

/** Twice the area. */
function area(points: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    sum += points[i]! * points[j + 1]! - points[j]! * points[i + 1]!;
  }
  return sum;
}

/** How far a ray from the first point gets within the outline. */
function reach(points: Float32Array, angle: number): number {
  const [x, y] = [points[0]!, points[1]!];
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  let far = 0;
  for (let i = 2; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]! - x, points[i + 1]! - y, points[i + 2]! - x, points[i + 3]! - y];
    const [a, b] = [dx * ay - dy * ax, dx * by - dy * bx];
    if ((a > 0) === (b > 0)) continue;
    const t = a / (a - b);
    const along = dx * (ax + (bx - ax) * t) + dy * (ay + (by - ay) * t);
    if (along > far) far = along;
  }
  return far;
}

describe('the outline of what is seen', () => {
  for (const rules of ['standard', 'legacy'] as const) {
    it(`is the engine\u2019s, ${rules}, walls whole and broken`, () => {
      const random = seeded(31);
      let [compared, off] = [0, 0];
      for (const name of engine.GameMap.builtinNames()) {
        const map = engine.GameMap.builtin(name);
        const world = new engine.World({ rules });
        const match = world.createMatch(map, { seed: 2 });
        for (let i = 0; i < 8; i += 1) world.addBot(match, { wrecks: true, loadout: { primary: 'rifle', secondary: 'pistol', support: ['rocket', 'grenade'] } });
        const slices = new KnownSlices(new MapGeometry(mapFile(engine, map)));
        const visibility = new Visibility(slices);
        const full = Array.from({ length: map.sliceCount }, (_, s) => map.maxHealth(s));
        for (let round = 0; round < 60; round += 1) {
          for (let i = 0; i < 25; i += 1) {
            world.thinkBots();
            world.step();
          }
          world.drainEvents(match);
          const health = world.sliceHealth(match);
          for (let s = 0; s < health.length; s += 1) {
            const share = health[s]! / full[s]!;
            slices.set(s, health[s] === 0 ? 4 : !(share <= 0.75) ? 0 : share > 0.5 ? 1 : share > 0.25 ? 2 : 3);
          }
          if (world.clouds(match).length > 0) continue;
          for (const player of world.players(match)) {
            if (!player.alive || player.sightImpairment > 0) continue;
            const theirs = world.polygon(match, player.id);
            const cone = coneOf(rulesOf(rules), Math.hypot(player.mouseX - player.x, player.mouseY - player.y), { distance: 0, angle: 0 });
            expect(cone.distance).toBeCloseTo(player.viewDistance, 2);
            expect(cone.angle).toBeCloseTo(player.viewAngle, 3);
            const ours = visibility.outline(player.x, player.y, player.facing, cone);
            compared += 1;
            const both = [Math.abs(area(ours)), Math.abs(area(theirs))];
            if (Math.abs(both[0]! - both[1]!) > 0.01 * Math.max(both[0]!, 200)) off += 1;
            for (let k = 0; k < 20; k += 1) {
              const angle = player.facing + (random() - 0.5) * cone.angle * 0.999;
              const [a, b] = [reach(ours, angle), reach(theirs, angle)];
              // At a corner to the bit, rounding of the ray decides.
              if (Math.abs(a - b) > 0.05) off += 0.05;
            }
          }
        }
      }
      expect(compared).toBeGreaterThan(500);
      expect(off).toBeLessThan(compared * 0.01);
    }, 60_000);
  }
});
