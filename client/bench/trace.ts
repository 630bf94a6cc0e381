/**
 * Reads what Chromium's tracing says of a page's main thread, and makes frames of it.
 *
 * Events are those of the Trace Event Format: `ts` and `dur` in µs of the wall, `tdur` in µs that the thread was given by
 * a processor. On a machine with other work the former counts that too.
 */

export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Of `Tracing.start`: a group of an event's is enough. */
export const CATEGORIES = ['devtools.timeline', 'v8', 'blink_gc'] as const;

const FRAME = 'FireAnimationFrame';
/** Where the browser runs code of the page; the outermost one counts with all that is inside. */
const SCRIPT: ReadonlySet<string> = new Set([
  FRAME, 'FunctionCall', 'EventDispatch', 'TimerFire', 'RunMicrotasks', 'EvaluateScript', 'FireIdleCallback', 'XHRReadyStateChange', 'XHRLoad',
  'v8.callFunction', 'v8.run', 'v8.compile',
]);
const COLLECTIONS: Readonly<Record<string, Collection>> = {
  MinorGC: 'scavenge',
  MajorGC: 'mark-compact',
  'V8.GC_MC_INCREMENTAL': 'marking step',
  'V8.GC_MC_INCREMENTAL_START': 'marking step',
  'V8.GC_MC_INCREMENTAL_FINALIZE': 'marking step',
  'BlinkGC.AtomicPhase': 'DOM',
  'BlinkGC.AtomicPauseMarkEpilogue': 'DOM',
};
/** What the browser does for a frame beside the script. */
const BROWSER: ReadonlySet<string> = new Set(['UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'Layerize', 'Commit']);

export type Collection = 'scavenge' | 'mark-compact' | 'marking step' | 'DOM';

export interface Pause {
  readonly kind: Collection;
  /** ms since the first frame. */
  readonly at: number;
  /** ms by the wall, and of processor time. */
  readonly wall: number;
  readonly cpu: number;
}

/** From one animation frame to the next: its script and that of the events in between. ms. */
export interface Frame {
  /** Since the first. */
  readonly at: number;
  /** To the next. */
  readonly span: number;
  readonly scriptWall: number;
  readonly scriptCpu: number;
  /** Style, layout and paint on the main thread; the rest is other threads'. */
  readonly browserCpu: number;
}

export interface Reading {
  /** The last one of the trace, whose end is not known, left out. */
  readonly frames: readonly Frame[];
  readonly pauses: readonly Pause[];
  /** Bytes allocated on the heap between the first scavenge and the last, and the frames in that time; 0 of fewer than two. */
  readonly allocated: number;
  readonly allocatedFrames: number;
}

/** Whether the reader has a use for it: the others need not be kept. */
export function isWanted({ name, ph }: TraceEvent): boolean {
  return ph === 'X' && (SCRIPT.has(name) || name in COLLECTIONS || BROWSER.has(name));
}

/**
 * @param events in any order, of any processes; the thread with most animation frames is the page's
 * @throws Error for a trace that has no frames, or no processor times
 */
export function readTrace(events: readonly TraceEvent[]): Reading {
  const own = mainThread(events).sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const begins = own.filter(({ name }) => name === FRAME).map(({ ts }) => ts);
  if (begins.length < 2) throw new Error('the trace has no two animation frames: was the page hidden?');
  if (!own.some(({ name, tdur }) => name === FRAME && tdur !== undefined)) {
    throw new Error('the trace has no processor times: Chromium gives them on Linux');
  }
  const first = begins[0]!;
  const last = begins[begins.length - 1]!;
  const frames = begins.slice(0, -1).map((ts, index) => (
    { at: (ts - first) / 1000, span: (begins[index + 1]! - ts) / 1000, scriptWall: 0, scriptCpu: 0, browserCpu: 0 }
  ));
  const pauses: Pause[] = [];
  let frame = 0;
  // Ends of the outermost piece of script and of the outermost collection gone into so far.
  let scriptUntil = Number.NEGATIVE_INFINITY;
  let pauseUntil = Number.NEGATIVE_INFINITY;
  let browserUntil = Number.NEGATIVE_INFINITY;
  let heapAfter = Number.NaN;
  let allocated = 0;
  let [scavengeFirst, scavengeLast] = [Number.NaN, Number.NaN];
  for (const event of own) {
    // A duration of nothing is left out.
    const { name, ts, dur = 0, tdur = 0, args } = event;
    const end = ts + dur;
    const inside = ts >= first && ts < last;
    const kind = COLLECTIONS[name];
    if (kind && ts >= pauseUntil) {
      pauseUntil = end;
      if (inside) pauses.push({ kind, at: (ts - first) / 1000, wall: dur / 1000, cpu: tdur / 1000 });
    }
    if (name === 'MinorGC' && inside) {
      const { usedHeapSizeBefore: before, usedHeapSizeAfter: after } = (args ?? {}) as Record<string, unknown>;
      if (typeof before === 'number' && typeof after === 'number') {
        if (before > heapAfter) allocated += before - heapAfter;
        if (Number.isNaN(scavengeFirst)) scavengeFirst = ts;
        scavengeLast = ts;
        heapAfter = after;
      }
    } else if (name === 'MajorGC') {
      const after = args?.['usedHeapSizeAfter'];
      if (typeof after === 'number' && !Number.isNaN(heapAfter)) {
        const before = args?.['usedHeapSizeBefore'];
        if (inside && typeof before === 'number' && before > heapAfter) allocated += before - heapAfter;
        heapAfter = after;
      }
    }
    if (!inside) {
      if ((SCRIPT.has(name) || kind) && end > scriptUntil) scriptUntil = end;
      continue;
    }
    while (ts >= begins[frame + 1]!) frame += 1;
    const into = frames[frame]!;
    if (SCRIPT.has(name) || kind) {
      if (ts < scriptUntil) continue;
      scriptUntil = end;
      into.scriptWall += dur / 1000;
      into.scriptCpu += tdur / 1000;
    } else if (BROWSER.has(name) && ts >= scriptUntil && ts >= browserUntil) {
      browserUntil = end;
      into.browserCpu += tdur / 1000;
    }
  }
  const allocatedFrames = begins.filter((ts) => ts >= scavengeFirst && ts < scavengeLast).length;
  return { frames, pauses, allocated, allocatedFrames };
}

function mainThread(events: readonly TraceEvent[]): TraceEvent[] {
  const counts = new Map<string, number>();
  const key = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  for (const event of events) {
    if (event.ph === 'X' && event.name === FRAME) counts.set(key(event), (counts.get(key(event)) ?? 0) + 1);
  }
  const main = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  return events.filter((event) => key(event) === main && isWanted(event));
}

/** The value below which a share of them lies, by the nearest rank; NaN of none. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
