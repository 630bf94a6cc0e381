import type { Disposer } from '../core/disposer';
import { hasTools } from '../core/pages';
import type { Team } from '../core/rules';
import { keyOf, type Action } from '../input/bindings';
import type { Service } from '../net/service';
import type { Settings } from '../settings';
import { el, setShown, setText } from './dom';

export interface MenuChoice {
  readonly name: string;
  readonly team: Team | 'auto';
}

export interface MenuActions {
  /** Name and team as they stand; before each of the others. */
  onChange(choice: MenuChoice): void;
  onPlay(): void;
  onRated(): void;
  onLobbies(): void;
  onLeaderboard(): void;
  onSettings(): void;
}

const NAME_LIMIT = 16;

export function cleanName(raw: string): string {
  return raw.replace(/\s+/g, ' ').trim().slice(0, NAME_LIMIT);
}

/** The first screen: a form, so that Enter, Tab and the arrow keys work as the browser has them. */
export class MenuView {
  private readonly root: HTMLElement;
  private readonly help = el('p', 'help');
  private readonly submit = el('button', 'primary', { type: 'submit', id: 'quick-match' });
  private readonly rated = el('button', '', { type: 'button', id: 'open-queue' }, 'Rated match');
  private readonly lobbies = el('button', '', { type: 'button', id: 'open-lobbies' }, 'Find or open');
  private readonly board = el('button', '', { type: 'button', id: 'open-leaderboard' }, 'Leaderboard');
  private readonly teamBox = el('fieldset', 'plain');
  /** Of what this server has, where it has not all. */
  private readonly what = el('p', 'dim what', { role: 'status' });
  private readonly invited: '' | 'lobby' | 'party';
  /** The first button leads to a rated match. */
  private isRatedFirst = false;

  constructor(
    parent: HTMLElement,
    initial: MenuChoice,
    notice: string,
    invited: '' | 'lobby' | 'party',
    private readonly settings: Settings,
    actions: MenuActions,
    disposer: Disposer,
  ) {
    const { submit, rated, lobbies, board } = this;
    setText(submit, invited === 'party' ? 'Join the party' : invited === 'lobby' ? 'Join your friends' : 'Quick match');
    this.invited = invited;
    const open = el('button', '', { type: 'button', id: 'open-settings' }, 'Settings');
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
      this.teamBox,
      this.what,
      submit,
      el('div', 'buttons', {}, rated, lobbies),
      el('div', 'buttons', {}, board, open),
    );
    this.teamBox.append(el('legend', 'caption', {}, 'Team'), teams);
    this.root = el(
      'main',
      'menu',
      {},
      el('h1', 'title', {}, 'Trespasser'),
      notice ? el('p', 'subtitle notice', { role: 'status' }, notice) : el('p', 'subtitle', {}, 'Every wall is a door'),
      form,
      this.help,
      // In tabs of their own: what is set here stays.
      ...(hasTools ? [el(
        'nav', 'tools', { 'aria-label': 'Tools' },
        el('a', 'button', { href: './replay.html', target: '_blank', rel: 'noopener', id: 'open-replays' }, 'Replays'),
        el('a', 'button', { href: './editor.html', target: '_blank', rel: 'noopener', id: 'open-editor' }, 'Map editor'),
      )] : []),
    );
    this.showHelp();
    parent.append(this.root);
    const go = (action: () => void) => (event: Event): void => {
      event.preventDefault();
      const team = radios.find((radio) => radio.checked)?.value;
      actions.onChange({ name: cleanName(name.value) || 'Player', team: team === 'red' || team === 'blue' ? team : 'auto' });
      action();
    };
    const play = go(actions.onPlay);
    const playRated = go(actions.onRated);
    disposer.listen(form, 'submit', (event) => (this.isRatedFirst ? playRated : play)(event));
    disposer.listen(rated, 'click', playRated);
    disposer.listen(board, 'click', go(actions.onLeaderboard));
    disposer.listen(lobbies, 'click', go(actions.onLobbies));
    disposer.listen(open, 'click', go(actions.onSettings));
    disposer.add(() => this.root.remove());
    name.focus();
    name.select();
  }

  /** Shows what there is. @param service null: not known, so that all may be there. @param party members of the own one; 0: none */
  offer(service: Service | null, party: number): void {
    const hasLobbies = service?.lobbies !== false;
    const hasRated = service?.rated !== false;
    this.isRatedFirst = this.invited === 'party' || (!hasLobbies && hasRated);
    setText(this.rated, party > 0 ? `Party of ${party}` : 'Rated match');
    if (this.invited === '') setText(this.submit, !this.isRatedFirst ? 'Quick match' : party > 0 ? `Party of ${party}` : 'Rated match');
    setShown(this.rated, hasRated && !(this.isRatedFirst && this.invited === ''));
    setShown(this.lobbies, hasLobbies);
    setShown(this.board, service === null ? true : service.leaderboard);
    // The matchmaker gives sides.
    setShown(this.teamBox, hasLobbies);
    const why = service === null ? '' : !hasLobbies ? 'Only rated matches here' : !hasRated ? 'No rated matches here' : '';
    setText(this.what, why);
    setShown(this.what, why !== '');
  }

  /** Another screen stands before this one. @param focus id of what has the focus when it is gone */
  cover(covered: boolean, focus = ''): void {
    this.root.hidden = covered;
    if (covered) return;
    this.showHelp();
    document.getElementById(focus)?.focus();
  }

  /** The keys as they are set. */
  private showHelp(): void {
    const key = (action: Action): string => keyOf(this.settings.keys, action);
    const walk = (['up', 'left', 'down', 'right'] as const).map(key);
    const lines = [
      `${walk.join(walk.every((one) => one.length === 1) ? '' : ' ')} move \u00b7 ${key('run')} run \u00b7 ${key('sneak')} sneak \u00b7 Mouse aim and fire \u00b7 Right aim down sights`,
      `${key('reload')} reload \u00b7 ${key('weapon1')}-${key('weapon5')} or wheel weapons \u00b7 Hold fire to charge a throw \u00b7 ${key('throw')} throw at once`,
      `${key('scores')} scores \u00b7 ${key('loadout')} loadout \u00b7 Esc menu`,
    ];
    this.help.replaceChildren(...lines.flatMap((line, i) => (i === 0 ? [line] : [el('br'), line])));
  }
}
