import { createWeapon, weaponConfig, within, type WeaponConfig } from './armoury.js';
import type { Loadout } from './engine.js';
import { named } from './refusals.js';
import type { LegacyWeapon } from './state.js';

/** Slots of a loadout's support items. */
const SUPPORT_SLOTS = 3;

// By what they are of: older compilers have other names for a map's iterators.
type Entries = ReturnType<Map<string, LegacyWeapon>['entries']>;
type Keys = ReturnType<Map<string, LegacyWeapon>['keys']>;
type Values = ReturnType<Map<string, LegacyWeapon>['values']>;

/** What a player's {@link CarriedWeapons} ask of the match. */
export interface Hands {
  /** What the match says is carried, in the order of its places; undefined: nothing has changed since it was asked last. */
  news(): LegacyWeapon[] | undefined;
  /** A loadout was written that has not reached the match yet. */
  written(): void;
  /** Rounds of a weapon that is carried were written. */
  rounds(type: string, ammo: number, reserve: number): void;
  refuse(reason: string): void;
}

/**
 * What a player carries, by type: a live `Map`. What a host clears, sets and deletes becomes the player's loadout before
 * the match is next looked at or stepped; rounds written into an entry become those of the weapon.
 *
 * A weapon set into a place that another has takes it over: a player has one primary and one secondary weapon. What a
 * loadout must have and the map lacks, primary or secondary, stays as it was; an emptied map waits until something is set.
 */
export class CarriedWeapons extends Map<string, LegacyWeapon> {
  readonly #hands: Hands;
  /** Rounds of each entry as the match has them. */
  readonly #rounds = new Map<string, readonly [number, number]>();
  #isWritten = false;

  constructor(hands: Hands) {
    super();
    this.#hands = hands;
  }

  /** A loadout was written and is not in the match yet. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  override get size(): number {
    return this.#fresh().#size;
  }

  override get(type: string): LegacyWeapon | undefined {
    this.#fresh();
    return super.get(type);
  }

  override has(type: string): boolean {
    this.#fresh();
    return super.has(type);
  }

  override set(type: string, weapon: LegacyWeapon): this {
    const config = weaponConfig(type);
    if (config === undefined) {
      this.#hands.refuse(`${named(type)} is no weapon`);
      return this;
    }
    this.#fresh();
    // Its place is the last again: a support item written anew does not push out those before it.
    super.delete(type);
    if (!this.#makeRoom(config)) return this;
    super.set(type, createWeapon(config, weapon));
    this.#write();
    return this;
  }

  override delete(type: string): boolean {
    this.#fresh();
    const had = super.delete(type);
    if (had) this.#write();
    return had;
  }

  override clear(): void {
    super.clear();
    this.#write();
  }

  override forEach(call: (weapon: LegacyWeapon, type: string, map: Map<string, LegacyWeapon>) => void, self?: unknown): void {
    this.#fresh();
    super.forEach(call, self);
  }

  override entries(): Entries {
    this.#fresh();
    return super.entries();
  }

  override keys(): Keys {
    this.#fresh();
    return super.keys();
  }

  override values(): Values {
    this.#fresh();
    return super.values();
  }

  override [Symbol.iterator](): Entries {
    return this.entries();
  }

  /** As in `game:state`. */
  toJSON(): Record<string, LegacyWeapon> {
    return Object.fromEntries(this.entries());
  }

  /** The loadout that was written, with what it lacks from `before`; undefined while nothing is in it. To be called once for each. */
  takeLoadout(before: Loadout): Loadout | undefined {
    if (super.size === 0) return undefined;
    this.#isWritten = false;
    // A loadout comes with full magazines.
    this.#rounds.clear();
    const types = [...super.keys()];
    const of = (slot: WeaponConfig['slot']): string[] => types.filter((type) => weaponConfig(type)?.slot === slot);
    return { primary: of('primary')[0] ?? before.primary, secondary: of('secondary')[0] ?? before.secondary, support: of('support') };
  }

  /** Has rounds that were written into entries become those of the match, as far as they are within limits. */
  flushRounds(): void {
    for (const [type, entry] of super.entries()) {
      const config = weaponConfig(type)!;
      const [ammo, reserve] = this.#rounds.get(type) ?? [config.maxAmmo, config.maxReserve];
      if (entry.currentAmmo === ammo && entry.reserveAmmo === reserve) continue;
      const wanted = [within(entry.currentAmmo, config.maxAmmo), within(entry.reserveAmmo, config.maxReserve)] as const;
      if (wanted[0] === undefined || wanted[1] === undefined) {
        this.#hands.refuse(`rounds of the ${type} are ${named(entry.currentAmmo)} and ${named(entry.reserveAmmo)}; `
          + `they must be 0 to ${config.maxAmmo} and 0 to ${config.maxReserve}`);
        [entry.currentAmmo, entry.reserveAmmo] = [ammo, reserve];
      } else {
        this.#rounds.set(type, [wanted[0], wanted[1]]);
        this.#hands.rounds(type, wanted[0], wanted[1]);
      }
    }
  }

  /** What was written last is given up: the match refused it. */
  giveUp(): void {
    this.#isWritten = false;
  }

  get #size(): number {
    return super.size;
  }

  #write(): void {
    this.#isWritten = true;
    this.#hands.written();
  }

  /** Takes in what the match says, unless something else was written. Entries that stay are the same objects. */
  #fresh(): this {
    if (this.#isWritten) return this;
    this.flushRounds();
    const news = this.#hands.news();
    if (news === undefined) return this;
    const before = new Map(super.entries());
    super.clear();
    this.#rounds.clear();
    for (const weapon of news) {
      const entry = before.get(weapon.type);
      super.set(weapon.type, entry === undefined ? weapon : Object.assign(entry, weapon));
      this.#rounds.set(weapon.type, [weapon.currentAmmo, weapon.reserveAmmo]);
    }
    return this;
  }

  #makeRoom(config: WeaponConfig): boolean {
    const others = [...super.keys()].map((type) => weaponConfig(type)!).filter((each) => each.slot === config.slot);
    if (config.slot !== 'support') {
      for (const each of others) super.delete(each.type);
      return true;
    }
    const taken = others.reduce((sum, each) => sum + each.supportSlots, 0);
    if (taken + config.supportSlots <= SUPPORT_SLOTS) return true;
    this.#hands.refuse(`the ${config.type} takes ${config.supportSlots} of ${SUPPORT_SLOTS} support slots, and ${taken} are taken; delete what has them first`);
    return false;
  }
}
