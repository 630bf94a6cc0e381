import type { Disposer } from '../core/disposer';
import { codeOf, Modes, whyShut, type LobbyFilter } from '../model/lobbies';
import type { LobbyInfo } from '../net/protocol';
import type { Goal } from '../net/session';
import { el, setText } from './dom';

export interface LobbiesStart {
  /** What went wrong before; may be empty. */
  readonly notice: string;
  /** Of a lobby that one was asked into; may be empty. */
  readonly code: string;
  /** The mode that there is in any case. */
  readonly mode: string;
}

export interface LobbiesActions {
  onGo(goal: Goal): void;
  onFilter(): void;
  onBack(): void;
}

const SHOWN: readonly (readonly [key: 'showFull' | 'showInProgress' | 'showPrivate', label: string])[] = [
  ['showInProgress', 'Running'],
  ['showFull', 'Full'],
  ['showPrivate', 'Private'],
];
const SIZES = [2, 4, 6, 8] as const;
const PASSWORD_LIMIT = 64;

function title(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The list of matches with its filters, joining by a code, and opening a match for friends. */
export class LobbiesView {
  private readonly root: HTMLElement;
  private readonly list = el('div', 'lobby-list', { role: 'radiogroup', 'aria-label': 'Matches' });
  private readonly status = el('p', 'reason', { role: 'status' });
  private readonly code = el('input', 'field', {
    id: 'lobby-code', type: 'text', maxlength: '400', spellcheck: 'false', autocomplete: 'off', placeholder: 'From the list, or a link',
  });
  private readonly password = el('input', 'field', {
    id: 'lobby-password', type: 'password', maxlength: String(PASSWORD_LIMIT), autocomplete: 'off', placeholder: 'If it has one',
  });
  private readonly ownPassword = el('input', 'field', {
    id: 'own-password', type: 'password', maxlength: String(PASSWORD_LIMIT), autocomplete: 'off', placeholder: 'None: the link is enough',
  });
  private readonly modeButton = el('button', 'option', { type: 'button', id: 'lobby-mode' });
  private readonly modes: Modes;
  private wanted: { showPrivate: boolean; showFull: boolean; showInProgress: boolean } = { showPrivate: false, showFull: false, showInProgress: true };
  private mode = '';
  private shown = '';
  private size: number = SIZES[SIZES.length - 1]!;

  constructor(parent: HTMLElement, start: LobbiesStart, private readonly actions: LobbiesActions, private readonly disposer: Disposer) {
    this.modes = new Modes(start.mode);
    const back = el('button', '', { type: 'button', id: 'lobbies-back' }, 'Back');
    const join = el(
      'form',
      'side-form',
      { autocomplete: 'off', 'aria-label': 'Join' },
      el('label', 'caption', { for: 'lobby-code' }, 'Match'),
      this.code,
      el('label', 'caption', { for: 'lobby-password' }, 'Password'),
      this.password,
      el('button', 'primary', { type: 'submit', id: 'lobby-join' }, 'Join'),
    );
    const own = el(
      'form',
      'side-form',
      { autocomplete: 'off', 'aria-label': 'Private match' },
      el('label', 'caption', { for: 'own-password' }, 'Private match: password'),
      this.ownPassword,
      this.sizes(),
      el('button', '', { type: 'submit', id: 'lobby-create' }, 'Open a private match'),
    );
    this.root = el(
      'main',
      'lobbies',
      { 'aria-label': 'Matches' },
      el('h2', '', {}, 'Matches'),
      el(
        'div',
        'lobbies-body',
        {},
        el('div', 'column', {}, this.filters(), this.list, this.status),
        el('div', 'column', {}, join, own, el('div', 'spring'), back),
      ),
    );
    parent.append(this.root);
    disposer.listen(join, 'submit', (event) => {
      event.preventDefault();
      const lobbyId = codeOf(this.code.value);
      if (lobbyId) actions.onGo({ kind: 'join', lobbyId, password: this.password.value });
      else {
        this.say(this.code.value.trim() === '' ? 'Choose a match, or paste an invite link' : 'That is no code and no invite link', true);
        this.code.focus();
      }
    });
    disposer.listen(own, 'submit', (event) => {
      event.preventDefault();
      actions.onGo({ kind: 'create', password: this.ownPassword.value, maxPlayers: this.size });
    });
    disposer.listen(back, 'click', () => actions.onBack());
    disposer.listen(this.root, 'keydown', (event) => {
      if (event.code !== 'Escape') return;
      event.preventDefault();
      actions.onBack();
    });
    disposer.listen(this.list, 'change', (event) => {
      if (event.target instanceof HTMLInputElement) this.code.value = event.target.value;
    });
    // Enter in the list goes where the list points.
    disposer.listen(this.list, 'keydown', (event) => {
      if (event.code !== 'Enter') return;
      event.preventDefault();
      join.requestSubmit();
    });
    disposer.add(() => this.root.remove());
    this.code.value = start.code;
    this.list.append(el('p', 'dim empty', {}, 'Asking the server\u2026'));
    if (start.notice) this.say(start.notice, true);
    (start.code && start.notice ? this.password : this.code).focus();
  }

  get filter(): LobbyFilter {
    return this.mode === '' ? this.wanted : { ...this.wanted, gameMode: this.mode };
  }

  /** Another screen stands before this one. */
  cover(covered: boolean): void {
    this.root.hidden = covered;
    if (!covered) this.code.focus();
  }

  offline(text: string): void {
    this.shown = '';
    this.list.replaceChildren(el('p', 'dim empty', {}, text));
  }

  /** Nothing is touched where nothing changed, so that the focus stays where it is. */
  show(lobbies: readonly LobbyInfo[]): void {
    this.modes.note(lobbies);
    const text = JSON.stringify(lobbies);
    if (text === this.shown) return;
    this.shown = text;
    const focused = document.activeElement instanceof HTMLInputElement && this.list.contains(document.activeElement) ? document.activeElement.value : null;
    const chosen = codeOf(this.code.value);
    const rows: HTMLElement[] = [];
    let back: HTMLElement | null = null;
    lobbies.forEach((lobby, i) => {
      const radio = el('input', 'sr', { type: 'radio', name: 'lobby', id: `lobby-${i}`, value: lobby.id });
      radio.checked = lobby.id === chosen;
      if (lobby.id === focused) back = radio;
      const shut = whyShut(lobby);
      rows.push(radio, el(
        'label',
        `lobby-row${shut ? ' shut' : ''}`,
        { for: radio.id },
        el('span', 'lobby-name', {}, title(lobby.mapName) || 'Unnamed map'),
        el('span', 'dim', {}, title(lobby.gameMode)),
        el('span', lobby.status === 'waiting' ? 'good' : 'dim', {}, lobby.status === 'waiting' ? 'Waiting' : 'Running'),
        el('span', lobby.passwordRequired ? 'lock' : 'dim', {}, lobby.passwordRequired ? 'Password' : lobby.isPrivate ? 'Private' : ''),
        el('span', 'count', {}, shut || `${lobby.playerCount}/${lobby.maxPlayers}`),
      ));
    });
    this.list.replaceChildren(...(rows.length > 0 ? rows : [el('p', 'dim empty', {}, 'No match like this: open one, or take a quick match')]));
    (back as HTMLElement | null)?.focus();
  }

  private say(text: string, bad: boolean): void {
    setText(this.status, text);
    this.status.classList.toggle('dim', !bad);
  }

  private filters(): HTMLElement {
    const box = el('div', 'filters', { role: 'group', 'aria-label': 'Shown' });
    const showMode = (): void => setText(this.modeButton, `Mode: ${this.mode === '' ? 'all' : this.mode}`);
    showMode();
    this.disposer.listen(this.modeButton, 'click', () => {
      this.mode = this.modes.after(this.mode);
      showMode();
      this.actions.onFilter();
    });
    for (const [key, label] of SHOWN) {
      const input = el('input', 'sr', { type: 'checkbox', id: `filter-${key}` });
      input.checked = this.wanted[key];
      box.append(el('span', 'setting', {}, input, el('label', 'switch', { for: input.id }, el('span', 'box'), label)));
      this.disposer.listen(input, 'change', () => {
        this.wanted = { ...this.wanted, [key]: input.checked };
        this.actions.onFilter();
      });
    }
    box.append(this.modeButton);
    return box;
  }

  private sizes(): HTMLElement {
    const options = el('div', 'options');
    for (const size of SIZES) {
      const radio = el('input', 'sr', { type: 'radio', name: 'size', id: `size-${size}`, value: String(size) });
      radio.checked = size === this.size;
      options.append(radio, el('label', 'option', { for: radio.id }, String(size)));
      this.disposer.listen(radio, 'change', () => {
        this.size = size;
      });
    }
    return el('fieldset', 'plain', {}, el('legend', 'caption', {}, 'Players at most'), options);
  }
}
