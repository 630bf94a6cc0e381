import type { Disposer } from '../core/disposer';
import { saveSettings, type Settings, type Switch } from '../settings';
import { el } from './dom';

const SWITCHES: readonly (readonly [key: Switch, label: string, meaning: string])[] = [
  ['darkFlashes', 'Dark flashes', 'For photosensitive eyes: flashes darken the screen instead of whitening it, and glows are dim'],
  ['shake', 'Screen shake', 'The picture shakes with explosions and heavy weapons'],
  ['captions', 'Captions for sounds', 'What you hear is written too, with an arrow to where it comes from'],
  ['sound', 'Sound', 'Off is silent, whatever the volume'],
];

/** Switches and the volume, which act and are stored at once. */
export function settingsView(settings: Settings, idPrefix: string, disposer: Disposer): HTMLElement {
  const box = el('div', 'settings');
  for (const [key, label, meaning] of SWITCHES) {
    const input = el('input', 'sr', { type: 'checkbox', id: `${idPrefix}-${key}` });
    input.checked = settings[key];
    const item = el('div', `setting for-${key}`, {}, input, el('label', 'switch', { for: input.id, title: meaning }, el('span', 'box'), label));
    if (key === 'sound') item.append(volumeSlider(settings, `${idPrefix}-volume`, disposer));
    box.append(item);
    disposer.listen(input, 'change', () => {
      settings[key] = input.checked;
      saveSettings(settings);
    });
  }
  return box;
}

function volumeSlider(settings: Settings, id: string, disposer: Disposer): HTMLElement {
  const slider = el('input', 'slider', { type: 'range', id, min: '0', max: '100', step: '5', 'aria-label': 'Volume' });
  slider.value = String(Math.round(settings.volume * 100));
  const show = (): void => slider.style.setProperty('--at', `${slider.value}%`);
  show();
  disposer.listen(slider, 'input', () => {
    settings.volume = Number(slider.value) / 100;
    show();
  });
  disposer.listen(slider, 'change', () => saveSettings(settings));
  return slider;
}
