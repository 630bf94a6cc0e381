/**
 * The sound of each kind, made of noise, decays and ringing. Levels are those at the listener's own place: how much
 * reaches an ear from farther away is the server's to say, so a step is quieter here than a shot by less than in life,
 * or nobody would hear one behind the other.
 */
import { SOUND_KINDS, type SoundKind } from '../core/sounds';
import { Canvas, Random } from './dsp';

interface Recipe {
  /** Different ones, so that a burst does not sound like one sample repeated. */
  readonly variants: number;
  /** At most; what is silent at the end is cut off. */
  readonly seconds: number;
  /** Peak, 0 to 1. */
  readonly level: number;
  readonly make: (canvas: Canvas) => void;
}

interface Gun {
  /** The gases' snap: loudness, Hz, seconds. */
  readonly crack: readonly [gain: number, hz: number, decay: number];
  /** Noise behind it that darkens as it fades. */
  readonly body: readonly [gain: number, from: number, to: number, decay: number];
  /** What the chest feels. */
  readonly thump: readonly [gain: number, from: number, to: number, decay: number];
  /** What walls give back. */
  readonly tail: readonly [gain: number, hz: number, decay: number];
  /** Seconds until the action closes with a clack; 0: none. */
  readonly action: number;
  readonly drive: number;
}

const METAL = [1, 1.47, 2.09, 2.56, 3.14, 4.22, 5.43] as const;
const GLASS = [1, 1.19, 1.56, 2.31, 2.93] as const;
const WOOD = [1, 2.57, 4.1] as const;

function step(canvas: Canvas, weight: number, scrape: number, hz: number, toe: number): void {
  const { random } = canvas;
  const pitch = random.between(0.9, 1.12);
  canvas
    .tone({ gain: 0.3 * weight, from: 190 * pitch, to: 95 * pitch, glide: 0.02, decay: 0.03, attack: 0.002 })
    .noise({ gain: 0.5 * weight, pass: 'low', from: hz * 1.6 * pitch, to: hz * 0.5, decay: 0.022, attack: 0.001 })
    .noise({ gain: scrape, pass: 'band', from: hz * pitch, decay: 0.05, attack: 0.012, q: 1.1 })
    .noise({ at: toe * random.between(0.9, 1.1), gain: 0.45 * scrape + 0.25 * weight, pass: 'band', from: hz * 1.5 * pitch, decay: 0.028, attack: 0.004, q: 0.9 });
}

function shot(canvas: Canvas, gun: Gun): void {
  const { random } = canvas;
  const vary = random.between(0.94, 1.06);
  const [crack, crackHz, crackDecay] = gun.crack;
  const [body, bodyFrom, bodyTo, bodyDecay] = gun.body;
  const [thump, thumpFrom, thumpTo, thumpDecay] = gun.thump;
  const [tail, tailHz, tailDecay] = gun.tail;
  canvas
    .noise({ gain: crack, pass: 'high', from: crackHz * 1.8, decay: 0.003, attack: 0.0002 })
    .noise({ gain: crack, pass: 'band', from: crackHz * vary, to: crackHz * 0.5, decay: crackDecay, attack: 0.0003, q: 0.6 })
    .noise({ gain: body, pass: 'low', from: bodyFrom * vary, to: bodyTo, decay: bodyDecay, glide: bodyDecay * 0.7, attack: 0.0008 })
    // Little of it: small loudspeakers have none, and it eats the headroom of what they have.
    .tone({ gain: thump * 0.55, from: thumpFrom * vary, to: thumpTo, glide: thumpDecay * 0.5, decay: thumpDecay })
    .drive(gun.drive);
  // Back from a few walls, each later and duller, over one long wash.
  for (let i = 0; i < 4; i += 1) {
    const at = 0.022 + i * 0.027 * random.between(0.8, 1.3);
    canvas.noise({ at, gain: (tail * 0.6) / (i + 1), pass: 'low', from: tailHz / (1 + i * 0.35), decay: 0.02 + i * 0.012, attack: 0.003 });
  }
  canvas.noise({ at: 0.015, gain: tail * 0.6, pass: 'low', from: tailHz, to: tailHz * 0.25, decay: tailDecay, glide: tailDecay * 0.6, attack: 0.02 });
  if (gun.action > 0) clack(canvas, gun.action * random.between(0.95, 1.05), 0.12, 2600);
}

