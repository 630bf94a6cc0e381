import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fight, judgeScene, type Scene } from '../bench/fight';
import { profileMemory, traceFor } from '../bench/measure';
import { heapShares, Places } from '../bench/profile';
import { buildServer } from './browser/builtServer';

/** Reached in seconds; `npm run frame-report` waits for five hundred slices and for smoke all the time. */
const SCENE: Scene = { broken: 100, players: 8, smoke: 0 };
const SECONDS = 4;
/** Bytes a second of the game's own files: most of it is what states bring, however seldom is drawn, until the compiler is done. */
const OWN = 3 * 1024 * 1024;
/** Made anew for every frame, of nothing but what the engine boxes before it compiles: 23 KiB, it was, of the outline alone. */
const HOT = ['predict/visibility.ts', 'render/smokeLayer.ts', 'render/fogLayer.ts'];
const HOT_BYTES = 6 * 1024;

let fight: Fight;

beforeAll(async () => {
  await buildServer();
  fight = await Fight.begin('canvas');
}, 120_000);
afterAll(() => fight?.end());

describe('a frame in a fight', () => {
  it('is found in the trace, and allocates little', { timeout: 120_000 }, async () => {
    const { game, pilot } = fight;
    await fight.untilBroken(undefined, SCENE.broken);
    pilot.forget();
    const { frames } = await traceFor(game, SECONDS);
    const { head, frames: profiled } = await profileMemory(game, SECONDS);
    const { shown, faults } = judgeScene(pilot.looks, SCENE);
    expect(faults).toEqual([]);
    expect(game.complaints).toEqual([]);
    // How many depends on the machine.
    expect(frames.length).toBeGreaterThan(SECONDS);
    for (const { span, scriptCpu, scriptWall } of frames) {
      expect(span).toBeGreaterThan(0);
      expect(scriptWall).toBeGreaterThan(0);
      expect(scriptCpu).toBeGreaterThanOrEqual(0);
    }
    const { groups } = heapShares(head, new Places());
    const own = [...groups].filter(([name]) => name.endsWith('.ts') && name !== 'testHook.ts');
    // Without source maps there would be no names to look for.
    expect(own.length).toBeGreaterThan(5);
    console.log(`${frames.length} frames traced, ${profiled} profiled; ${JSON.stringify(shown)}; bytes a frame ${JSON.stringify(own.map(([name, bytes]) => [name, Math.round(bytes / profiled)]))}`);
    expect(own.reduce((sum, [, bytes]) => sum + bytes, 0) / SECONDS).toBeLessThan(OWN);
    for (const name of HOT) expect((groups.get(name) ?? 0) / profiled, name).toBeLessThan(HOT_BYTES);
  });
});
