import { DEFAULT_BINDINGS, readBindings, type Bindings } from './input/bindings';
import { FOG_STYLES, type FogStyle } from './render/fogStyles';
import { PALETTE_NAMES, type PaletteName } from './render/palette';

/** Of this browser, not of a match. */
export interface Settings {
  /** Flashes darken the screen instead of whitening it, and glows are dim. */
  darkFlashes: boolean;
  shake: boolean;
  /** Off: mute, whatever the volume. */
  sound: boolean;
  /** 0 to 1 */
  volume: number;
  /** What is heard is written, with the direction that it comes from. */
  captions: boolean;
  /** Of the teams. */
  palette: PaletteName;
  fog: FogStyle;
  keys: Bindings;
}

export type Switch = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];

const KEY = 'trespasser.settings';
const SWITCHES: readonly Switch[] = ['darkFlashes', 'shake', 'sound', 'captions'];

/** Storage may be full, forbidden, or hold anything. Who asks the system for less motion gets no shaking. */
export function loadSettings(): Settings {
  const settings: Settings = {
    darkFlashes: false,
    shake: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    sound: true,
    volume: 0.8,
    captions: false,
    palette: 'standard',
    fog: 'dark',
    keys: DEFAULT_BINDINGS,
  };
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof raw === 'object' && raw !== null) {
      const stored = raw as Partial<Record<keyof Settings, unknown>>;
      for (const key of SWITCHES) {
        const value = stored[key];
        if (typeof value === 'boolean') settings[key] = value;
      }
      const { volume } = stored;
      if (typeof volume === 'number' && volume >= 0 && volume <= 1) settings.volume = volume;
      settings.palette = PALETTE_NAMES.find((name) => name === stored.palette) ?? settings.palette;
      settings.fog = FOG_STYLES.find((name) => name === stored.fog) ?? settings.fog;
      settings.keys = readBindings(stored.keys);
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
