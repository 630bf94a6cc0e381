import { describe, expect, it } from 'vitest';
import { SoundBank } from '../src/audio/bank';
import { levelOf, panOf } from '../src/audio/graph';
import { Mixer } from '../src/audio/mixer';
import { synthesise, variantCount } from '../src/audio/synth';
import { OPEN_CUTOFF, SOUND_KINDS, type SoundKind } from '../src/core/sounds';
import type { HeardSound } from '../src/net/protocol';

const RATE = 24_000;

function sound(kind: SoundKind, more: Partial<HeardSound> = {}): HeardSound {
  return { kind, direction: 0, gain: 0.5, cutoff: OPEN_CUTOFF, own: false, ...more };
}

function energy(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

/** Seconds in which all but a twentieth of the energy has gone. */
function lasts(samples: Float32Array): number {
  const most = energy(samples) * 0.95;
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) {
    sum += samples[i]! ** 2;
    if (sum >= most) return i / RATE;
  }
  return samples.length / RATE;
}

/** How much of it is quick change: 0 for a hum, towards 4 for hiss. */
function brightness(samples: Float32Array): number {
  let change = 0;
  for (let i = 1; i < samples.length; i += 1) change += (samples[i]! - samples[i - 1]!) ** 2;
  return change / energy(samples);
}

function make(kind: SoundKind, variant = 0): Float32Array {
  return synthesise(kind, variant, RATE);
}

/** `toEqual` takes seconds over a hundred thousand samples. */
function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((sample, i) => sample === b[i]);
}

describe('synthesis', () => {
  it('gives every variant of every kind a clean, bounded, short sound that begins and ends in silence', () => {
    for (const kind of SOUND_KINDS) {
      for (let variant = 0; variant < variantCount(kind); variant += 1) {
        const samples = make(kind, variant);
        const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
        const what = `${kind} ${variant}`;
        expect(samples.every(Number.isFinite), what).toBe(true);
        expect(peak, what).toBeGreaterThan(0.15);
        expect(peak, what).toBeLessThanOrEqual(1.0001);
        expect(samples.length / RATE, what).toBeGreaterThan(0.02);
        expect(samples.length / RATE, what).toBeLessThanOrEqual(3);
        expect(Math.abs(samples[0]!) + Math.abs(samples.at(-1)!), what).toBeLessThan(1e-6);
        expect(Math.abs(mean), what).toBeLessThan(0.01);
      }
    }
  });

  it('is the same each time, and differs from variant to variant', () => {
    for (const kind of SOUND_KINDS) {
      expect(same(make(kind), make(kind)), kind).toBe(true);
      expect(variantCount(kind), kind).toBeGreaterThanOrEqual(2);
      expect(same(make(kind, 0), make(kind, 1)), kind).toBe(false);
    }
  });

  it('gives what repeats most at least three variants', () => {
    for (const kind of SOUND_KINDS) {
      if (kind.startsWith('footstep') || kind.startsWith('impact') || kind.startsWith('break')) {
        expect(variantCount(kind), kind).toBeGreaterThanOrEqual(3);
      }
    }
    for (const kind of ['fire_rifle', 'fire_smg', 'fire_machinegun', 'fire_pistol'] as const) {
      expect(variantCount(kind), kind).toBeGreaterThanOrEqual(3);
    }
  });

  it('tells gaits, weapons and materials apart', () => {
    const step = (gait: 'sneak' | 'walk' | 'run'): number => energy(make(`footstep_${gait}`));
    expect(step('walk')).toBeGreaterThan(step('sneak') * 1.5);
    expect(step('run')).toBeGreaterThan(step('walk') * 1.5);
    expect(lasts(make('fire_pistol'))).toBeLessThan(lasts(make('fire_rifle')));
    expect(lasts(make('fire_rifle')) * 2).toBeLessThan(lasts(make('fire_sniperrifle')));
    expect(energy(make('fire_suppressedpistol')) * 3).toBeLessThan(energy(make('fire_pistol')));
    expect(lasts(make('explosion'))).toBeGreaterThan(0.4);
    for (const act of ['impact', 'break'] as const) {
      expect(brightness(make(`${act}_glass`)), act).toBeGreaterThan(brightness(make(`${act}_metal`)) * 2);
      expect(lasts(make(`${act}_metal`)), act).toBeGreaterThan(lasts(make(`${act}_wood`)) * 2);
    }
    expect(brightness(make('impact_border'))).toBeLessThan(brightness(make('impact_concrete')) / 2);
  });
});

