import { soundCaption, type SoundKind } from '../core/sounds';
import type { HeardSound } from '../net/protocol';
import { wrapAngle } from './track';

/** Local ms that a sound is read of at full strength, and until it is gone. */
export const HEARD_MS = 1500;
export const HEARD_GONE_MS = 2000;
/** Radians between two sounds of the same words that are taken for one going on: an eighth of a turn. */
const SAME = Math.PI / 4;
const LIMIT = 6;

export interface HeardLine {
  /** Never used twice, so that a view can tell a new line from an old one in its place. */
  readonly key: number;
  /** The last one of the words. */
  kind: SoundKind;
  readonly text: string;
  /** Radians in the world, 0 = +x, clockwise. */
  direction: number;
  /** 0 to 1: of the newest, or what is left of louder ones before it. */
  gain: number;
  /** Local ms of the newest. */
  at: number;
}

/**
 * What was heard just now, for those who read it: one line for each thing that goes on somewhere. Lines keep their
 * order, oldest first, and a repeated sound keeps its line. Own sounds are left out: who makes them knows.
 */
export class Hearing {
  readonly lines: HeardLine[] = [];
  private key = 0;

  hear(sounds: readonly HeardSound[], localMs: number): void {
    this.prune(localMs);
    for (const sound of sounds) if (!sound.own) this.note(sound, localMs);
  }

  prune(localMs: number): void {
    for (let i = this.lines.length - 1; i >= 0; i -= 1) {
      if (localMs - this.lines[i]!.at >= HEARD_GONE_MS) this.lines.splice(i, 1);
    }
  }

  clear(): void {
    this.lines.length = 0;
  }

  private note({ kind, gain, direction }: HeardSound, localMs: number): void {
    const text = soundCaption(kind);
    let line: HeardLine | null = null;
    let least = SAME;
    for (const other of this.lines) {
      const apart = Math.abs(wrapAngle(other.direction - direction));
      if (other.text !== text || apart > least) continue;
      least = apart;
      line = other;
    }
    if (line) {
      const fresh = strength(line, localMs);
      // Of several at once, the loudest says where.
      if (line.at !== localMs || gain >= line.gain) line.direction = direction;
      line.gain = Math.max(gain, line.at === localMs ? line.gain : line.gain * fresh * 0.8);
      line.kind = kind;
      line.at = localMs;
      return;
    }
    if (this.lines.length >= LIMIT && !this.forgetBelow(gain, localMs)) return;
    this.lines.push({ key: (this.key += 1), kind, text, direction, gain, at: localMs });
  }

  /** Makes room by the faintest line, if it is fainter. */
  private forgetBelow(gain: number, localMs: number): boolean {
    let faintest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.lines.length; i += 1) {
      const line = this.lines[i]!;
      const left = line.gain * strength(line, localMs);
      if (left >= least) continue;
      least = left;
      faintest = i;
    }
    if (least > gain) return false;
    this.lines.splice(faintest, 1);
    return true;
  }
}

/** 1 while fresh, then falling to 0. */
export function strength(line: HeardLine, localMs: number): number {
  return Math.min(1, Math.max(0, (HEARD_GONE_MS - (localMs - line.at)) / (HEARD_GONE_MS - HEARD_MS)));
}
