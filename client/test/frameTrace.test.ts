import { describe, expect, it } from 'vitest';
import { quantile, readTrace, type TraceEvent } from '../bench/trace';

const PAGE = { pid: 7, tid: 7 };

/** ms by the wall and of processor time, as the browser writes them. */
function piece(name: string, at: number, wall: number, cpu: number, more: Partial<TraceEvent> = {}): TraceEvent {
  return { name, ph: 'X', ...PAGE, ts: 1_000_000 + at * 1000, dur: wall * 1000, tdur: cpu * 1000, ...more };
}

/** Three frames of 16 ms, with a last one to end the third. */
const FRAMES = [0, 16, 32, 48].map((at) => piece('FireAnimationFrame', at, 4, 3));

describe('the reader of traces', () => {
  it('counts the outermost script of a frame, by both clocks', () => {
    const { frames } = readTrace([
      // Inside the animation frame: counted with it.
      piece('FunctionCall', 0.5, 3, 2), piece('v8.callFunction', 0.6, 2, 1), ...FRAMES,
      // Of its own, in the second frame.
      piece('FunctionCall', 24, 2, 1.5), piece('RunMicrotasks', 24.5, 1, 0.5),
    ]);
    expect(frames.map(({ scriptWall, scriptCpu }) => [scriptWall, scriptCpu])).toEqual([[4, 3], [6, 4.5], [4, 3]]);
    expect(frames.map(({ at, span }) => [at, span])).toEqual([[0, 16], [16, 16], [32, 16]]);
  });

  it('takes events in any order, and those of other threads, kinds and phases for none', () => {
    const events = [
      ...FRAMES, piece('FunctionCall', 20, 9, 9, { tid: 8 }), piece('FunctionCall', 20, 9, 9, { pid: 8 }), piece('FireAnimationFrame', 5, 9, 9, { tid: 8 }),
      piece('FunctionCall', 20.5, 9, 9, { ph: 'I' }), piece('Something', 21, 9, 9), piece('TimerFire', 22, 1, 0.5),
    ];
    const forth = readTrace(events);
    expect(forth.frames.map(({ scriptCpu }) => scriptCpu)).toEqual([3, 3.5, 3]);
    expect(readTrace([...events].reverse())).toEqual(forth);
  });

  it('leaves out what was before the first frame and after the last', () => {
    const { frames, pauses } = readTrace([
      piece('TimerFire', -5, 2, 2), piece('MinorGC', -3, 1, 1), ...FRAMES, piece('TimerFire', 60, 2, 2), piece('MajorGC', 63, 1, 1),
    ]);
    expect(frames.map(({ scriptCpu }) => scriptCpu)).toEqual([3, 3, 3]);
    expect(pauses).toEqual([]);
  });

  it('finds collections inside script and beside it, and counts the latter to the frame', () => {
    const { frames, pauses } = readTrace([
      ...FRAMES, piece('MinorGC', 1, 1, 0.7), piece('V8.GC_MC_INCREMENTAL', 26, 1, 0.4), piece('MajorGC', 40, 5, 4.2), piece('MinorGC', 41, 1, 0.5),
    ]);
    expect(pauses.map(({ kind, at, wall, cpu }) => [kind, at, wall, cpu])).toEqual([
      ['scavenge', 1, 1, 0.7], ['marking step', 26, 1, 0.4], ['mark-compact', 40, 5, 4.2],
    ]);
    expect(frames.map(({ scriptCpu }) => Number(scriptCpu.toFixed(3)))).toEqual([3, 3.4, 7.2]);
  });

  it('tells what the browser does beside the script', () => {
    const { frames } = readTrace([...FRAMES, piece('Layout', 1, 1, 1), piece('PrePaint', 6, 1, 0.5), piece('Paint', 6.2, 0.5, 0.3), piece('Commit', 9, 1, 0.25)]);
    // A layout that the script forces is script.
    expect(frames.map(({ browserCpu, scriptCpu }) => [browserCpu, scriptCpu])).toEqual([[0.75, 3], [0, 3], [0, 3]]);
  });

  it('adds up what was allocated between collections', () => {
    const heap = (before: number, after: number): Partial<TraceEvent> => ({ args: { usedHeapSizeBefore: before, usedHeapSizeAfter: after } });
    const { allocated, allocatedFrames } = readTrace([
      ...FRAMES, piece('MinorGC', 1, 1, 1, heap(900, 100)), piece('MinorGC', 17, 1, 1, heap(400, 150)), piece('MajorGC', 33, 1, 1, heap(200, 80)),
      piece('MinorGC', 36, 1, 1, heap(130, 90)),
    ]);
    expect([allocated, allocatedFrames]).toEqual([300 + 50 + 50, 2]);
  });

  it('takes a processor time that is left out for none, and a trace without any for no trace', () => {
    const { tdur: _, ...untimed } = piece('TimerFire', 20, 1, 0);
    expect(readTrace([...FRAMES, untimed]).frames[1]!.scriptCpu).toBe(3);
    expect(() => readTrace(FRAMES.map(({ tdur: __, ...event }) => event))).toThrow('processor times');
    expect(() => readTrace([])).toThrow('two animation frames');
    expect(() => readTrace([FRAMES[0]!])).toThrow('two animation frames');
  });
});

describe('a quantile', () => {
  it('is the nearest rank', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.5, 0.8, 0.81, 1].map((share) => quantile(values, share))).toEqual([1, 1, 3, 4, 5, 5]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
