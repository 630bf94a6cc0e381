import { describe, expect, it } from 'vitest';
import { COLUMNS, marketCells, marketCrossings, marketPng, ROWS } from '../bench/arena';
import { judgeScene, SCENE } from '../bench/fight';
import { judgeHeld, LONG, SHORT, slope, type Held } from '../bench/held';
import { OptionError, readOptions } from '../bench/options';
import type { Look } from '../bench/pilot';
import { heapShares, largest, Places, timeShares } from '../bench/profile';
import { loadEngine } from './engine';

describe('the command line', () => {
  const wanted = { numbers: { seconds: { fallback: 60, least: 5, most: 300 } }, choices: { renderer: ['canvas', 'webgl'] } } as const;

  it('is read, with what is left out', () => {
    expect(readOptions([], wanted)).toEqual({ numbers: { seconds: 60 }, choices: { renderer: 'canvas' }, json: false, plot: undefined });
    expect(readOptions(['--seconds', '7.5', '--renderer=webgl', '--json', '--plot', 'a.png'], wanted))
      .toEqual({ numbers: { seconds: 7.5 }, choices: { renderer: 'webgl' }, json: true, plot: 'a.png' });
  });

  it.each([
    [['--seconds', '4'], '--seconds 4: takes a number from 5 to 300'],
    [['--seconds', 'x'], '--seconds x'],
    [['--seconds', ''], '--seconds'],
    [['--renderer', 'gl'], '--renderer gl: takes one of canvas, webgl'],
    [['--plot', 'a.svg'], '--plot a.svg: takes the name of a .png file'],
    [['--what'], '--seconds, --renderer, --plot, --json'],
    [['60'], '--seconds'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, wanted)).toThrow(OptionError);
    expect(() => readOptions(args, wanted)).toThrow(message);
  });
});

describe('the market', () => {
  it('is a map that the engine reads, with more to break than is promised, and lanes to walk in', () => {
    const { GameMap } = loadEngine();
    const map = GameMap.fromPng(marketPng());
    const soft = map.walls().filter(({ material }) => material === 'wood' || material === 'glass').length * 5;
    expect(soft).toBeGreaterThan(2 * SCENE.broken);
    const cells = marketCells();
    expect([cells.length, cells[0]!.length]).toEqual([ROWS, COLUMNS]);
    for (const { x, y } of marketCrossings()) {
      // A crossing is the corner of four cells that are all free.
      for (const [dx, dy] of [[-1, -1], [0, -1], [-1, 0], [0, 0]] as const) expect(cells[y / 10 + dy]![x / 10 + dx]).toMatch(/[.RB]/);
    }
  });
});

describe('whether a scene is what was promised', () => {
  const look = (second: number, more: Partial<Look['state']> = {}): Look => ({
    at: second * 1000,
    state: { slicesBroken: 600, smokeClouds: 2, playersKnown: 8, playersSeen: 4, states: second * 20, wire: true, ...more } as Look['state'],
  });
  const looks = Array.from({ length: 20 }, (_, second) => look(second));

  it('tells what was shown', () => {
    const { shown, faults } = judgeScene(looks);
    expect(faults).toEqual([]);
    expect(shown).toEqual({ looks: 20, brokenLeast: 600, cloudsMedian: 2, cloudsShare: 1, playersMedian: 8, seenMedian: 4, statesASecond: 20 });
  });

  it.each<[string, Look[]]>([
    ['499 broken slices', [...looks, look(20, { slicesBroken: 499 })]],
    ['smoke in 85 %', looks.map((each, i) => (i < 3 ? look(i, { smokeClouds: 0 }) : each))],
    ['7 players', looks.map((_, i) => look(i, { playersKnown: 7 }))],
    ['states a second', looks.map((_, i) => look(i, { states: i }))],
    ['by JSON', [...looks, look(20, { wire: false })]],
    ['too few', looks.slice(0, 1)],
    ['too few', []],
  ])('finds fault: %s', (fault, wrong) => {
    expect(judgeScene(wrong).faults.join('; ')).toContain(fault);
  });
});

