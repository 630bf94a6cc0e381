import type { WeaponName } from './engine.js';

export interface HeatUpdate {
  weaponType: WeaponName;
  /** 0 to 100 in whole steps. */
  heatLevel: number;
  isOverheated: boolean;
}

/** Tells one player of the heat of the own gun, as it changes. */
export class HeatGauge {
  #told: HeatUpdate | undefined;
  #silentUntil = 0;

  /** The gun falls silent until that tick. */
  overheat(untilTick: number): void {
    this.#silentUntil = untilTick;
  }

  /** A new body, or a new match: cold guns. */
  cool(): void {
    this.#silentUntil = 0;
  }

  /** What is news since the last call; undefined where nothing is. */
  update(heat: number, tick: number): HeatUpdate | undefined {
    const now: HeatUpdate = { weaponType: 'machinegun', heatLevel: Math.round(heat), isOverheated: tick < this.#silentUntil };
    const { heatLevel, isOverheated } = this.#told ?? { heatLevel: 0, isOverheated: false };
    if (now.heatLevel === heatLevel && now.isOverheated === isOverheated) return undefined;
    this.#told = now;
    return now;
  }
}
