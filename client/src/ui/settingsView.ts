import { Disposer } from '../core/disposer';
import {
  ACTION_LABELS, ACTIONS, bind, conflicts, DEFAULT_BINDINGS, isBindable, keyName, type Action,
} from '../input/bindings';
import { FOG_STYLES, type FogStyle } from '../render/fogStyles';
import { PALETTE_NAMES, type PaletteName } from '../render/palette';
import { saveSettings, type Settings, type Switch } from '../settings';
import { el, setText } from './dom';

const SWITCHES: readonly (readonly [key: Switch, label: string, meaning: string])[] = [
  ['sound', 'Sound', 'Off is silent, whatever the volume'],
  ['captions', 'Captions for sounds', 'What you hear is written too, with an arrow to where it comes from'],
  ['darkFlashes', 'Dark flashes', 'For photosensitive eyes: flashes darken the screen instead of whitening it, and glows are dim'],
  ['shake', 'Screen shake', 'The picture shakes with explosions and heavy weapons'],
];
const PALETTE_TEXT: Readonly<Record<PaletteName, readonly [label: string, meaning: string]>> = {
  standard: ['Normal', 'Red and blue'],
  deuteranopia: ['Deutan', 'For who sees green badly: orange and blue'],
  protanopia: ['Protan', 'For who sees red badly: amber and blue'],
  tritanopia: ['Tritan', 'For who sees blue badly: red and teal'],
};
const FOG_TEXT: Readonly<Record<FogStyle, readonly [label: string, meaning: string]>> = {
  dark: ['Dark', 'What is not seen lies in the dark'],
  mist: ['Mist', 'What is not seen is pale, for dim screens and who sees little in the dark'],
  grain: ['Hatched', 'What is not seen is hatched, told apart by its pattern too'],
};

export interface SettingsActions {
  /** The teams' colours must be painted anew. */
  onPalette(): void;
  onClose(): void;
}

/** All settings: each acts and is kept at once. A form, so that Tab, arrows and Space work as the browser has them; Escape goes back. */
export class SettingsView {
  private readonly root: HTMLElement;
  private readonly disposer = new Disposer();
  private readonly hint = el('p', 'reason', { role: 'status', id: 'settings-hint' });
  private readonly rows = new Map<Action, { readonly row: HTMLElement; readonly keys: readonly HTMLButtonElement[] }>();
  /** Waits for a key. */
  private asked: { readonly action: Action; readonly place: 0 | 1 } | null = null;

  constructor(parent: HTMLElement, private readonly settings: Settings, private readonly actions: SettingsActions) {
    const { disposer } = this;
    const close = el('button', 'primary', { type: 'button', id: 'settings-close' }, 'Done');
    const reset = el('button', '', { type: 'button', id: 'settings-keys-reset' }, 'Standard keys');
    const form = el(
      'form',
      'settings-form',
      { autocomplete: 'off', 'aria-label': 'Settings' },
      el(
        'div',
        'column',
        {},
        this.switches(),
        this.choice('palette', 'Team colours', PALETTE_NAMES, PALETTE_TEXT, () => settings.palette, (name) => {
          settings.palette = name;
          actions.onPalette();
        }),
        el('div', 'swatches', { 'aria-hidden': 'true' }, el('span', 'swatch red'), el('span', 'swatch blue')),
        this.choice('fog', 'Fog of war', FOG_STYLES, FOG_TEXT, () => settings.fog, (style) => {
          settings.fog = style;
        }),
        this.hint,
      ),
      el('fieldset', 'keys-box', { 'aria-describedby': 'settings-hint' }, el('legend', 'caption', {}, 'Keys'), this.keyRows()),
    );
    this.root = el(
      'section',
      'settings-screen',
      { role: 'dialog', 'aria-modal': 'true', 'aria-label': 'Settings' },
      el('h2', '', {}, 'Settings'),
      form,
      el('div', 'buttons', {}, reset, close),
    );
    parent.append(this.root);
    disposer.listen(form, 'submit', (event) => event.preventDefault());
    disposer.listen(close, 'click', () => actions.onClose());
    disposer.listen(reset, 'click', () => {
      this.asked = null;
      this.setKeys(DEFAULT_BINDINGS);
    });
    // Before the scene hears of it, and before the browser goes on to the next control.
    disposer.listen(window, 'keydown', (event) => this.key(event), { capture: true });
    disposer.listen(this.root, 'focusout', () => {
      if (!this.asked) return;
      this.asked = null;
      this.showKeys();
    });
    disposer.add(() => this.root.remove());
    this.showKeys();
    this.root.querySelector('input')?.focus();
  }

  close(): void {
    this.disposer.dispose();
  }

  private switches(): HTMLElement {
    const { settings, disposer } = this;
    const box = el('div', 'settings');
    for (const [key, label, meaning] of SWITCHES) {
      const input = el('input', 'sr', { type: 'checkbox', id: `set-${key}` });
      input.checked = settings[key];
      const item = el('div', `setting for-${key}`, {}, input, el('label', 'switch', { for: input.id, title: meaning }, el('span', 'box'), label));
      if (key === 'sound') item.append(volumeSlider(settings, disposer));
      box.append(item);
      this.explain(input, meaning);
      disposer.listen(input, 'change', () => {
        settings[key] = input.checked;
        saveSettings(settings);
      });
    }
    return box;
  }

