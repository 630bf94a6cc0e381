/**
 * The graph behind every sound. It is built on any BaseAudioContext, so that tests render offline what the game plays:
 *
 *     source -> [low-pass] -> gain -> panner -> master gain -> compressor -> loudspeakers
 */
import { OPEN_CUTOFF, isOfBody } from '../core/sounds';
import type { HeardSound } from '../net/protocol';

/** Even a sound from straight aside reaches the other ear: 1 would be silence there, which is no place but a broken headphone. */
const WIDEST_PAN = 0.85;
/** Own sounds, which are as loud as can be and never stop, leave room for what tells more. */
const OWN_GAIN = 0.6;
/** dB in WebAudio's reckoning: Butterworth, flat up to the cutoff. */
const FLAT = -3.01;

/**
 * -1 left to 1 right. The camera never turns, so the screen's right is the world's +x and the right ear's: a sound pans
 * to where it would be drawn; what the own body makes comes from the middle, whichever way the player faces, and turning the view does not swing the world about. What
 * panning can't tell, up from down, the screen and the captions do.
 */
export function panOf({ kind, direction, own }: HeardSound): number {
  return own && isOfBody(kind) ? 0 : Math.cos(direction) * WIDEST_PAN;
}

export function levelOf({ kind, gain, own }: HeardSound): number {
  return own && isOfBody(kind) ? gain * OWN_GAIN : gain;
}

/**
 * The way of one sound at a time to the master. All of it but the source is made once and used again: what a sound leaves
 * behind the browser has to take apart in the pauses for its collections, and there are thirty sounds a second in a fight.
 */
export class Voice {
  /** Of what sounds; null: free. */
  source: AudioBufferSourceNode | null = null;
  /** Context's seconds. */
  startsAt = 0;
  /** Seconds that it sounds. */
  length = 0;
  gain = 0;

  private readonly level: GainNode;
  /** Null: in the middle. Not all browsers of the last years have the node. */
  private readonly panner: StereoPannerNode | null;
  /** Made for the first sound that needs it. */
  private muffle: BiquadFilterNode | null = null;
  private isFading = false;

  /** @param onEnd its sound has ended by itself, or faded */
  constructor(
    private readonly context: BaseAudioContext,
    private readonly out: AudioNode,
    private readonly onEnd: (voice: Voice) => void,
  ) {
    this.level = context.createGain();
    this.panner = typeof context.createStereoPanner === 'function' ? context.createStereoPanner() : null;
    if (this.panner) this.level.connect(this.panner);
  }

  /** From the source to the last before the master. */
  get nodeCount(): number {
    return 1 + (this.source ? 1 : 0) + (this.muffle ? 1 : 0) + (this.panner ? 1 : 0);
  }

  /** Of a free voice. @param when context's seconds @param rate of playback: 1 as made */
  start(buffer: AudioBuffer, sound: HeardSound, when: number, rate: number): void {
    const { context, level, panner } = this;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.playbackRate.value = rate;
    source.onended = this.ended;
    if (this.isFading) level.gain.cancelScheduledValues(0);
    this.isFading = false;
    this.gain = levelOf(sound);
    level.gain.value = this.gain;
    if (panner) panner.pan.value = panOf(sound);
    source.connect(sound.cutoff < OPEN_CUTOFF ? this.muffled(sound.cutoff) : level);
    (panner ?? level).connect(this.out);
    source.start(when);
    this.source = source;
    this.startsAt = when;
    this.length = buffer.duration / rate;
  }

  /** @param seconds after which it ends, by the context's clock from `now` on */
  fade(now: number, seconds: number): void {
    this.isFading = true;
    this.level.gain.setTargetAtTime(0, now, seconds / 4);
    this.source?.stop(now + seconds);
  }

  /** At once, and for good. */
  close(): void {
    const { source } = this;
    if (source) {
      source.onended = null;
      try {
        source.stop();
      } catch {
        // It has ended by itself, or its context is closed.
      }
    }
    this.free();
    this.muffle?.disconnect();
    this.level.disconnect();
  }

  private muffled(cutoff: number): AudioNode {
    const { context, level } = this;
    if (!this.muffle) {
      this.muffle = context.createBiquadFilter();
      this.muffle.type = 'lowpass';
      this.muffle.Q.value = FLAT;
      this.muffle.connect(level);
    }
    this.muffle.frequency.value = Math.min(cutoff, context.sampleRate * 0.49);
    return this.muffle;
  }

  /** The same for each sound. */
  private readonly ended = (): void => {
    this.free();
    this.onEnd(this);
  };

  private free(): void {
    this.source?.disconnect();
    this.source = null;
    (this.panner ?? this.level).disconnect();
  }
}

export interface Master {
  readonly gain: GainNode;
  readonly nodes: readonly AudioNode[];
}

/** Where voices go: one volume, and a compressor that keeps a firefight from clipping. */
export function buildMaster(context: BaseAudioContext): Master {
  const gain = context.createGain();
  const compressor = context.createDynamicsCompressor();
  compressor.threshold.value = -14;
  compressor.knee.value = 10;
  compressor.ratio.value = 8;
  compressor.attack.value = 0.002;
  compressor.release.value = 0.18;
  gain.connect(compressor);
  compressor.connect(context.destination);
  return { gain, nodes: [gain, compressor] };
}
