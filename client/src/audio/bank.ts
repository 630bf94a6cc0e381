import { SOUND_KINDS, type SoundKind } from '../core/sounds';
import { synthesise, variantCount } from './synth';

/** Samples a second, at most: finer than that is time and memory for nobody's ears. */
const BEST_RATE = 48_000;

/** Every sound as an AudioBuffer, made once for the page. Buffers belong to no context and outlive scenes. */
export class SoundBank {
  readonly rate: number;
  private readonly buffers = new Map<string, AudioBuffer>();
  private readonly missing: (readonly [SoundKind, number])[] = [];

  /** @param contextRate samples a second of the context that plays them */
  constructor(contextRate: number) {
    this.rate = Math.min(BEST_RATE, contextRate);
    for (const kind of SOUND_KINDS) {
      for (let variant = 0; variant < variantCount(kind); variant += 1) this.missing.push([kind, variant]);
    }
    // Taken from the end.
    this.missing.reverse();
  }

  get(context: BaseAudioContext, kind: SoundKind, variant: number): AudioBuffer {
    const key = `${kind} ${variant}`;
    let buffer = this.buffers.get(key);
    if (!buffer) {
      const samples = synthesise(kind, variant, this.rate);
      buffer = context.createBuffer(1, samples.length, this.rate);
      buffer.copyToChannel(samples, 0);
      this.buffers.set(key, buffer);
    }
    return buffer;
  }

  /** Makes one that no one has asked for yet: a few ms, so once a frame. */
  warm(context: BaseAudioContext): void {
    const next = this.missing.pop();
    if (next) this.get(context, ...next);
  }
}