describe('panning', () => {
  it('is the screen\'s, whatever is faced', () => {
    expect(panOf(sound('bounce', { direction: 0 }))).toBeCloseTo(0.85, 9);
    expect(panOf(sound('bounce', { direction: Math.PI }))).toBeCloseTo(-0.85, 9);
    expect(panOf(sound('bounce', { direction: -Math.PI / 2 }))).toBeCloseTo(0, 9);
    expect(panOf(sound('reload', { direction: Math.PI, own: true }))).toBe(0);
    expect(panOf(sound('bounce', { direction: Math.PI, own: true }))).toBeLessThan(-0.5);
  });
});

class FakeParam {
  value = 0;
  /** Something is planned that would overrule a value. */
  planned = false;
  setTargetAtTime(value: number): void {
    this.value = value;
    this.planned = true;
  }
  cancelScheduledValues(): void {
    this.planned = false;
  }
}

class FakeNode {
  readonly gain = new FakeParam();
  readonly pan = new FakeParam();
  readonly frequency = new FakeParam();
  readonly Q = new FakeParam();
  readonly threshold = new FakeParam();
  readonly knee = new FakeParam();
  readonly ratio = new FakeParam();
  readonly attack = new FakeParam();
  readonly release = new FakeParam();
  readonly playbackRate = new FakeParam();
  type = '';
  buffer: unknown = null;
  onended: (() => void) | null = null;
  started = -1;
  stopped = -1;
  private readonly targets = new Set<FakeNode>();
  connect(target: FakeNode): void {
    this.targets.add(target);
  }
  disconnect(): void {
    this.targets.clear();
  }
  reaches(node: FakeNode): boolean {
    return this.targets.has(node) || [...this.targets].some((target) => target.reaches(node));
  }
  start(when: number): void {
    this.started = when;
  }
  stop(when = 0): void {
    this.stopped = when;
  }
}

class FakeContext {
  currentTime = 0;
  readonly sampleRate = 8000;
  readonly destination = new FakeNode();
  readonly nodes: FakeNode[] = [];
  readonly sources: FakeNode[] = [];
  private add(): FakeNode {
    const node = new FakeNode();
    this.nodes.push(node);
    return node;
  }
  createGain = (): FakeNode => this.add();
  createBiquadFilter = (): FakeNode => this.add();
  createDynamicsCompressor = (): FakeNode => this.add();
  createStereoPanner: (() => FakeNode) | undefined = () => this.add();
  createBufferSource(): FakeNode {
    const node = this.add();
    this.sources.push(node);
    return node;
  }
  createBuffer(_: number, length: number, rate: number): object {
    return { duration: length / rate, copyToChannel(): void {} };
  }
}

function mixing(): { context: FakeContext; mixer: Mixer; live(): number } {
  const context = new FakeContext();
  const asContext = context as unknown as BaseAudioContext;
  let draw = 0;
  const random = (): number => ((draw += 0.37) % 1);
  const mixer = new Mixer(asContext, new SoundBank(8000), random);
  return { context, mixer, live: () => context.nodes.filter((node) => node.reaches(context.destination)).length };
}

