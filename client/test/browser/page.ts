/** Runs in the browser: the game's own audio code, with what the tests ask of it. Bundled by the test. */
import { SoundBank } from '../../src/audio/bank';
import { Mixer } from '../../src/audio/mixer';
import { SOUND_KINDS, type SoundKind } from '../../src/core/sounds';
import type { HeardSound } from '../../src/net/protocol';

const RATE = 48_000;

export interface Rendering {
  readonly seconds: number;
  /** RMS of the left and the right channel. */
  readonly left: number;
  readonly right: number;
  /** Energy of both channels in octave bands, by the band's middle in Hz. */
  readonly bands: Readonly<Record<number, number>>;
  readonly peak: number;
}

/** Middles of the octaves that are looked at, Hz. */
const BANDS = [125, 250, 500, 1000, 2000, 4000, 8000, 16_000] as const;

/** What the ears get of the sounds, all told of at once. Random choices are made the same each time. */
async function render(sounds: readonly HeardSound[], seconds: number): Promise<Rendering> {
  const context = new OfflineAudioContext(2, RATE * seconds, RATE);
  const mixer = new Mixer(context, new SoundBank(RATE), () => 0.5);
  mixer.setVolume(1);
  mixer.hear(sounds);
  const buffer = await context.startRendering();
  mixer.close();
  const left = buffer.getChannelData(0);
  const right = buffer.getChannelData(1);
  const bands: Record<number, number> = {};
  for (const band of BANDS) bands[band] = bandEnergy(left, band) + bandEnergy(right, band);
  return { seconds, left: rms(left), right: rms(right), bands, peak: Math.max(peak(left), peak(right)) };
}

function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

function peak(samples: Float32Array): number {
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  return most;
}

/** Of the octave about `middle`: a constant-Q band pass, run four times over for steep sides. */
function bandEnergy(samples: Float32Array, middle: number): number {
  const w = (2 * Math.PI * middle) / RATE;
  const alpha = Math.sin(w) / (2 * Math.SQRT2);
  const gain = alpha / (1 + alpha);
  const b1 = (-2 * Math.cos(w)) / (1 + alpha);
  const b2 = (1 - alpha) / (1 + alpha);
  let signal: Float32Array = samples;
  for (let pass = 0; pass < 4; pass += 1) {
    const out = new Float32Array(signal.length);
    let x1 = 0;
    let x2 = 0;
    let y1 = 0;
    let y2 = 0;
    for (let i = 0; i < signal.length; i += 1) {
      const x = signal[i]!;
      const y = gain * (x - x2) - b1 * y1 - b2 * y2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      out[i] = y;
    }
    signal = out;
  }
  return rms(signal) ** 2;
}

export interface Flood {
  readonly played: number;
  readonly stolen: number;
  readonly refused: number;
  readonly mostVoices: number;
  readonly voicesLeft: number;
  readonly nodesLeft: number;
  /** After the mixer is closed. */
  readonly nodesClosed: number;
  /** ms of the main thread in all of it. */
  readonly busyMs: number;
}

/** `count` sounds of every kind played in some seconds of real time, and what is left when the last has ended. */
async function flood(count: number): Promise<Flood> {
  const context = new AudioContext();
  await context.resume();
  const bank = new SoundBank(context.sampleRate);
  for (let i = 0; i < 200; i += 1) bank.warm(context);
  const mixer = new Mixer(context, bank);
  mixer.setVolume(0.5);
  let mostVoices = 0;
  let busyMs = 0;
  let told = 0;
  while (mixer.played < count) {
    const sounds: HeardSound[] = [];
    for (let i = 0; i < 20; i += 1) {
      const kind = SOUND_KINDS[(told += 1) % SOUND_KINDS.length]!;
      sounds.push({ kind, gain: ((told * 37) % 255) / 255, direction: told, cutoff: told % 3 === 0 ? 22_000 : 900, own: told % 11 === 0 });
    }
    const start = performance.now();
    mixer.hear(sounds);
    busyMs += performance.now() - start;
    mostVoices = Math.max(mostVoices, mixer.voiceCount);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const { played, stolen, refused } = mixer;
  for (const end = performance.now() + 10_000; mixer.voiceCount > 0 && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const voicesLeft = mixer.voiceCount;
  const nodesLeft = mixer.nodeCount;
  mixer.close();
  const nodesClosed = mixer.nodeCount;
  await context.close();
  return { played, stolen, refused, mostVoices, voicesLeft, nodesLeft, nodesClosed, busyMs };
}

export const audioTest = { render, flood, kinds: SOUND_KINDS as readonly SoundKind[] };

declare global {
  interface Window {
    audioTest: typeof audioTest;
  }
}
window.audioTest = audioTest;
