import { cleanLoadout, DEFAULT_LOADOUT } from './model/loadout';
import type { Wish } from './services';
import { cleanName } from './ui/menu';

const KEY = 'trespasser.wish';

/** Storage may be full, forbidden, or hold anything. */
export function loadWish(): Wish {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof raw === 'object' && raw !== null) {
      const { name, team, loadout } = raw as { name?: unknown; team?: unknown; loadout?: unknown };
      return {
        name: typeof name === 'string' ? cleanName(name) : '',
        team: team === 'red' || team === 'blue' ? team : 'auto',
        loadout: cleanLoadout(loadout),
      };
    }
  } catch {
    // As if nothing were stored.
  }
  return { name: '', team: 'auto', loadout: DEFAULT_LOADOUT };
}

export function saveWish(wish: Wish): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(wish));
  } catch {
    // The game works without.
  }
}
