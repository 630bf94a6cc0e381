import { css, PALETTE, TEAM_COLOURS } from '../render/palette';
import { clockTime, el } from '../ui/dom';
import type { Playback } from './playback';

/** Seconds that an arrow key goes. */
const ARROW_SECONDS = 5;

/** The whole recording from left to right: kills, evidence, who came and went, keyframes, and where it is. */
export class Timeline {
  readonly root = el('div', 'timeline', {
    role: 'slider', tabindex: '0', 'aria-label': 'Time', 'aria-valuemin': '0', 'aria-valuenow': '0', 'aria-valuetext': '0:00',
  });
  private readonly canvas = el('canvas');
  private readonly context = this.canvas.getContext('2d')!;
  private playback: Playback | null = null;

  constructor(private readonly seek: (tick: number) => void) {
    this.root.append(this.canvas);
    const go = (event: PointerEvent): void => {
      const { playback } = this;
      if (!playback || (event.buttons & 1) === 0) return;
      const box = this.root.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
      this.seek(playback.info.firstTick + share * playback.length);
    };
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      go(event);
    });
    this.root.addEventListener('pointermove', go);
    this.root.addEventListener('keydown', (event) => {
      const { playback } = this;
      if (!playback) return;
      const { firstTick, lastTick, tickRate } = playback.info;
      const places: Readonly<Record<string, number>> = {
        ArrowLeft: playback.tick - ARROW_SECONDS * tickRate, ArrowRight: playback.tick + ARROW_SECONDS * tickRate,
        Home: firstTick, End: lastTick,
      };
      const place = places[event.key];
      if (place === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.seek(Math.max(firstTick, Math.min(lastTick, place)));
    });
  }

  show(playback: Playback): void {
    this.playback = playback;
    this.root.setAttribute('aria-valuemax', String(Math.floor(playback.length / playback.info.tickRate)));
  }

  /** Once a frame. @param teamOf of the slots, as far as known */
  draw(teamOf: (slot: number) => 'red' | 'blue' | null): void {
    const { playback, context, canvas, root } = this;
    if (!playback) return;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.floor(root.clientWidth * ratio));
    const height = Math.max(1, Math.floor(root.clientHeight * ratio));
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    context.clearRect(0, 0, width, height);
    const { firstTick, tickRate, keyframes, marks } = playback.info;
    const x = (tick: number): number => ((tick - firstTick) / Math.max(1, playback.length)) * width;
    const bar = (tick: number, top: number, bottom: number, colour: string, thick = 1): void => {
      context.fillStyle = colour;
      context.fillRect(Math.round(x(tick) - (thick * ratio) / 2), top * height, Math.max(1, thick * ratio), (bottom - top) * height);
    };
    // What the scan has been through.
    context.fillStyle = css(PALETTE.panel);
    context.fillRect(0, 0, x(playback.scanned), height);
    for (const keyframe of keyframes) bar(keyframe, 0.92, 1, css(PALETTE.dim));
    for (const { tick, what } of marks) {
      if (what === 'join' || what === 'leave') bar(tick, 0.76, 0.9, css(what === 'join' ? PALETTE.good : PALETTE.dim), 2);
      else if (what === 'restored') bar(tick, 0, 1, css(PALETTE.accent, 0.4));
    }
    for (const kill of playback.kills) {
      const team = teamOf(kill.killer);
      bar(kill.tick, 0.3, 0.72, css(team ? TEAM_COLOURS[team].base : PALETTE.text), 2);
    }
    for (const { tick, grade } of playback.evidence) {
      context.fillStyle = css(PALETTE.accent, 0.4 + 0.6 * grade);
      const [middle, half] = [x(tick), 4 * ratio];
      context.beginPath();
      context.moveTo(middle - half, height * 0.04);
      context.lineTo(middle + half, height * 0.04);
      context.lineTo(middle, height * 0.26);
      context.fill();
    }
    for (const { tick } of playback.different) bar(tick, 0, 1, css(PALETTE.bad), 2);
    bar(playback.tick, 0, 1, css(PALETTE.text), 2);
    const second = Math.floor((playback.tick - firstTick) / tickRate);
    if (root.getAttribute('aria-valuenow') !== String(second)) {
      root.setAttribute('aria-valuenow', String(second));
      root.setAttribute('aria-valuetext', clockTime(second * 1000));
    }
  }
}
