/**
 * What sounds are made of: noise, filters, decays. Plain arithmetic on typed arrays, so that it runs without WebAudio
 * and gives the same samples for the same seed. Times are seconds, frequencies Hz, gains linear.
 */

/** A stream of numbers that depends on the seed alone (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** [0, 1) */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let h = this.state;
    h = Math.imul(h ^ (h >>> 15), h | 1);
    h ^= h + Math.imul(h ^ (h >>> 7), h | 61);
    return ((h ^ (h >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** [-1, 1) */
  signed(): number {
    return this.next() * 2 - 1;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }
}

export interface Burst {
  at?: number;
  gain: number;
  /** Rise to full, straight. */
  attack?: number;
  /** Time in which the sound falls to 1/e. */
  decay: number;
  /** How the noise is filtered. */
  pass: 'low' | 'band' | 'high';
  /** Of the filter, at the start; it glides to `to`, most of the way within `glide`. */
  from: number;
  to?: number;
  glide?: number;
  /** 0.5 wide to 20 ringing. */
  q?: number;
}

export interface Tone {
  at?: number;
  gain: number;
  attack?: number;
  decay: number;
  from: number;
  to?: number;
  glide?: number;
  /** Saw for voices and motors. */
  shape?: 'sine' | 'saw';
}

/** Amplitude at which a decay has ended: -66 dB. */
const SILENT = 5e-4;
/** Of filtered noise before its gain; 0.58 would be white noise as it comes. */
const LOUDNESS = 0.6;
/** Samples between two looks at a gliding filter or pitch. */
const STEP = 16;

/** A sound in the making. Layers add up; `finish` makes it presentable. */
export class Canvas {
  readonly samples: Float32Array;

  constructor(
    readonly rate: number,
    seconds: number,
    readonly random: Random,
  ) {
    this.samples = new Float32Array(Math.ceil(rate * seconds));
  }

  noise({ at = 0, gain, attack = 0.0005, decay, pass, from, to = from, glide = decay, q = 0.7 }: Burst): this {
    const { samples, rate, random } = this;
    const start = Math.round(at * rate);
    const rise = Math.max(1, attack * rate);
    const fall = Math.exp(-1 / (decay * rate));
    const damping = 1 / q;
    let level = 1;
    // A state variable filter, trapezoidal: stays stable while its frequency glides.
    let low = 0;
    let band = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let scale = 1;
    for (let i = 0; start + i < samples.length && level > SILENT; i += 1) {
      if (i % STEP === 0) {
        const hz = Math.min(0.45 * rate, to + (from - to) * Math.exp(-i / (glide * rate)));
        const g = Math.tan((Math.PI * hz) / rate);
        a1 = 1 / (1 + g * (g + damping));
        a2 = g * a1;
        a3 = g * a2;
        // What is left of white noise has a loudness of its own, so that a gain means the same for any filter.
        const width = pass === 'low' ? hz : pass === 'band' ? hz * damping : rate / 2 - hz;
        scale = LOUDNESS * Math.sqrt(rate / 2 / Math.min(rate / 2, width));
      }
      const input = random.signed() * scale;
      const v3 = input - low;
      const v1 = a1 * band + a2 * v3;
      const v2 = low + a2 * band + a3 * v3;
      band = 2 * v1 - band;
      low = 2 * v2 - low;
      const filtered = pass === 'low' ? v2 : pass === 'band' ? v1 * damping : input - damping * v1 - v2;
      let envelope = gain;
      if (i < rise) envelope *= i / rise;
      else {
        level *= fall;
        envelope *= level;
      }
      samples[start + i]! += filtered * envelope;
    }
    return this;
  }

  tone({ at = 0, gain, attack = 0.001, decay, from, to = from, glide = decay, shape = 'sine' }: Tone): this {
    const { samples, rate } = this;
    const start = Math.round(at * rate);
    const rise = Math.max(1, attack * rate);
    const fall = Math.exp(-1 / (decay * rate));
    if (shape === 'sine' && from === to) {
      // Steady and decaying: a recurrence, which costs a tenth of the sine.
      const turn = (2 * Math.PI * from) / rate;
      const forward = 2 * fall * Math.cos(turn);
      const back = fall * fall;
      let last = 0;
      let now = Math.sin(turn) * gain;
      const end = Math.min(samples.length, start + Math.ceil(Math.log(1 / SILENT) * decay * rate));
      for (let i = 0; start + i < end; i += 1) {
        samples[start + i]! += i < rise ? (last * i) / rise : last;
        const next = forward * now - back * last;
        last = now;
        now = next;
      }
      return this;
    }
    let level = 1;
    let phase = 0;
    let step = 0;
    for (let i = 0; start + i < samples.length && level > SILENT; i += 1) {
      if (i % STEP === 0) step = (to + (from - to) * Math.exp(-i / (glide * rate))) / rate;
      phase += step;
      if (phase >= 1) phase -= Math.floor(phase);
      let envelope = gain;
      if (i < rise) envelope *= i / rise;
      else {
        level *= fall;
        envelope *= level;
      }
      samples[start + i]! += (shape === 'sine' ? Math.sin(2 * Math.PI * phase) : 2 * phase - 1) * envelope;
    }
    return this;
  }

  /** A struck body: tones at multiples of `base` that fade the sooner the higher they are. */
  ring(at: number, base: number, multiples: readonly number[], decay: number, gain: number): this {
    for (const multiple of multiples) {
      const detuned = base * multiple * this.random.between(0.985, 1.015);
      if (detuned > 0.45 * this.rate) continue;
      this.tone({
        at, from: detuned, decay: decay / multiple ** 0.6, attack: 0.0004,
        gain: (gain / multiple ** 0.7) * this.random.between(0.6, 1),
      });
    }
    return this;
  }

  /** Small pieces that fall, thick at first: `make` adds the one at a time, of a size from 0 to 1. */
  pieces(count: number, from: number, until: number, make: (at: number, size: number) => void): this {
    for (let i = 0; i < count; i += 1) {
      const t = this.random.next();
      make(from + (until - from) * t * t, this.random.next() * (1 - 0.6 * t));
    }
    return this;
  }

  /** Rounds peaks off, so that layers which add up sound loud instead of cracked. */
  drive(amount: number): this {
    const { samples } = this;
    for (let i = 0; i < samples.length; i += 1) samples[i] = Math.tanh(samples[i]! * amount);
    return this;
  }

  /** Everything so far through a resonance, added or alone. */
  formants(peaks: readonly (readonly [hz: number, gain: number, q: number])[]): this {
    const { samples, rate } = this;
    const source = samples.slice();
    samples.fill(0);
    for (const [hz, gain, q] of peaks) {
      const g = Math.tan((Math.PI * hz) / rate);
      const damping = 1 / q;
      const a1 = 1 / (1 + g * (g + damping));
      let low = 0;
      let band = 0;
      for (let i = 0; i < source.length; i += 1) {
        const v3 = source[i]! - low;
        const v1 = a1 * band + g * a1 * v3;
        const v2 = low + g * v1;
        band = 2 * v1 - band;
        low = 2 * v2 - low;
        samples[i]! += v1 * damping * gain;
      }
    }
    return this;
  }

  /**
   * Peak at `level`, nothing below 20 Hz, both ends at zero, and no silence kept after the sound's end.
   * @param level 0 to 1
   */
  finish(level: number): Float32Array<ArrayBuffer> {
    const { samples, rate } = this;
    const keep = 1 - (2 * Math.PI * 20) / rate;
    let before = 0;
    let out = 0;
    let peak = 0;
    for (let i = 0; i < samples.length; i += 1) {
      const sample = samples[i]!;
      out = sample - before + keep * out;
      before = sample;
      samples[i] = out;
      peak = Math.max(peak, Math.abs(out));
    }
    if (peak === 0) return new Float32Array(1);
    let length = samples.length;
    while (length > 1 && Math.abs(samples[length - 1]!) < peak * SILENT) length -= 1;
    const finished = samples.slice(0, length);
    const fade = Math.min(length, Math.round(0.008 * rate));
    const rise = Math.min(length, Math.round(0.0003 * rate));
    for (let i = 0; i < length; i += 1) {
      let scale = level / peak;
      if (i < rise) scale *= i / rise;
      if (length - 1 - i < fade) scale *= (length - 1 - i) / fade;
      finished[i]! *= scale;
    }
    return finished;
  }
}
