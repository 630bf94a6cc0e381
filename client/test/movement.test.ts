import { describe, expect, it } from 'vitest';
import { GONE, KnownSlices, MapGeometry } from '../src/predict/geometry';
import { Body, Movement } from '../src/predict/movement';
import { Button, fixed, type WireInput } from '../src/wire';
import { loadEngine, mapFile, rulesOf } from './engine';
import { seeded } from './wireHost';

const engine = loadEngine();
/** Ticks of each of the 12 walks; 12 x 10,000 in all. */
const TICKS = Number(process.env['MOVE_TICKS'] ?? 10_000);
const KEYS = [Button.UP, Button.LEFT, Button.DOWN, Button.RIGHT, Button.RUN, Button.SNEAK, Button.FIRE];

describe('movement is the engine\u2019s, to the bit', () => {
  for (const name of engine.GameMap.builtinNames()) {
    for (const rules of ['standard', 'legacy'] as const) {
      for (const reading of ['fine', 'coarse'] as const) {
        it(`${name}, ${rules}, ${reading}`, () => {
          const random = seeded(name.length * 7 + rules.length * 3 + reading.length);
          const map = engine.GameMap.builtin(name, { reading });
          const world = new engine.World({ rules });
          const match = world.createMatch(map, { seed: 5 });
          const loadout = { primary: 'rifle', secondary: 'pistol', support: ['flashbang', 'grenade', 'smokegrenade'] };
          const player = world.addPlayer(match, { team: 'red', loadout });
          const slices = new KnownSlices(new MapGeometry(mapFile(engine, map)));
          const movement = new Movement(rulesOf(rules), 60, slices);
          const body = new Body();
          const rows = new Float32Array(8 * engine.PLAYER_COLUMNS);
          const health = new Float32Array(map.sliceCount);
          const flash = { tick: 0, intensity: 0 };
          let walls = -1;
          let placed = false;
          let held = 0;
          let [cursorX, cursorY] = [240, 135];
          let [checked, flashed, broken, aimed] = [0, 0, 0, 0];
          for (let tick = 1; tick <= TICKS; tick += 1) {
            if (world.wallsVersion(match) !== walls) {
              walls = world.wallsVersion(match);
              world.sliceHealth(match, health);
              for (let s = 0; s < health.length; s += 1) {
                if (health[s] === 0 && !slices.isGone(s)) broken += 1;
                slices.set(s, health[s] === 0 ? GONE : 0);
              }
            }
            for (const key of KEYS) if (random() < 0.04) held ^= key;
            if (random() < 0.03) held = 0;
            if (random() < 0.02) [cursorX, cursorY] = [random() * 520 - 20, random() * 310 - 20];
            if (random() < 0.3) [cursorX, cursorY] = [cursorX + random() * 6 - 3, cursorY + random() * 6 - 3];
            if (random() < 0.01) [cursorX, cursorY] = [body.x + (random() - 0.5) / 4, body.y + (random() - 0.5) / 4];
            const taps = random() < 0.01 ? Button.AIM : random() < 0.02 ? Button.SLOT1 << Math.floor(random() * 4) : 0;
            if (random() < 0.01) held ^= Button.AIM;
            const lives = placed && body.alive;
            if (tick % 400 === 0 && lives) world.giveWeapon(match, player, random() < 0.5 ? 'rocket' : 'antimaterialrifle');
            if (tick % 700 === 100 && lives) world.giveWeapon(match, player, 'flashbang');
            if (tick % 700 === 102 && lives) world.throwItem(match, player, 1);
            const input: WireInput = { sequence: tick, held, taps, cursorX: fixed(cursorX), cursorY: fixed(cursorY) };
            world.pushInput(match, player, tick, held, taps, cursorX, cursorY);
            if (!body.alive) world.tap(match, player, Button.RESPAWN);
            world.step();

            if (placed) {
              const slowed = movement.impaired(flash, tick).movement;
              if (slowed > 0) flashed += 1;
              movement.apply(body, input);
              movement.move(body, slowed);
              if (body.alive) movement.face(body);
            }
            world.readPlayers(match, rows);
            let moved = true;
            for (const event of world.drainEvents(match)) {
              if (event.type === 'spawned') {
                moved = false;
                flash.intensity = 0;
                placed = true;
                // A placing is told of exactly; the aim is the cursor's at the next input.
                Object.assign(body, { x: rows[2], y: rows[3], vx: 0, vy: 0, alive: true, aiming: false, held });
                movement.face(body);
              } else if (event.type === 'died') {
                body.alive = false;
                body.aiming = false;
                movement.halt(body);
                flash.intensity = 0;
              } else if (event.type === 'dazzled' && Math.abs(rows[25]! - event.intensity!) < 0.001) {
                flash.tick = event.tick;
                // While blind, sight is impaired by the very intensity; the event has it rounded. One weaker than
                // what is left of another changes nothing.
                flash.intensity = rows[25]!;
              }
            }
            if (!moved) continue;
            checked += 1;
            if (body.aiming) aimed += 1;
            const [x, y, vx, vy, aiming] = [rows[2], rows[3], rows[4], rows[5], (rows[8]! & 4) !== 0];
            if (x !== body.x || y !== body.y || vx !== body.vx || vy !== body.vy || aiming !== body.aiming || rows[9] !== body.gait) {
              expect({ tick, x: body.x, y: body.y, vx: body.vx, vy: body.vy, aiming: body.aiming, gait: body.gait }).toEqual({
                tick, x, y, vx, vy, aiming, gait: rows[9],
              });
            }
          }
          // The walk was one past standing and broken walls, dazzled and aiming at times.
          expect(checked).toBeGreaterThan(TICKS * 0.5);
          expect(broken).toBeGreaterThan(0);
          expect(aimed).toBeGreaterThan(0);
          if (TICKS >= 10_000) expect(flashed).toBeGreaterThan(0);
        }, 120_000);
      }
    }
  }
});
