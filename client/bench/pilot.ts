import { FIELD_HEIGHT, FIELD_WIDTH } from '../src/core/rules';
import type { TestState } from '../src/testHook';
import type { GamePage } from './gamePage';

const STEP_MS = 33;
/** ms between two looks at the page's state, which cost it a little script time. */
const LOOK_MS = 1000;
/** px from a waypoint at which it is reached. */
const NEAR = 18;
/** px in {@link LOOK_MS} below which one stands before something. */
const STUCK = 12;
const AIM_RADIUS = 90;
/** Steps of fire, of every so many. */
const BURST = 22;
const CYCLE = 34;
const KEYS = ['KeyW', 'KeyA', 'KeyS', 'KeyD'] as const;
type Key = (typeof KEYS)[number];

export interface Look {
  /** ms since the pilot started. */
  readonly at: number;
  readonly state: TestState;
}

/**
 * Plays in a page as a person would, by its keyboard and mouse: goes from waypoint to waypoint, sweeps its aim, fires
 * bursts, changes weapons, respawns. Looks at the page once a second. Same seed, same choices; what they lead to depends
 * on the match.
 */
export class Pilot {
  /** One a second, the newest last; {@link Pilot.forget} drops them. */
  readonly looks: Look[] = [];
  /** Called with each look. */
  onLook: ((look: Look) => void) | null = null;
  private running = false;
  private work: Promise<void> = Promise.resolve();
  private readonly held = new Set<Key>();
  private firing = false;

  constructor(
    private readonly game: GamePage,
    private readonly waypoints: readonly { readonly x: number; readonly y: number }[],
    private seed = 1,
  ) {}

  start(): void {
    this.running = true;
    this.work = this.run();
    // A page that is gone is for whoever waits in `stop`.
    this.work.catch(() => {});
  }

  /** @throws what ended the play, if something did */
  async stop(): Promise<void> {
    this.running = false;
    await this.work;
  }

  forget(): void {
    this.looks.length = 0;
  }

  private async run(): Promise<void> {
    const { page } = this.game;
    const began = performance.now();
    let looked = Number.NEGATIVE_INFINITY;
    let at = { x: FIELD_WIDTH / 2, y: FIELD_HEIGHT / 2 };
    let goal = at;
    let state: TestState | null = null;
    await page.mouse.move(480, 270);
    for (let step = 0; this.running; step += 1) {
      const due = began + step * STEP_MS;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      const now = performance.now();
      if (now - looked >= LOOK_MS) {
        looked = now;
        const before = at;
        state = await this.game.state();
        at = state.drawn ?? at;
        const look = { at: now - began, state };
        this.looks.push(look);
        this.onLook?.(look);
        const stands = Math.hypot(at.x - before.x, at.y - before.y) < STUCK;
        if (stands || Math.hypot(goal.x - at.x, goal.y - at.y) < NEAR) goal = this.choose(this.waypoints);
        await this.walk(goal.x - at.x, goal.y - at.y);
        // The dead wish for life by the key; the next look sees whether it was granted.
        if (!state.alive && state.states > 2) await page.keyboard.press('Space');
        else if (this.random() < 0.12) await page.keyboard.press(`Digit${1 + Math.floor(this.random() * 4)}`);
        else if (this.random() < 0.1) await page.keyboard.press('KeyR');
      }
      const turn = (now - began) / 900;
      const zoom = 960 / FIELD_WIDTH;
      await page.mouse.move(
        Math.min(955, Math.max(5, (at.x + Math.cos(turn) * AIM_RADIUS) * zoom)),
        Math.min(535, Math.max(5, (at.y + Math.sin(turn * 1.3) * AIM_RADIUS) * zoom)),
      );
      const fire = step % CYCLE < BURST;
      if (fire !== this.firing) {
        this.firing = fire;
        if (fire) await page.mouse.down();
        else await page.mouse.up();
      }
    }
    if (this.firing) await page.mouse.up();
    for (const key of this.held) await page.keyboard.up(key);
    this.held.clear();
  }

  private async walk(dx: number, dy: number): Promise<void> {
    const wanted = new Set<Key>();
    if (Math.abs(dx) > 6) wanted.add(dx > 0 ? 'KeyD' : 'KeyA');
    if (Math.abs(dy) > 6) wanted.add(dy > 0 ? 'KeyS' : 'KeyW');
    for (const key of KEYS) {
      if (wanted.has(key) === this.held.has(key)) continue;
      if (wanted.has(key)) {
        this.held.add(key);
        await this.game.page.keyboard.down(key);
      } else {
        this.held.delete(key);
        await this.game.page.keyboard.up(key);
      }
    }
  }

  private choose<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  /** [0, 1) */
  private random(): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.seed / 2 ** 32;
  }
}
