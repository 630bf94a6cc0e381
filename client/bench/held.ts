import type { GamePage } from './gamePage';

/** What a page holds on to, after a collection. */
export interface Held {
  /** Minutes since the first. */
  readonly minute: number;
  /** Bytes of JavaScript's heap. */
  readonly heap: number;
  /** DOM nodes, detached ones included, as the browser counts them. */
  readonly nodes: number;
  /** Event listeners, likewise. */
  readonly listeners: number;
  /** Handlers on the link, and all that disposers hold. */
  readonly subscriptions: number;
  /** Phaser's: handlers, things on display lists, textures. */
  readonly game: number;
  /** Audio nodes connected. */
  readonly audio: number;
}

export type Kind = Exclude<keyof Held, 'minute'>;

/** How much more may be held at the end. */
export interface Bounds {
  /** Bytes of heap in a minute, and once: caches that fill late, and what the moment of a sample happens to hold. */
  readonly heapAMinute: number;
  readonly heapOnce: number;
  /** By how much the least of the last third of the samples may exceed that of the first. */
  readonly more: Readonly<Record<Exclude<Kind, 'heap'>, number>>;
}

/**
 * Over half an hour, a sample a minute: what comes and goes with the fight is away in one sample of a third, but for a line
 * of the kill feed, which has nine nodes, and things that flew, which are three of Phaser's each and stay for the next.
 */
export const LONG: Bounds = {
  heapAMinute: 16 * 1024, heapOnce: 128 * 1024, more: { nodes: 24, listeners: 4, subscriptions: 0, game: 36, audio: 8 },
};
/** Over seconds from a match's beginning: caches fill, and three samples are of one moment of the fight. */
export const SHORT: Bounds = {
  heapAMinute: 16 * 1024, heapOnce: 3 * 1024 * 1024, more: { nodes: 150, listeners: 60, subscriptions: 0, game: 150, audio: 150 },
};
/** Share of the samples in which caches fill and the compiler finds its types: of no account. */
const WARM_UP = 0.2;
const LEAST_SAMPLES = 10;

/** @param minute since the first sample */
export async function takeHeld(game: GamePage, minute: number): Promise<Held> {
  const { tools } = game;
  // What waits for a finalizer or a microtask of the one is let go by the next.
  for (let pass = 0; pass < 3; pass += 1) await tools.send('HeapProfiler.collectGarbage');
  const own = await game.page.evaluate(() => ({
    subscriptions: window.trespasser!.listenerCount(),
    game: window.trespasser!.gameCount(),
    audio: window.trespasser!.state().audio.nodes,
  }));
  const { metrics } = await tools.send('Performance.getMetrics');
  const metric = (name: string): number => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  return { minute, heap: metric('JSHeapUsedSize'), nodes: metric('Nodes'), listeners: metric('JSEventListeners'), ...own };
}

export interface Verdict {
  /** Bytes a minute: the median of the slopes between all pairs of samples, which single ones cannot bend. */
  readonly heapAMinute: number;
  /** Bytes by that slope from the first sample that counts to the last, and how many there may be. */
  readonly heapGrown: number;
  readonly heapLimit: number;
  readonly more: Readonly<Record<Exclude<Kind, 'heap'>, number>>;
  /** What grew beyond its bound, in words; empty: nothing. */
  readonly leaks: readonly string[];
}

/**
 * Whether what is held grows with time.
 *
 * @throws Error for too few samples to tell
 */
export function judgeHeld(samples: readonly Held[], bounds: Bounds = LONG): Verdict {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP));
  if (samples.length < LEAST_SAMPLES) throw new Error(`${samples.length} samples are too few to tell a leak: at least ${LEAST_SAMPLES} are needed`);
  const third = Math.floor(steady.length / 3);
  const heapAMinute = slope(steady.map(({ minute, heap }) => [minute, heap]));
  const leaks: string[] = [];
  const span = steady[steady.length - 1]!.minute - steady[0]!.minute;
  const limit = bounds.heapOnce + bounds.heapAMinute * span;
  if (!(heapAMinute * span <= limit)) {
    leaks.push(`the heap grew by ${kib(heapAMinute * span)} KiB in ${span.toFixed(1)} minutes; at most ${kib(limit)}`);
  }
  const more = { nodes: 0, listeners: 0, subscriptions: 0, game: 0, audio: 0 };
  for (const kind of Object.keys(more) as (keyof typeof more)[]) {
    const least = (part: readonly Held[]): number => Math.min(...part.map((sample) => sample[kind]));
    const [first, last] = [least(steady.slice(0, third)), least(steady.slice(-third))];
    more[kind] = last - first;
    if (!(more[kind] <= bounds.more[kind])) leaks.push(`${kind}: never below ${first} in the first third, never below ${last} in the last; at most ${bounds.more[kind]} more`);
  }
  return { heapAMinute, heapGrown: heapAMinute * span, heapLimit: limit, more, leaks };
}

/** Theil and Sen's: the median of the slopes of all pairs. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i += 1) {
    for (let j = i + 1; j < points.length; j += 1) {
      const dx = points[j]![0] - points[i]![0];
      if (dx > 0) slopes.push((points[j]![1] - points[i]![1]) / dx);
    }
  }
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  if (slopes.length === 0) return Number.NaN;
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2;
}

function kib(bytes: number): number {
  return Math.round(bytes / 1024);
}