/** Two pieces of steel that meet. */
function clack(canvas: Canvas, at: number, gain: number, hz: number): void {
  canvas
    .noise({ at, gain, pass: 'band', from: hz, decay: 0.006, q: 1.4, attack: 0.0003 })
    .noise({ at: at + 0.009, gain: gain * 0.5, pass: 'band', from: hz * 1.35, decay: 0.008, q: 2 })
    .ring(at, hz * 0.46, [1, 1.83, 2.71], 0.018, gain * 0.5);
}

function gun(variants: number, seconds: number, level: number, of: Gun): Recipe {
  return { variants, seconds, level, make: (canvas) => shot(canvas, of) };
}

/** A bullet's hit: a tick, then what the material says to it. */
function tick(canvas: Canvas, hz: number, gain: number): void {
  canvas.noise({ gain, pass: 'high', from: hz, decay: 0.003, attack: 0.0002 });
}

function voice(canvas: Canvas, seconds: number, from: number, to: number, breath: number): void {
  const pitch = canvas.random.between(0.92, 1.1);
  canvas
    .tone({ gain: 0.8, from: from * pitch, to: to * pitch, glide: seconds * 0.6, decay: seconds * 0.42, attack: 0.018, shape: 'saw' })
    .tone({ gain: 0.4, from: from * pitch * 1.013, to: to * pitch * 0.99, glide: seconds * 0.5, decay: seconds * 0.38, attack: 0.02, shape: 'saw' })
    .noise({ gain: breath, pass: 'band', from: 1500, to: 900, decay: seconds * 0.4, attack: 0.02, q: 0.6 })
    .formants([[640 * pitch, 1, 5], [1090 * pitch, 0.6, 7], [2450, 0.28, 8], [220, 0.25, 1]]);
}

