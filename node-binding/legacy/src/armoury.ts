import { engine, type Loadout, type WeaponName } from './engine.js';
import { rounded } from './numbers.js';
import { field } from './refusals.js';
import type { LegacyWeapon } from './state.js';

/** Figures of a weapon, as {@link LegacyWeapon} has them. Frozen: all rooms share them. */
export interface WeaponConfig {
  readonly id: WeaponName;
  readonly type: WeaponName;
  readonly slot: 'primary' | 'secondary' | 'support';
  /** Places of a loadout's three that a support item takes; 0 for the others. */
  readonly supportSlots: number;
  readonly maxAmmo: number;
  readonly maxReserve: number;
  /** Points a shot, all pellets together. */
  readonly damage: number;
  /** Rounds a minute. */
  readonly fireRate: number;
  /** Milliseconds; 0: cannot be reloaded, as what is thrown. */
  readonly reloadTime: number;
  readonly accuracy: number;
  /** px. */
  readonly range: number;
}

let configs: ReadonlyMap<string, WeaponConfig> | undefined;

/** By type. Asked of the engine once in a process, so that no figure of the rule book stands here. */
export function weaponConfigs(): ReadonlyMap<string, WeaponConfig> {
  return configs ??= askEngine();
}

export function weaponConfig(type: unknown): WeaponConfig | undefined {
  return typeof type === 'string' ? weaponConfigs().get(type) : undefined;
}

/**
 * A weapon of a type with full magazines, or with what `rounds` has in `currentAmmo` and `reserveAmmo`, as far as these
 * are whole numbers within the type's limits.
 */
export function createWeapon(config: WeaponConfig, rounds?: unknown): LegacyWeapon {
  const { id, type, maxAmmo, maxReserve, damage, fireRate, reloadTime, accuracy, range } = config;
  return {
    id, type,
    currentAmmo: within(field(rounds, 'currentAmmo'), maxAmmo) ?? maxAmmo,
    reserveAmmo: within(field(rounds, 'reserveAmmo'), maxReserve) ?? maxReserve,
    maxAmmo, maxReserve, damage, fireRate, reloadTime, isReloading: false, lastFireTime: 0, accuracy, range,
  };
}

/** A whole number from 0 to `most`; undefined for anything else. */
export function within(value: unknown, most: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined;
}

function askEngine(): Map<string, WeaponConfig> {
  const { GameMap, WEAPONS, World } = engine();
  const world = new World({ rules: 'legacy', maxMatches: 1 });
  const match = world.createMatch(GameMap.fromRects([]));
  const isLegal = (loadout: Loadout): boolean => {
    try {
      world.removePlayer(match, world.addPlayer(match, { loadout, spawn: false }));
      return true;
    } catch {
      return false;
    }
  };
  const rifleman = (...support: string[]): Loadout => ({ primary: 'rifle', secondary: 'pistol', support });
  const player = world.addPlayer(match);
  const found = new Map<string, WeaponConfig>();
  for (const type of WEAPONS) {
    world.giveWeapon(match, player, type);
    const view = world.weapons(match, player).find((each) => each.weapon === type)!;
    const slot = isLegal({ ...rifleman(), primary: type }) ? 'primary' : isLegal({ ...rifleman(), secondary: type }) ? 'secondary' : 'support';
    const supportSlots = slot !== 'support' ? 0 : isLegal(rifleman(type, type, type)) ? 1 : isLegal(rifleman(type, 'grenade')) ? 2 : 3;
    found.set(type, Object.freeze({
      id: type, type, slot, supportSlots, maxAmmo: view.maxAmmo, maxReserve: view.maxReserve, damage: view.damage, fireRate: view.rate,
      reloadTime: view.reloadMs, accuracy: rounded(view.accuracy), range: view.range,
    }));
  }
  world.destroyMatch(match);
  return found;
}