describe('the mixer', () => {
  it('builds no filter for what is open, and takes all apart when it ends', () => {
    const { context, mixer, live } = mixing();
    mixer.hear([sound('fire_rifle')]);
    expect(mixer.nodeCount).toBe(2 + 3);
    mixer.hear([sound('fire_rifle', { cutoff: 500 })]);
    expect(mixer.nodeCount).toBe(2 + 3 + 4);
    expect(live()).toBe(mixer.nodeCount);
    for (const source of context.sources) source.onended?.();
    expect(mixer.voiceCount).toBe(0);
    expect(live()).toBe(2);
  });

  it('uses its nodes again: but for the source, as loud, as muffled and from where the new sound is', () => {
    const { context, mixer, live } = mixing();
    mixer.hear([sound('fire_rifle', { cutoff: 500, gain: 0.25, direction: Math.PI })]);
    context.sources[0]!.onended?.();
    const made = context.nodes.length;
    mixer.hear([sound('fire_rifle', { gain: 0.75, direction: 0 })]);
    expect(context.nodes.length).toBe(made + 1);
    const [, second] = context.sources;
    const [level, panner, muffle] = [2, 3, 5].map((index) => context.nodes[index]!);
    expect([level!.gain.value, panner!.pan.value]).toEqual([0.75, 0.85]);
    expect([second!.reaches(level!), second!.reaches(muffle!), level!.reaches(panner!)]).toEqual([true, false, true]);
    second!.onended?.();
    expect(live()).toBe(2);
    mixer.hear([sound('fire_rifle', { cutoff: 900 })]);
    expect(context.nodes.length).toBe(made + 2);
    expect(context.sources[2]!.reaches(muffle!)).toBe(true);
    expect(muffle!.frequency.value).toBe(900);
    // However many have sounded, there are as many ways as sounded at once.
    for (let i = 0; i < 50; i += 1) {
      context.sources.at(-1)!.onended?.();
      mixer.hear([sound('bounce')]);
    }
    expect(context.nodes.length - context.sources.length).toBe(made - 1);
  });

  it('plays at full what comes after a sound that gave way', () => {
    const { context, mixer } = mixing();
    for (let i = 0; i < 32; i += 1) mixer.hear([sound('explosion', { gain: 0.2 })]);
    mixer.hear([sound('fire_rifle', { gain: 0.9 })]);
    const faded = context.nodes.find(({ gain }) => gain.planned)!;
    expect(faded.gain.value).toBe(0);
    context.sources[0]!.onended?.();
    for (let i = 1; i < 4; i += 1) context.sources[i]!.onended?.();
    for (let i = 0; i < 4; i += 1) mixer.hear([sound('bounce', { gain: 0.6 })]);
    expect([faded.gain.planned, faded.gain.value]).toEqual([false, 0.6]);
  });

  it('plays four of a kind that are told of together, the loudest, and not all at the same moment', () => {
    const { context, mixer } = mixing();
    mixer.hear(Array.from({ length: 40 }, (_, i) => sound('break_wood', { gain: (i + 1) / 40 })));
    expect(context.sources.length).toBe(4);
    expect(new Set(context.sources.map(({ started }) => started)).size).toBe(4);
    expect(context.nodes.map(({ gain }) => gain.value)).toContain(1);
  });

  it('does not play one variant twice in a row', () => {
    const { context, mixer } = mixing();
    for (let i = 0; i < 60; i += 1) {
      mixer.hear([sound('footstep_run')]);
      context.sources.at(-1)!.onended?.();
    }
    const buffers = context.sources.map(({ buffer }) => buffer);
    for (let i = 1; i < buffers.length; i += 1) expect(buffers[i]).not.toBe(buffers[i - 1]);
    expect(new Set(buffers).size).toBe(4);
  });

  it('gives the place of the faintest to what is louder, and none to what is fainter', () => {
    const { context, mixer } = mixing();
    for (let i = 0; i < 32; i += 1) mixer.hear([sound('explosion', { gain: 0.2 + i / 100 })]);
    mixer.hear([sound('bounce', { gain: 0.1 })]);
    expect(mixer).toMatchObject({ played: 32, refused: 1, stolen: 0 });
    context.currentTime = 0.05;
    mixer.hear([sound('fire_rifle', { gain: 0.9 })]);
    expect(mixer).toMatchObject({ played: 33, refused: 1, stolen: 1 });
    expect(context.sources[0]!.stopped).toBeGreaterThan(0.05);
    expect(mixer.voiceCount).toBe(33);
    context.sources[0]!.onended?.();
    expect(mixer.voiceCount).toBe(32);
  });

  it('of equals, gives up the oldest', () => {
    const { context, mixer } = mixing();
    for (let i = 0; i < 32; i += 1) {
      context.currentTime = i / 100;
      mixer.hear([sound('explosion', { gain: 0.3 })]);
    }
    mixer.hear([sound('explosion', { gain: 0.3 })]);
    expect(context.sources.findIndex(({ stopped }) => stopped > 0)).toBe(0);
  });

  it('thins out the own steps of a run, and nobody else\'s', () => {
    const { context, mixer } = mixing();
    for (let i = 0; i < 30; i += 1) {
      context.currentTime = i / 10;
      mixer.hear([sound('footstep_run', { own: true, gain: 1 })]);
    }
    expect(mixer.played).toBeGreaterThanOrEqual(10);
    expect(mixer.played).toBeLessThanOrEqual(15);
    const before = mixer.played;
    for (let i = 0; i < 10; i += 1) mixer.hear([sound('footstep_run')]);
    expect(mixer.played).toBe(before + 10);
  });

  it('lets go of everything when closed, and stays silent', () => {
    const { context, mixer, live } = mixing();
    for (let i = 0; i < 40; i += 1) mixer.hear([sound('explosion', { gain: 0.1 + i / 50 })]);
    mixer.close();
    expect([mixer.voiceCount, mixer.nodeCount, live()]).toEqual([0, 0, 0]);
    expect(context.sources.every(({ onended, stopped }) => onended === null && stopped >= 0)).toBe(true);
    mixer.hear([sound('explosion')]);
    mixer.close();
    expect(live()).toBe(0);
  });

  it('plays in the middle where there is no panner', () => {
    const { context, mixer } = mixing();
    context.createStereoPanner = undefined;
    mixer.hear([sound('fire_rifle')]);
    expect(mixer.nodeCount).toBe(2 + 2);
  });

  it('leaves room beside own sounds', () => {
    expect(levelOf(sound('fire_rifle', { own: true, gain: 1 }))).toBeLessThan(levelOf(sound('fire_rifle', { gain: 1 })));
  });
});