const RECIPES: Readonly<Record<SoundKind, Recipe>> = {
  footstep_sneak: { variants: 4, seconds: 0.3, level: 0.22, make: (c) => step(c, 0.28, 0.5, 620, 0.085) },
  footstep_walk: { variants: 4, seconds: 0.3, level: 0.36, make: (c) => step(c, 0.8, 0.3, 900, 0.07) },
  footstep_run: { variants: 4, seconds: 0.3, level: 0.5, make: (c) => step(c, 1.2, 0.5, 1350, 0.045) },

  fire_rifle: gun(4, 0.9, 0.85, {
    crack: [0.9, 2600, 0.016], body: [0.9, 4200, 500, 0.06], thump: [0.9, 190, 62, 0.06], tail: [0.3, 1500, 0.2], action: 0.055, drive: 1.6,
  }),
  fire_smg: gun(4, 0.6, 0.72, {
    crack: [0.7, 3100, 0.01], body: [0.8, 3600, 700, 0.035], thump: [0.6, 230, 90, 0.035], tail: [0.2, 1700, 0.12], action: 0.042, drive: 1.4,
  }),
  fire_shotgun: gun(3, 1.3, 0.95, {
    crack: [0.6, 1700, 0.03], body: [1.2, 3000, 260, 0.12], thump: [1.2, 150, 44, 0.11], tail: [0.4, 1100, 0.32], action: 0, drive: 2,
  }),
  fire_battlerifle: gun(3, 1.1, 0.9, {
    crack: [1, 2200, 0.02], body: [1, 3800, 380, 0.08], thump: [1.1, 165, 52, 0.085], tail: [0.36, 1300, 0.27], action: 0.07, drive: 1.8,
  }),
  fire_sniperrifle: gun(2, 1.9, 1, {
    crack: [1.3, 3000, 0.024], body: [1.1, 5200, 300, 0.11], thump: [1.1, 150, 42, 0.12], tail: [0.5, 1600, 0.55], action: 0, drive: 2.1,
  }),
  fire_pistol: gun(3, 0.6, 0.7, {
    crack: [0.9, 2000, 0.012], body: [0.7, 2900, 650, 0.04], thump: [0.7, 250, 100, 0.035], tail: [0.2, 1500, 0.13], action: 0.05, drive: 1.3,
  }),
  fire_revolver: gun(3, 0.9, 0.85, {
    crack: [1, 1600, 0.02], body: [1, 2600, 420, 0.07], thump: [1.1, 210, 66, 0.07], tail: [0.3, 1200, 0.22], action: 0, drive: 1.8,
  }),
  fire_suppressedpistol: {
    variants: 3, seconds: 0.35, level: 0.4,
    make: (c) => {
      c.noise({ gain: 0.8, pass: 'band', from: 1300, to: 700, decay: 0.035, attack: 0.002, q: 0.8 })
        .noise({ gain: 0.25, pass: 'high', from: 4200, decay: 0.012, attack: 0.001 })
        .tone({ gain: 0.35, from: 170, to: 95, decay: 0.03 });
      clack(c, 0.045, 0.3, 3000);
    },
  },
  fire_machinegun: gun(4, 0.7, 0.82, {
    crack: [0.8, 2000, 0.014], body: [1.1, 3200, 420, 0.055], thump: [1.1, 150, 58, 0.055], tail: [0.26, 1200, 0.16], action: 0.036, drive: 1.9,
  }),
  fire_antimaterialrifle: gun(2, 2.2, 1, {
    crack: [1, 1900, 0.035], body: [1.5, 3600, 170, 0.17], thump: [1.6, 120, 32, 0.2], tail: [0.6, 1000, 0.65], action: 0, drive: 2.6,
  }),
  fire_grenadelauncher: {
    variants: 2, seconds: 0.7, level: 0.75,
    make: (c) => {
      c.tone({ gain: 1, from: 260, to: 82, glide: 0.05, decay: 0.09, attack: 0.002 })
        .tone({ gain: 0.35, from: 520, to: 170, glide: 0.05, decay: 0.05 })
        .noise({ gain: 0.5, pass: 'low', from: 1600, to: 250, decay: 0.09, attack: 0.002 })
        .noise({ at: 0.02, gain: 0.12, pass: 'low', from: 700, decay: 0.16, attack: 0.02 });
      clack(c, 0.14, 0.16, 1700);
    },
  },
  fire_rocket: {
    variants: 2, seconds: 1.7, level: 0.9,
    make: (c) => void c
      .tone({ gain: 0.8, from: 140, to: 48, decay: 0.12 })
      .noise({ gain: 0.8, pass: 'low', from: 3000, to: 400, decay: 0.07 })
      .noise({ at: 0.03, gain: 0.9, pass: 'band', from: 500, to: 1500, glide: 0.25, decay: 0.42, attack: 0.06, q: 0.6 })
      .noise({ at: 0.03, gain: 0.4, pass: 'high', from: 3000, decay: 0.3, attack: 0.08 })
      .drive(1.5),
  },

  reload: {
    variants: 2, seconds: 0.8, level: 0.42,
    make: (c) => {
      clack(c, 0, 0.5, 2100);
      c.noise({ at: 0.03, gain: 0.14, pass: 'band', from: 1900, to: 1100, decay: 0.05, attack: 0.02 });
      clack(c, 0.26, 0.55, 1500);
      c.tone({ at: 0.262, gain: 0.5, from: 210, to: 130, decay: 0.022 });
      c.noise({ at: 0.43, gain: 0.2, pass: 'band', from: 2600, to: 3400, decay: 0.035, attack: 0.015, q: 1.5 });
      clack(c, 0.5, 0.9, 2500);
      c.tone({ at: 0.5, gain: 0.35, from: 260, to: 160, decay: 0.018 });
    },
  },
  switch: {
    variants: 2, seconds: 0.35, level: 0.32,
    make: (c) => {
      c.noise({ gain: 0.4, pass: 'band', from: 900, to: 1700, decay: 0.06, attack: 0.03, q: 0.8 });
      clack(c, 0.1, 0.5, 2300);
    },
  },
  empty: { variants: 2, seconds: 0.12, level: 0.36, make: (c) => clack(c, 0, 0.8, 3300) },
  throw: {
    variants: 2, seconds: 0.45, level: 0.3,
    make: (c) => {
      c.ring(0, 3100, [1, 1.61], 0.05, 0.12)
        .noise({ at: 0.02, gain: 0.7, pass: 'band', from: 420, to: 1500, glide: 0.08, decay: 0.07, attack: 0.08, q: 1.3 });
    },
  },

  impact_concrete: {
    variants: 4, seconds: 0.4, level: 0.6,
    make: (c) => {
      tick(c, 4200, 0.5);
      c.noise({ gain: 0.9, pass: 'band', from: 1500, to: 700, decay: 0.028, q: 0.6 })
        .tone({ gain: 0.35, from: 190, to: 110, decay: 0.03 })
        .pieces(9, 0.03, 0.3, (at, size) => void c.noise({ at, gain: 0.16 * size, pass: 'band', from: 2200 + 2600 * (1 - size), decay: 0.006, q: 1.5 }));
    },
  },
  impact_metal: {
    variants: 4, seconds: 0.7, level: 0.6,
    make: (c) => {
      tick(c, 5000, 0.5);
      c.ring(0, c.random.between(820, 1250), METAL, 0.16, 0.6)
        .noise({ gain: 0.4, pass: 'band', from: 3400, decay: 0.012, q: 0.8 });
    },
  },
  impact_wood: {
    variants: 4, seconds: 0.3, level: 0.58,
    make: (c) => {
      tick(c, 2600, 0.25);
      c.ring(0, c.random.between(300, 400), WOOD, 0.035, 0.9)
        .noise({ gain: 0.5, pass: 'low', from: 1700, to: 500, decay: 0.025 })
        .pieces(4, 0.02, 0.14, (at, size) => void c.noise({ at, gain: 0.2 * size, pass: 'band', from: 1500, decay: 0.005, q: 2 }));
    },
  },
  impact_glass: {
    variants: 4, seconds: 0.45, level: 0.55,
    make: (c) => {
      tick(c, 6500, 0.6);
      c.ring(0, c.random.between(3100, 4200), GLASS, 0.07, 0.5)
        .pieces(5, 0.02, 0.22, (at, size) => void c.ring(at, 3600 + 3600 * (1 - size), [1, 1.7], 0.03, 0.14 * size));
    },
  },
  impact_border: {
    variants: 3, seconds: 0.35, level: 0.58,
    make: (c) => {
      tick(c, 3200, 0.3);
      c.tone({ gain: 0.8, from: 130, to: 70, decay: 0.05 }).noise({ gain: 0.7, pass: 'low', from: 900, to: 300, decay: 0.045 });
    },
  },

  break_concrete: {
    variants: 3, seconds: 1.3, level: 0.78,
    make: (c) => void c
      .noise({ gain: 1, pass: 'low', from: 2400, to: 260, decay: 0.11, attack: 0.002 })
      .tone({ gain: 0.6, from: 110, to: 46, decay: 0.12 })
      .drive(1.5)
      .noise({ at: 0.05, gain: 0.22, pass: 'low', from: 700, to: 200, decay: 0.3, attack: 0.04 })
      .pieces(46, 0.03, 0.95, (at, size) => void c
        .noise({ at, gain: 0.42 * size, pass: 'band', from: 500 + 2400 * (1 - size) ** 2, decay: 0.006 + 0.016 * size, q: 1.2 })),
  },
  break_metal: {
    variants: 3, seconds: 1.6, level: 0.76,
    make: (c) => void c
      .noise({ gain: 0.8, pass: 'band', from: 2600, to: 900, decay: 0.05, q: 0.6 })
      .ring(0, c.random.between(260, 330), METAL, 0.5, 0.6)
      .ring(0.012, c.random.between(560, 690), METAL, 0.3, 0.4)
      .drive(1.2)
      .pieces(5, 0.15, 0.8, (at, size) => void c.ring(at, 700 + 900 * (1 - size), METAL, 0.14, 0.3 * size)),
  },
  break_wood: {
    variants: 3, seconds: 0.9, level: 0.74,
    make: (c) => void c
      .noise({ gain: 1, pass: 'band', from: 1200, to: 500, decay: 0.035, q: 0.6 })
      .ring(0, c.random.between(210, 270), WOOD, 0.07, 0.9)
      .drive(1.5)
      .pieces(20, 0.015, 0.5, (at, size) => void c
        .noise({ at, gain: 0.6 * size, pass: 'band', from: 800 + 1500 * (1 - size), decay: 0.004 + 0.01 * size, q: 1.6, attack: 0.0003 })
        .ring(at, 380 + 500 * (1 - size), WOOD, 0.018, 0.28 * size)),
  },
  break_glass: {
    variants: 3, seconds: 1.2, level: 0.72,
    make: (c) => void c
      .noise({ gain: 0.8, pass: 'high', from: 3200, decay: 0.05, attack: 0.0005 })
      .noise({ gain: 0.3, pass: 'band', from: 1500, decay: 0.03 })
      .pieces(44, 0, 0.85, (at, size) => void c.ring(at, 2200 + 4600 * (1 - size), GLASS.slice(0, 3), 0.025 + 0.06 * size, 0.32 * size)),
  },

  bounce: {
    variants: 3, seconds: 0.35, level: 0.5,
    make: (c) => void c
      .tone({ gain: 0.7, from: 240, to: 150, decay: 0.03 })
      .ring(0, c.random.between(1150, 1450), [1, 1.52, 2.35], 0.07, 0.35)
      .noise({ gain: 0.3, pass: 'band', from: 1800, decay: 0.008 }),
  },
  explosion: {
    variants: 2, seconds: 3, level: 1,
    make: (c) => void c
      .noise({ gain: 1.1, pass: 'high', from: 1800, decay: 0.012, attack: 0.0003 })
      .noise({ gain: 1.6, pass: 'low', from: 5200, to: 170, decay: 0.24, glide: 0.12, attack: 0.001 })
      .tone({ gain: 1.5, from: 105, to: 31, glide: 0.12, decay: 0.34, attack: 0.002 })
      .drive(2.2)
      .noise({ at: 0.06, gain: 0.34, pass: 'low', from: 900, to: 90, decay: 0.75, glide: 0.7, attack: 0.08 })
      .noise({ at: 0.13, gain: 0.35, pass: 'low', from: 1500, to: 300, decay: 0.09, attack: 0.01 })
      .pieces(38, 0.2, 1.9, (at, size) => void c
        .noise({ at, gain: 0.16 * size, pass: 'band', from: 600 + 2600 * (1 - size), decay: 0.006 + 0.012 * size, q: 1.2 })),
  },
  flash: {
    variants: 2, seconds: 1.6, level: 1,
    make: (c) => void c
      .noise({ gain: 1.6, pass: 'high', from: 2400, decay: 0.035, attack: 0.0002 })
      .noise({ gain: 1, pass: 'band', from: 3200, to: 900, decay: 0.07, q: 0.6 })
      .tone({ gain: 0.8, from: 210, to: 80, decay: 0.06 })
      .drive(2.2)
      .noise({ at: 0.02, gain: 0.3, pass: 'band', from: 2400, to: 700, decay: 0.32, attack: 0.02 })
      .ring(0.01, 3900, [1, 1.26], 0.35, 0.08),
  },

  hurt: { variants: 3, seconds: 0.45, level: 0.5, make: (c) => voice(c, 0.26, 165, 105, 0.5) },
  death: {
    variants: 2, seconds: 1.2, level: 0.58,
    make: (c) => {
      voice(c, 0.55, 150, 72, 0.7);
      const at = 0.5;
      c.tone({ at, gain: 0.3, from: 95, to: 52, decay: 0.07, attack: 0.003 })
        .noise({ at, gain: 0.2, pass: 'low', from: 800, to: 250, decay: 0.06, attack: 0.003 })
        .noise({ at: at + 0.07, gain: 0.16, pass: 'low', from: 1100, decay: 0.08, attack: 0.01 });
    },
  },
};

export function variantCount(kind: SoundKind): number {
  return RECIPES[kind].variants;
}

/** Mono, the same for the same arguments. @param variant from 0 to below `variantCount`; @param rate samples a second */
export function synthesise(kind: SoundKind, variant: number, rate: number): Float32Array<ArrayBuffer> {
  const { seconds, level, make } = RECIPES[kind];
  const canvas = new Canvas(rate, seconds, new Random(SOUND_KINDS.indexOf(kind) * 977 + variant * 131 + 5));
  make(canvas);
  return canvas.finish(level);
}
