import type { Disposer } from '../core/disposer';
import { saveSettings, type Settings } from '../settings';
import { el } from './dom';

const SWITCHES: readonly (readonly [key: keyof Settings, label: string, meaning: string])[] = [
  ['darkFlashes', 'Dark flashes', 'For photosensitive eyes: flashes darken the screen instead of whitening it, and glows are dim'],
  ['shake', 'Screen shake', 'The picture shakes with explosions and heavy weapons'],
];

/** Switches that act and are stored at once. */
export function settingsView(settings: Settings, idPrefix: string, disposer: Disposer): HTMLElement {
  const box = el('div', 'settings');
  for (const [key, label, meaning] of SWITCHES) {
    const input = el('input', 'sr', { type: 'checkbox', id: `${idPrefix}-${key}` });
    input.checked = settings[key];
    box.append(input, el('label', 'switch', { for: input.id, title: meaning }, el('span', 'box'), label));
    disposer.listen(input, 'change', () => {
      settings[key] = input.checked;
      saveSettings(settings);
    });
  }
  return box;
}
