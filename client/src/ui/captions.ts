import { isDangerous } from '../core/sounds';
import { strength, type HeardLine, type Hearing } from '../model/hearing';
import { ARROW_BOX, ARROW_DIRECTIONS, arrowUrl } from '../render/arrowIcons';
import { PALETTE } from '../render/palette';
import { directionFrame } from '../render/textures';
import { el, setShown, setText } from './dom';

/** Loudness from which a caption is middling, and loud: what carries halves with every doubling of the way. */
const MIDDLING = 0.08;
const LOUD = 0.25;
const LOUDNESS = ['faint-sound', 'middling-sound', 'loud-sound'] as const;
const ROWS = 6;

class Row {
  readonly root = el('div', 'heard');
  /** Of the line shown; 0: free. */
  key = 0;
  private readonly arrow = el('span', 'icon');
  private readonly text = el('span');
  private look = '';
  private opacity = '';

  constructor() {
    for (const side of ['width', 'height'] as const) this.arrow.style[side] = `calc(var(--px) * ${ARROW_BOX})`;
    this.root.append(this.arrow, this.text);
    this.root.hidden = true;
  }

  show(line: HeardLine, localMs: number): void {
    setShown(this.root, true);
    setText(this.text, line.text);
    const loudness = line.gain >= LOUD ? 2 : line.gain >= MIDDLING ? 1 : 0;
    const frame = directionFrame(line.direction, ARROW_DIRECTIONS);
    const look = `${loudness} ${frame} ${line.kind}`;
    if (look !== this.look) {
      this.look = look;
      const danger = isDangerous(line.kind);
      this.root.className = `heard ${LOUDNESS[loudness]}${danger ? ' danger' : ''}`;
      const colour = danger ? PALETTE.accent : loudness === 0 ? PALETTE.dim : PALETTE.text;
      this.arrow.style.backgroundImage = `url(${arrowUrl(frame, loudness, colour)})`;
    }
    const opacity = strength(line, localMs).toFixed(2);
    if (opacity === this.opacity) return;
    this.opacity = opacity;
    this.root.style.opacity = opacity;
  }

  free(): void {
    this.key = 0;
    setShown(this.root, false);
  }
}

/**
 * What is heard, written: an arrow on the screen's own directions, words, and the louder the brighter. A line stays in
 * the row that it came into until it is gone: words that jump can't be read.
 */
export class Captions {
  // For eyes alone: read out, it would drown what is worth announcing.
  readonly root = el('div', 'captions', { 'aria-live': 'off', role: 'log', 'aria-label': 'Sounds' });
  private readonly rows = Array.from({ length: ROWS }, () => new Row());

  constructor() {
    // The first row is the lowest.
    this.root.append(...this.rows.map(({ root }) => root).reverse());
    this.root.hidden = true;
  }

  /** Once a frame. */
  update(hearing: Hearing, shown: boolean, localMs: number): void {
    setShown(this.root, shown);
    if (!shown) return;
    const { lines } = hearing;
    for (const row of this.rows) {
      if (row.key !== 0 && !lines.some(({ key }) => key === row.key)) row.free();
    }
    for (const line of lines) {
      const row = this.rows.find(({ key }) => key === line.key) ?? this.rows.find(({ key }) => key === 0);
      if (!row) continue;
      row.key = line.key;
      row.show(line, localMs);
    }
  }
}
