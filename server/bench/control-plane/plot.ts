import type { SimulationReport } from './simulation.js';

const WIDTH = 960;
const HEIGHT = 420;
const LEFT = 60;
const RIGHT = 60;
const TOP = 40;
const BOTTOM = 50;

/** Waiting times and players in matches over the day, with what crashed, as SVG. */
export function drawDay({ slices, players, hours, seed }: SimulationReport): string {
  const maxS = Math.max(10, ...slices.map(({ maxMs }) => maxMs / 1000));
  const x = (hour: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * hour) / hours;
  const seconds = (ms: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * ms) / 1000 / maxS;
  const share = (count: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * count) / players;
  const line = (colour: string, y: (slice: SimulationReport['slices'][number]) => number, name: string, at: number): string => (
    `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${slices.map((slice) => `${x(slice.hour).toFixed(1)},${y(slice).toFixed(1)}`).join(' ')}"/>`
    + `<text x="${LEFT + at}" y="${TOP - 12}" fill="${colour}">${name}</text>`
  );
  const grid = Array.from({ length: 6 }, (_, i) => {
    const y = HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * i) / 5;
    return `<path d="M${LEFT} ${y}H${WIDTH - RIGHT}" stroke="#ddd"/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${((maxS * i) / 5).toFixed(0)} s</text>`
      + `<text x="${WIDTH - RIGHT + 8}" y="${y + 4}">${Math.round((players * i) / 5)}</text>`;
  }).join('');
  const ticks = Array.from({ length: 9 }, (_, i) => `<text x="${x((hours * i) / 8)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${Number(((hours * i) / 8).toFixed(1))}</text>`).join('');
  const crashes = slices.filter((slice) => slice.crashes > 0)
    .map((slice) => `<path d="M${x(slice.hour)} ${HEIGHT - BOTTOM}v${-Math.min(60, 6 * slice.crashes)}" stroke="#e0a0a0" stroke-width="3"/>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>`
    + `${grid}${crashes}${ticks}`
    + line('#777', ({ match }) => share(match), 'players in matches (right)', 0)
    + line('#d62728', ({ maxMs }) => seconds(maxMs), 'longest wait', 200)
    + line('#ff7f0e', ({ p99Ms }) => seconds(p99Ms), 'wait, p99', 310)
    + line('#1f77b4', ({ p50Ms }) => seconds(p50Ms), 'wait, median', 400)
    + `<text x="${LEFT + 500}" y="${TOP - 12}" fill="#c08080">crashes</text>`
    + `<text x="${WIDTH / 2}" y="${HEIGHT - 10}" text-anchor="middle">hours; ${players} players, seed ${seed}, a point each quarter of an hour</text></svg>\n`;
}
