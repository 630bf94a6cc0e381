import { writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** One chart: lines over a shared axis, or bars. */
export interface Panel {
  readonly title: string;
  readonly lines?: readonly { readonly name: string; readonly colour: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
  readonly bars?: { readonly colour: string; readonly values: readonly (readonly [x: number, count: number])[]; readonly width: number };
  /** Drawn across, at a value of the axis that is measured. */
  readonly limits?: readonly { readonly name: string; readonly at: number; readonly along: 'x' | 'y' }[];
  readonly xName: string;
  readonly yName: string;
  /** Top of the y axis; the highest value by default. */
  readonly top?: number;
}

const WIDTH = 1100;
const HEIGHT = 230;
const LEFT = 70;
const BOTTOM = 34;
const TOP = 26;
const RIGHT = 20;

/** Panels under one another. */
export function drawSvg(title: string, panels: readonly Panel[]): string {
  const height = 30 + panels.length * HEIGHT;
  const parts = panels.map((panel, index) => `<g transform="translate(0 ${30 + index * HEIGHT})">${drawPanel(panel)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`
    + `<rect width="100%" height="100%" fill="#fff"/><text x="10" y="20" font-size="14">${escape(title)}</text>${parts.join('')}</svg>`;
}

/** The picture as a PNG, drawn by a browser that is there already. */
export async function writePlot(browser: Browser, path: string, svg: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: Number(/height="(\d+)"/.exec(svg)![1]) } });
  try {
    await page.setContent(`<body style="margin:0">${svg}</body>`);
    writeFileSync(path, await page.screenshot());
  } finally {
    await page.close();
  }
}

function drawPanel({ title, lines = [], bars, limits = [], xName, yName, top }: Panel): string {
  const xs = [...lines.flatMap(({ points }) => points.map(([x]) => x)), ...(bars?.values.flatMap(([x]) => [x, x + bars.width]) ?? [])];
  const ys = [...lines.flatMap(({ points }) => points.map(([, y]) => y)), ...(bars?.values.map(([, y]) => y) ?? [])];
  const [x0, x1] = [Math.min(...xs, 0), Math.max(...xs, 1e-9)];
  const y1 = top ?? Math.max(...ys, ...limits.filter(({ along }) => along === 'y').map(({ at }) => at * 1.1), 1e-9);
  const px = (x: number): number => LEFT + ((x - x0) / (x1 - x0 || 1)) * (WIDTH - LEFT - RIGHT);
  const py = (y: number): number => HEIGHT - BOTTOM - (Math.min(y, y1) / y1) * (HEIGHT - BOTTOM - TOP);
  const out = [`<text x="${LEFT}" y="14" font-weight="bold">${escape(title)}</text>`];
  for (let i = 0; i <= 4; i += 1) {
    const y = (y1 * i) / 4;
    out.push(`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${py(y)}" y2="${py(y)}" stroke="#ddd"/>`);
    out.push(`<text x="${LEFT - 6}" y="${py(y) + 4}" text-anchor="end" fill="#555">${short(y)}</text>`);
  }
  for (let i = 0; i <= 6; i += 1) {
    const x = x0 + ((x1 - x0) * i) / 6;
    out.push(`<text x="${px(x)}" y="${HEIGHT - BOTTOM + 14}" text-anchor="middle" fill="#555">${short(x)}</text>`);
  }
  out.push(`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end" fill="#555">${escape(xName)}</text>`);
  out.push(`<text x="4" y="14" fill="#555">${escape(yName)}</text>`);
  if (bars) {
    for (const [x, count] of bars.values) {
      const w = Math.max(0.5, px(x + bars.width) - px(x) - 0.5);
      out.push(`<rect x="${px(x)}" y="${py(count)}" width="${w}" height="${HEIGHT - BOTTOM - py(count)}" fill="${bars.colour}"/>`);
    }
  }
  lines.forEach(({ name, colour, points }, index) => {
    out.push(`<polyline fill="none" stroke="${colour}" stroke-width="1.2" points="${points.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ')}"/>`);
    out.push(`<text x="${WIDTH - RIGHT - 160 * (lines.length - index - 1)}" y="14" text-anchor="end" fill="${colour}">${escape(name)}</text>`);
  });
  for (const { name, at, along } of limits) {
    const [ax, ay, bx, by] = along === 'x' ? [px(at), TOP, px(at), HEIGHT - BOTTOM] : [LEFT, py(at), WIDTH - RIGHT, py(at)];
    out.push(`<line x1="${ax}" y1="${ay}" x2="${bx}" y2="${by}" stroke="#c33" stroke-dasharray="4 3"/>`);
    out.push(`<text x="${along === 'x' ? ax + 3 : LEFT + 4}" y="${along === 'x' ? TOP + 10 : ay - 3}" fill="#c33">${escape(name)}</text>`);
  }
  return out.join('');
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? `${(value / 1000).toFixed(1)}k` : String(Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0)));
}

function escape(text: string): string {
  return text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char]!);
}
