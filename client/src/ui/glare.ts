import type { Dazzle } from '../model/flash';
import { el } from './dom';

/** Playfield px of blur at its worst. */
const BLUR = 3;

/** What a flashbang does to the picture: under the HUD, over the canvas. */
export class Glare {
  readonly root = el('div', 'glare', { 'aria-hidden': 'true' });
  private readonly light = el('div', 'light');
  private readonly vignette = el('div', 'vignette');
  private text = '';

  constructor(private readonly canvas: HTMLElement) {
    this.root.append(this.vignette, this.light);
  }

  /** Writes only what differs. @param dark darkens where it would whiten */
  update(dazzle: Dazzle, dark: boolean): void {
    const glare = Math.round(dazzle.glare * 50) / 50;
    const blur = Math.round(dazzle.blur * 12) / 12;
    const vignette = Math.round(dazzle.vignette * 25) / 25;
    const text = `${glare} ${blur} ${vignette} ${dark}`;
    if (text === this.text) return;
    this.text = text;
    this.root.classList.toggle('dark', dark);
    this.light.style.opacity = String(glare);
    this.vignette.style.opacity = String(vignette);
    this.canvas.style.filter =
      blur > 0 ? `blur(calc(var(--px) * ${(blur * BLUR).toFixed(2)})) saturate(${(1 - blur * 0.85).toFixed(2)})` : '';
  }

  destroy(): void {
    this.canvas.style.filter = '';
    this.root.remove();
  }
}
