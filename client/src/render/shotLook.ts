/** How a weapon's shot looks. */
export interface ShotLook {
  readonly tracer: string;
  /** px of the drawn tail. */
  readonly length: number;
  /** px */
  readonly thickness: number;
  /** Local ms from muzzle to mark and gone. */
  readonly life: number;
  /** Local ms that a thin line stays in the air along the whole way; 0: none. */
  readonly vapour: number;
  readonly muzzle: 'muzzle' | 'muzzle-small' | 'muzzle-big' | '';
  /** Of the own screen, 0 to 1. */
  readonly kick: number;
}

const PLAIN: ShotLook = { tracer: 'tracer', length: 46, thickness: 1, life: 90, vapour: 0, muzzle: 'muzzle', kick: 0.05 };

const LOOKS: Readonly<Record<string, ShotLook>> = {
  rifle: PLAIN,
  smg: { ...PLAIN, length: 26, life: 80, muzzle: 'muzzle-small', kick: 0.03 },
  shotgun: { ...PLAIN, length: 18, life: 110, muzzle: 'muzzle-big', kick: 0.3 },
  battlerifle: { ...PLAIN, length: 60, kick: 0.12 },
  sniperrifle: { ...PLAIN, tracer: 'tracer-white', length: 120, life: 110, vapour: 420, muzzle: 'muzzle-big', kick: 0.32 },
  pistol: { ...PLAIN, length: 24, life: 80, muzzle: 'muzzle-small', kick: 0.04 },
  revolver: { ...PLAIN, length: 38, kick: 0.14 },
  suppressedpistol: { ...PLAIN, tracer: 'tracer-dim', length: 20, life: 70, muzzle: '', kick: 0.02 },
  machinegun: { ...PLAIN, tracer: 'tracer-hot', length: 40, life: 85, kick: 0.05 },
  antimaterialrifle: {
    tracer: 'tracer-white', length: 160, thickness: 2, life: 130, vapour: 900, muzzle: 'muzzle-big', kick: 0.5,
  },
  grenadelauncher: { ...PLAIN, muzzle: 'muzzle', kick: 0.22 },
  rocket: { ...PLAIN, muzzle: 'muzzle-big', kick: 0.35 },
};

export function shotLook(type: string): ShotLook {
  return Object.hasOwn(LOOKS, type) ? LOOKS[type]! : PLAIN;
}
