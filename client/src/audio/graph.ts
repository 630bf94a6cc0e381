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

export interface Voice {
  readonly source: AudioBufferSourceNode;
  readonly level: GainNode;
  /** From the source to the last before the master. */
  readonly nodes: readonly AudioNode[];
  /** Context's seconds. */
  readonly startsAt: number;
  /** Seconds that it sounds. */
  readonly length: number;
  readonly gain: number;
}

/** Started at `when`, context's seconds. @param rate of playback: 1 as made */
export function startVoice(
  context: BaseAudioContext, out: AudioNode, buffer: AudioBuffer, sound: HeardSound, when: number, rate: number,
): Voice {
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.playbackRate.value = rate;
  const level = context.createGain();
  level.gain.value = levelOf(sound);
  const nodes: AudioNode[] = [source];
  if (sound.cutoff < OPEN_CUTOFF) {
    const muffle = context.createBiquadFilter();
    muffle.type = 'lowpass';
    muffle.frequency.value = Math.min(sound.cutoff, context.sampleRate * 0.49);
    muffle.Q.value = FLAT;
    nodes.push(muffle);
  }
  nodes.push(level);
  const pan = panOf(sound);
  // Not all browsers of the last years have the node; they play in the middle.
  if (typeof context.createStereoPanner === 'function') {
    const panner = context.createStereoPanner();
    panner.pan.value = pan;
    nodes.push(panner);
  }
  for (let i = 1; i < nodes.length; i += 1) nodes[i - 1]!.connect(nodes[i]!);
  nodes[nodes.length - 1]!.connect(out);
  source.start(when);
  return { source, level, nodes, startsAt: when, length: buffer.duration / rate, gain: levelOf(sound) };
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
