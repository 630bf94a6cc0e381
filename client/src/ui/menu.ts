import type { Disposer } from '../core/disposer';
import type { Team } from '../core/rules';
import type { Settings } from '../settings';
import { el } from './dom';
import { settingsView } from './settingsView';

export interface MenuChoice {
  readonly name: string;
  readonly team: Team | 'auto';
}

const NAME_LIMIT = 16;

export function cleanName(raw: string): string {
  return raw.replace(/\s+/g, ' ').trim().slice(0, NAME_LIMIT);
}

/** The first screen: a form, so that Enter, Tab and the arrow keys work as the browser has them. */
export class MenuView {
  private readonly root: HTMLElement;
  private readonly submit = el('button', 'primary', { type: 'submit', id: 'quick-match' }, 'Quick match');

  constructor(
    parent: HTMLElement,
    initial: MenuChoice,
    notice: string,
    settings: Settings,
    onStart: (choice: MenuChoice) => void,
    disposer: Disposer,
  ) {
    const name = el('input', 'field', {
      id: 'player-name',
      name: 'name',
      type: 'text',
      maxlength: String(NAME_LIMIT),
      autocomplete: 'nickname',
      spellcheck: 'false',
      placeholder: 'Player',
    });
    name.value = initial.name;
    const teams = el('div', 'teams');
    const radios: HTMLInputElement[] = [];
    for (const [value, label] of [
      ['red', 'Red'],
      ['auto', 'Auto'],
      ['blue', 'Blue'],
    ] as const) {
      const radio = el('input', 'sr', { type: 'radio', name: 'team', id: `team-${value}`, value });
      radio.checked = value === initial.team;
      radios.push(radio);
      teams.append(radio, el('label', `team ${value}`, { for: `team-${value}` }, label));
    }
    const form = el(
      'form',
      'menu-form',
      { autocomplete: 'off' },
      el('label', 'caption', { for: 'player-name' }, 'Name'),
      name,
      el('fieldset', 'plain', {}, el('legend', 'caption', {}, 'Team'), teams),
      this.submit,
      settingsView(settings, 'menu', disposer),
    );
    this.root = el(
      'main',
      'menu',
      {},
      el('h1', 'title', {}, 'Trespasser'),
      notice ? el('p', 'subtitle notice', { role: 'status' }, notice) : el('p', 'subtitle', {}, 'Every wall is a door'),
      form,
      el(
        'p',
        'help',
        {},
        'WASD move \u00b7 Shift run \u00b7 Ctrl or C sneak \u00b7 Mouse aim and fire \u00b7 Right aim down sights',
        el('br'),
        'R reload \u00b7 1-5 or wheel weapons \u00b7 Hold fire to charge a throw \u00b7 G throw at once',
        el('br'),
        'Tab scores \u00b7 L loadout \u00b7 Esc menu',
      ),
    );
    parent.append(this.root);
    disposer.listen(form, 'submit', (event) => {
      event.preventDefault();
      const team = radios.find((radio) => radio.checked)?.value;
      onStart({ name: cleanName(name.value) || 'Player', team: team === 'red' || team === 'blue' ? team : 'auto' });
    });
    disposer.add(() => this.root.remove());
    name.focus();
    name.select();
  }
  /** Another screen stands before this one. */
  cover(covered: boolean): void {
    this.root.hidden = covered;
    if (!covered) this.submit.focus();
  }
}
