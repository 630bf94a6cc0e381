/** Of this browser, not of a match. */
export interface Settings {
  /** Flashes darken the screen instead of whitening it, and glows are dim. */
  darkFlashes: boolean;
  shake: boolean;
}

const KEY = 'trespasser.settings';

/** Storage may be full, forbidden, or hold anything. Who asks the system for less motion gets no shaking. */
export function loadSettings(): Settings {
  const settings = { darkFlashes: false, shake: !window.matchMedia('(prefers-reduced-motion: reduce)').matches };
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof raw === 'object' && raw !== null) {
      const { darkFlashes, shake } = raw as Partial<Record<keyof Settings, unknown>>;
      if (typeof darkFlashes === 'boolean') settings.darkFlashes = darkFlashes;
      if (typeof shake === 'boolean') settings.shake = shake;
    }
  } catch {
    // As if nothing were stored.
  }
  return settings;
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // They hold until the page is left.
  }
}
