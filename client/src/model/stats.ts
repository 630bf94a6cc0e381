import { WEAPONS, type WeaponInfo } from '../core/rules';

export interface Stat {
  readonly label: string;
  readonly text: string;
  /** 0 to 1: the bar. */
  readonly share: number;
}

const BEST = {
  damage: Math.max(...WEAPONS.map((weapon) => weapon.damage)),
  rate: Math.max(...WEAPONS.map((weapon) => weapon.rate)),
  range: Math.max(...WEAPONS.map((weapon) => weapon.range)),
  magazine: Math.max(...WEAPONS.map((weapon) => weapon.magazine)),
};
/** Accuracies lie above this; a bar from 0 would tell them hardly apart. */
const WORST_ACCURACY = 0.5;

/** Bars grow with the root where values differ by a factor of ten and more, so that the small ones stay visible. */
export function statsOf(weapon: WeaponInfo): readonly Stat[] {
  return [
    { label: 'Damage', text: weapon.damage > 0 ? String(weapon.damage) : '-', share: Math.sqrt(weapon.damage / BEST.damage) },
    { label: 'Rate', text: `${weapon.rate}/min`, share: Math.sqrt(weapon.rate / BEST.rate) },
    { label: 'Range', text: `${weapon.range} px`, share: weapon.range / BEST.range },
    {
      label: 'Accuracy',
      text: `${Math.round(weapon.accuracy * 100)}%`,
      share: (weapon.accuracy - WORST_ACCURACY) / (1 - WORST_ACCURACY),
    },
    {
      label: 'Magazine',
      text: weapon.reserve > 0 ? `${weapon.magazine} + ${weapon.reserve}` : String(weapon.magazine),
      share: Math.sqrt(weapon.magazine / BEST.magazine),
    },
  ];
}