  private choice<T extends string>(
    name: string,
    title: string,
    values: readonly T[],
    texts: Readonly<Record<T, readonly [label: string, meaning: string]>>,
    get: () => T,
    set: (value: T) => void,
  ): HTMLElement {
    const options = el('div', 'options');
    for (const value of values) {
      const [label, meaning] = texts[value];
      const radio = el('input', 'sr', { type: 'radio', name, id: `set-${name}-${value}`, value });
      radio.checked = get() === value;
      options.append(radio, el('label', 'option', { for: radio.id, title: meaning }, label));
      this.explain(radio, meaning);
      this.disposer.listen(radio, 'change', () => {
        set(value);
        saveSettings(this.settings);
      });
    }
    return el('fieldset', 'plain', {}, el('legend', 'caption', {}, title), options);
  }

  private explain(input: HTMLInputElement, meaning: string): void {
    this.disposer.listen(input, 'focus', () => this.say(meaning, false));
  }

  private say(text: string, bad: boolean): void {
    setText(this.hint, text);
    this.hint.classList.toggle('dim', !bad);
  }

  private keyRows(): HTMLElement {
    const list = el('div', 'key-rows');
    for (const action of ACTIONS) {
      const keys = ([0, 1] as const).map((place) => {
        const button = el('button', 'key', { type: 'button', id: `key-${action}-${place}` });
        this.disposer.listen(button, 'click', () => {
          this.asked = { action, place };
          this.showKeys();
          this.say(`${ACTION_LABELS[action]}: press a key \u00b7 Esc keeps it`, false);
        });
        this.disposer.listen(button, 'focus', () => this.explainKey(action));
        return button;
      });
      const row = el('div', 'key-row', {}, el('span', 'key-name', {}, ACTION_LABELS[action]), ...keys);
      this.rows.set(action, { row, keys });
      list.append(row);
    }
    return list;
  }

  private explainKey(action: Action): void {
    const shared = conflicts(this.settings.keys).get(action);
    if (shared) this.say(`${ACTION_LABELS[action]} shares a key with ${shared.map((other) => ACTION_LABELS[other]).join(', ')}: only the first in the list has it`, true);
    else this.say('Enter sets a key, Delete takes it away', false);
  }

  private showKeys(): void {
    const { keys } = this.settings;
    const shared = conflicts(keys);
    const isTwice = (code: string): boolean => code !== '' && ACTIONS.filter((action) => keys[action].includes(code)).length > 1;
    for (const [action, { row, keys: buttons }] of this.rows) {
      const isShared = shared.has(action);
      row.classList.toggle('conflict', isShared);
      buttons.forEach((button, place) => {
        const isAsked = this.asked?.action === action && this.asked.place === place;
        const code = keys[action][place] ?? '';
        button.classList.toggle('asked', isAsked);
        button.classList.toggle('twice', isTwice(code));
        setText(button, isAsked ? '?' : isTwice(code) ? `${keyName(code)} !` : keyName(code));
        const state = isAsked ? 'press a key' : code === '' ? 'none' : keyName(code);
        button.setAttribute('aria-label', `${ACTION_LABELS[action]}, ${place === 0 ? 'key' : 'second key'}: ${state}${isShared ? ', used twice' : ''}`);
      });
    }
  }

  private setKeys(keys: Settings['keys']): void {
    this.settings.keys = keys;
    saveSettings(this.settings);
    this.showKeys();
  }

  private key(event: KeyboardEvent): void {
    const { asked } = this;
    const stop = (): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    if (!asked) {
      if (event.code === 'Escape') {
        stop();
        this.actions.onClose();
        return;
      }
      const place = event.code === 'Delete' || event.code === 'Backspace' ? this.focused() : null;
      if (!place) return;
      stop();
      this.setKeys(bind(this.settings.keys, place.action, place.place, ''));
      this.explainKey(place.action);
      return;
    }
    stop();
    if (event.repeat) return;
    if (event.code !== 'Escape' && !isBindable(event.code)) {
      this.say(`${keyName(event.code) || 'This key'} can\u2019t be used: it is the system\u2019s or the browser\u2019s`, true);
      return;
    }
    this.asked = null;
    this.setKeys(event.code === 'Escape' ? this.settings.keys : bind(this.settings.keys, asked.action, asked.place, event.code));
    this.explainKey(asked.action);
  }

  private focused(): { action: Action; place: 0 | 1 } | null {
    for (const [action, { keys }] of this.rows) {
      if (document.activeElement === keys[0]) return { action, place: 0 };
      if (document.activeElement === keys[1]) return { action, place: 1 };
    }
    return null;
  }
}

function volumeSlider(settings: Settings, disposer: Disposer): HTMLElement {
  const slider = el('input', 'slider', { type: 'range', id: 'set-volume', min: '0', max: '100', step: '5', 'aria-label': 'Volume' });
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
