import { describe, expect, it } from 'vitest';
import { replayAddress } from '../src/core/pages';
import { readMatchReport, ReportWatch, shownChange, shownPoints } from '../src/net/matchReport';

const rating = (points: number): object => ({ points, value: 2000, deviation: 80 });
const REPORT = {
  matchId: 'm1', state: 'finished', mode: 'duel', rated: true, replay: false,
  players: [
    { id: '7', name: 'Ann', team: 'red', place: 1, rating: { before: rating(0), after: rating(131.4) } },
    { id: '8', name: 'Bob', team: 'blue', place: 2, rating: null },
  ],
};

interface Bench {
  readonly watch: ReportWatch;
  /** ms of the timers that were set. */
  readonly waits: number[];
  /** The next question, and its answer. */
  step(answer: Response | Error): Promise<void>;
  readonly isWaiting: () => boolean;
}

function bench(): Bench {
  const waits: number[] = [];
  let timer: (() => void) | null = null;
  let answer: Response | Error = new Error();
  const watch = new ReportWatch('m1', {
    async fetch(path) {
      expect(path).toBe('/matches/m1');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    setTimer(action, ms) {
      waits.push(ms);
      timer = action;
      return () => { timer = null; };
    },
  });
  return {
    watch, waits, isWaiting: () => timer !== null,
    async step(given) {
      answer = given;
      const action = timer;
      timer = null;
      action?.();
      for (let i = 0; i < 8; i += 1) await Promise.resolve();
      await new Promise((done) => setTimeout(done, 0));
    },
  };
}

const json = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });

describe('what became of a match', () => {
  it('is read, or refused', () => {
    const report = readMatchReport(REPORT)!;
    expect([report.matchId, report.rated, report.replay, report.players.length]).toEqual(['m1', true, false, 2]);
    expect(report.players[0]!.rating).toEqual({ before: { points: 0, deviation: 80 }, after: { points: 131.4, deviation: 80 } });
    expect(report.players[1]!.rating).toBe(null);
    const odd = readMatchReport({ ...REPORT, replay: 'yes', players: [{ ...REPORT.players[0], team: 'green' }, { ...REPORT.players[0], rating: { before: rating(Number.NaN), after: rating(1) } }] })!;
    expect([odd.replay, odd.players.length, odd.players[0]!.rating]).toEqual([null, 1, null]);
    for (const none of [null, {}, { ...REPORT, matchId: '../x' }, { ...REPORT, state: 'running' }, { ...REPORT, players: 'none' }]) expect(readMatchReport(none)).toBe(null);
  });

  it('is asked for again until it is known, more and more seldom, and then for its recording', async () => {
    const { watch, waits, step, isWaiting } = bench();
    for (let i = 0; i < 6; i += 1) await step(json(404, { error: 'NOT_FOUND' }));
    expect([watch.state, watch.report]).toEqual(['pending', null]);
    expect(waits).toEqual([400, 400, 800, 1600, 3200, 5000, 5000]);
    await step(json(503, { error: 'UNAVAILABLE' }));
    expect(watch.state).toBe('away');
    await step(new TypeError('Failed to fetch'));
    expect([watch.state, waits.at(-1)]).toEqual(['away', 5000]);
    // Noted as lost, since its server died before the pool heard of the end; the result is in that server's outbox.
    await step(json(200, { ...REPORT, state: 'lost', rated: false, players: [] }));
    expect([watch.state, watch.report]).toEqual(['pending', null]);
    const { version } = watch;
    await step(json(200, REPORT));
    expect([watch.state, watch.report?.replay, watch.version > version, isWaiting()]).toEqual(['known', false, true, true]);
    // What is known stays known.
    await step(json(503, {}));
    expect(watch.state).toBe('known');
    await step(json(200, { ...REPORT, replay: true }));
    expect([watch.report?.replay, isWaiting()]).toEqual([true, false]);
  });

  it('is not asked for for ever', async () => {
    const never = bench();
    for (let i = 0; i < 100 && never.isWaiting(); i += 1) await never.step(json(404, {}));
    expect([never.watch.state, never.waits.length]).toEqual(['late', 64]);
    const noReplay = bench();
    for (let i = 0; i < 100 && noReplay.isWaiting(); i += 1) await noReplay.step(json(200, REPORT));
    expect([noReplay.watch.state, noReplay.waits.length]).toEqual(['known', 9]);
    const none = bench();
    await none.step(json(200, { ...REPORT, replay: null }));
    expect(none.isWaiting()).toBe(false);
  });

  it('is nobody\u2019s business any more once the results are left', async () => {
    const { watch, step, isWaiting } = bench();
    const asking = step(json(200, REPORT));
    watch.close();
    await asking;
    expect([watch.report, isWaiting()]).toEqual([null, false]);
  });

  it('is shown in whole points that add up', () => {
    const change = (before: number, after: number): string => shownChange({ before: { points: before, deviation: 1 }, after: { points: after, deviation: 1 } });
    expect([change(1512.3, 1527.4), change(0.4, -0.4), change(1511.5, 1499.6), change(3, 3)]).toEqual(['+15', '\u00b10', '\u221212', '\u00b10']);
    expect([shownPoints(-34.6), shownPoints(-0.2), shownPoints(12.5)]).toEqual(['\u221235', '0', '13']);
  });

  it('names the viewer beside the page, with the server that the page speaks to', () => {
    expect(replayAddress('https://play.example/game/index.html?name=A#x', 'm1')).toBe('https://play.example/game/replay.html?match=m1');
    expect(replayAddress('https://cdn.example/?server=https://eu.example', 'm1')).toBe('https://cdn.example/replay.html?server=https%3A%2F%2Feu.example&match=m1');
  });
});
