import { SUPPORT_SLOTS, weaponInfo, WEAPONS, type WeaponInfo, type WeaponSlot } from '../core/rules';

/** What a player carries into a life. `support` in the order of its keys, 3 and up, each item at most once. */
export interface Loadout {
  readonly primary: string;
  readonly secondary: string;
  readonly support: readonly string[];
}

export const DEFAULT_LOADOUT: Loadout = {
  primary: 'rifle',
  secondary: 'pistol',
  support: ['grenade', 'smokegrenade', 'flashbang'],
};

export function weaponsOf(slot: WeaponSlot): readonly WeaponInfo[] {
  return WEAPONS.filter((weapon) => weapon.slot === slot);
}

export function slotsUsed(support: readonly string[]): number {
  let used = 0;
  for (const type of support) used += weaponInfo(type)?.cost ?? 0;
  return used;
}

/** Why an item can't be added to what is carried; empty where it can. */
export function whyNot(support: readonly string[], type: string): string {
  const item = weaponInfo(type);
  if (!item || item.slot !== 'support') return 'No support item.';
  if (support.includes(type)) return '';
  const free = SUPPORT_SLOTS - slotsUsed(support);
  if (item.cost <= free) return '';
  const needs = `${item.label} takes ${item.cost} ${item.cost === 1 ? 'slot' : 'slots'}`;
  return free === 0 ? `${needs}, none is free. Put something back first.` : `${needs}, ${free} ${free === 1 ? 'is' : 'are'} free.`;
}

/** Takes the item, or puts it back; unchanged where it does not fit. */
export function toggleSupport(loadout: Loadout, type: string): Loadout {
  if (loadout.support.includes(type)) return { ...loadout, support: loadout.support.filter((item) => item !== type) };
  return whyNot(loadout.support, type) ? loadout : { ...loadout, support: [...loadout.support, type] };
}

export function sameLoadout(a: Loadout, b: Loadout): boolean {
  return a.primary === b.primary && a.secondary === b.secondary && a.support.join() === b.support.join();
}

/** A legal loadout out of anything: what does not fit its place is replaced or left out. */
export function cleanLoadout(value: unknown): Loadout {
  const raw = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof Loadout, unknown>>;
  const of = (slot: WeaponSlot, type: unknown): string | null =>
    typeof type === 'string' && weaponInfo(type)?.slot === slot ? type : null;
  if (!Array.isArray(raw.support)) {
    return {
      primary: of('primary', raw.primary) ?? DEFAULT_LOADOUT.primary,
      secondary: of('secondary', raw.secondary) ?? DEFAULT_LOADOUT.secondary,
      support: DEFAULT_LOADOUT.support,
    };
  }
  const support: string[] = [];
  for (const entry of raw.support.slice(0, 16) as unknown[]) {
    const type = of('support', entry);
    if (type && !support.includes(type) && !whyNot(support, type)) support.push(type);
  }
  return {
    primary: of('primary', raw.primary) ?? DEFAULT_LOADOUT.primary,
    secondary: of('secondary', raw.secondary) ?? DEFAULT_LOADOUT.secondary,
    support,
  };
}

/** `primary,secondary,item,item`, as the page's address has it. */
export function parseLoadout(text: string): Loadout {
  const [primary, secondary, ...support] = text.split(',').map((part) => part.trim());
  return cleanLoadout({ primary, secondary, support });
}
