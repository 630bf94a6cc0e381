/** Hearing as one player of the match does: played, and written with the direction that it comes from. */
import { GameAudio } from '../audio/gameAudio';
import { Disposer } from '../core/disposer';
import { cutoffHz, soundDirection } from '../core/sounds';
import type { FrameSound } from '../engine/engine';
import { Hearing } from '../model/hearing';
import type { HeardSound } from '../net/protocol';
import { loadSettings } from '../settings';
import { el, setShown, setText } from '../ui/dom';

function heardOf([kind, gain, bearing, cutoff, aim, flags]: FrameSound): HeardSound {
  return { kind, gain: gain / 255, direction: soundDirection(aim, bearing), cutoff: cutoffHz(cutoff), own: (flags & 1) === 1 };
}

/** Lines that the model of hearing keeps at most. */
const LINES = 6;

export class Ears {
  readonly root = el('ul', 'heard-list', { 'aria-label': 'Heard' });
  private readonly settings = loadSettings();
  private readonly audio = new GameAudio(this.settings);
  private readonly hearing = new Hearing();
  private readonly lines = Array.from({ length: LINES }, () => {
    const [arrow, text] = [el('b', '', {}, '\u2192'), el('span')];
    const row = el('li', '', {}, arrow, ' ', text);
    this.root.append(row);
    return { row, arrow, text };
  });

  constructor() {
    // As long as the page.
    this.audio.begin(new Disposer());
    this.clear();
  }

  get on(): boolean {
    return this.settings.sound;
  }

  set on(on: boolean) {
    this.settings.sound = on;
  }

  clear(): void {
    this.hearing.clear();
    for (const { row } of this.lines) setShown(row, false);
  }

  /** Once a frame. @param aloud false: written only @param now local ms */
  update(sounds: readonly FrameSound[], aloud: boolean, now: number): void {
    const heard = sounds.map(heardOf);
    if (aloud) this.audio.hear(heard, 0);
    this.audio.update();
    this.hearing.hear(heard, now);
    this.lines.forEach(({ row, arrow, text }, at) => {
      const line = this.hearing.lines[at];
      setShown(row, line !== undefined);
      if (!line) return;
      setText(text, line.text);
      arrow.style.transform = `rotate(${line.direction.toFixed(2)}rad)`;
    });
  }
}