describe('whether what is held grows', () => {
  /** Half an hour of a match: everything comes and goes. */
  const held = (more: (minute: number) => Partial<Held> = () => ({})): Held[] => Array.from({ length: 30 }, (_, i) => ({
    minute: i + 1, heap: 9e6 + ((i * 7919) % 13) * 20_000, nodes: 300 + ((i * 31) % 9) * 9, listeners: 80 + ((i * 17) % 5) * 6, subscriptions: 125,
    game: 1180 + ((i * 5) % 3) * 3, audio: 40 + ((i * 13) % 7) * 10, ...more(i + 1),
  }));

  it('finds nothing in what comes and goes', () => {
    const { leaks, more, heapGrown, heapLimit } = judgeHeld(held());
    expect(leaks).toEqual([]);
    expect(more.subscriptions).toBe(0);
    expect(heapGrown).toBeLessThan(heapLimit);
  });

  it('allows a short one more, and not everything', () => {
    const cold = held((minute) => ({ minute: minute / 60, heap: 9e6 + minute * 80_000 }));
    expect(judgeHeld(cold, SHORT).leaks).toEqual([]);
    expect(judgeHeld(cold).leaks).toHaveLength(1);
    expect(judgeHeld(held((minute) => ({ minute: minute / 60, heap: 9e6 + minute * 200_000 })), SHORT).leaks).toHaveLength(1);
  });

  it('lets no single sample speak for all', () => {
    expect(judgeHeld(held((minute) => (minute === 30 ? { heap: 3e7, nodes: 5000 } : {}))).leaks).toEqual([]);
  });

  it.each<[string, (minute: number) => Partial<Held>]>([
    ['the heap', (minute) => ({ heap: 9e6 + minute * (LONG.heapAMinute + LONG.heapOnce / 20) })],
    ['the heap', (minute) => ({ heap: minute < 15 ? 9e6 : Number.NaN })],
    ['nodes', (minute) => ({ nodes: 300 + minute * 2 })],
    ['listeners', (minute) => ({ listeners: 80 + Math.floor(minute / 3) })],
    ['subscriptions', (minute) => ({ subscriptions: 125 + Math.floor(minute / 20) })],
    ['game', (minute) => ({ game: 1180 + minute * 3 })],
    ['audio', (minute) => ({ audio: 40 + minute })],
  ])('finds the growth of %s', (what, more) => {
    const { leaks } = judgeHeld(held(more));
    expect(leaks).toHaveLength(1);
    expect(leaks[0]).toContain(what);
  });

  it('tells nothing from too few', () => {
    expect(() => judgeHeld(held().slice(0, 9))).toThrow('too few');
  });

  it('takes the median of slopes', () => {
    expect(slope([[0, 0], [1, 2], [2, 4], [3, 100], [4, 8]])).toBe(2);
    expect(slope([[0, 1]])).toBeNaN();
  });
});

describe('profiles', () => {
  const frame = (functionName: string, url = ''): { functionName: string; url: string; lineNumber: number; columnNumber: number } => (
    { functionName, url, lineNumber: 0, columnNumber: 0 }
  );
  const page = 'http://x/assets/index-1.js';
  const places = new Places('/nowhere');

  it('give a builtin\u2019s time to who called it, and none to idleness', () => {
    const { groups } = timeShares({
      nodes: [
        { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] }, { id: 2, callFrame: frame('(idle)') },
        { id: 3, callFrame: frame('draw', page), children: [4] }, { id: 4, callFrame: frame('putImageData') }, { id: 5, callFrame: frame('(garbage collector)') },
      ],
      samples: [2, 3, 4, 5, 2],
      timeDeltas: [0, 100, 10, 20, 5],
    }, places);
    expect(Object.fromEntries(groups)).toEqual({ 'index-1.js': 30, collection: 5 });
  });

  it('give memory likewise', () => {
    const { groups, sites } = heapShares({
      callFrame: frame('(root)'), selfSize: 0,
      children: [{ callFrame: frame('draw', page), selfSize: 10, children: [{ callFrame: frame('from'), selfSize: 5, children: [] }] }, { callFrame: frame('(V8 API)'), selfSize: 1, children: [] }],
    }, places);
    expect(Object.fromEntries(groups)).toEqual({ 'index-1.js': 15, other: 1 });
    expect(largest(sites, 1)).toEqual([['draw', 15]]);
  });
});
