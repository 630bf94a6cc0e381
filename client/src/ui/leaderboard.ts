import type { Disposer } from '../core/disposer';
import type { BoardEntry, BoardPage, OwnRank } from '../net/leaderboard';
import { shownPoints } from '../net/matchReport';
import { el, setShown, setText } from './dom';

export interface LeaderboardActions {
  onMode(mode: string): void;
  onNext(): void;
  onTop(): void;
  onBack(): void;
}

/** The best of a mode, a page at a time, and where oneself stands. */
export class LeaderboardView {
  private readonly root: HTMLElement;
  private readonly own = el('p', 'own-rank', { role: 'status' });
  private readonly list = el('div', 'board-list', { tabindex: '0', role: 'region', 'aria-label': 'Players', id: 'board-list' });
  private readonly top = el('button', '', { type: 'button', id: 'board-top' }, 'Top');
  private readonly next = el('button', '', { type: 'button', id: 'board-next' }, 'Next');

  constructor(parent: HTMLElement, modes: readonly string[], mode: string, actions: LeaderboardActions, disposer: Disposer) {
    const options = el('div', 'options');
    for (const name of modes) {
      const radio = el('input', 'sr', { type: 'radio', name: 'mode', id: `board-${name}`, value: name });
      radio.checked = name === mode;
      disposer.listen(radio, 'change', () => actions.onMode(name));
      options.append(radio, el('label', 'option', { for: radio.id }, name.charAt(0).toUpperCase() + name.slice(1)));
    }
    const back = el('button', '', { type: 'button', id: 'board-back' }, 'Back');
    this.root = el(
      'main', 'lobbies leaderboard', { 'aria-label': 'Leaderboard' },
      el('div', 'board-head', {}, el('h2', '', {}, 'Leaderboard'), el('fieldset', 'plain', { 'aria-label': 'Mode' }, options)),
      this.own, this.list,
      el('div', 'buttons', {}, this.top, this.next, back),
    );
    parent.append(this.root);
    disposer.listen(this.top, 'click', () => actions.onTop());
    disposer.listen(this.next, 'click', () => actions.onNext());
    disposer.listen(back, 'click', () => actions.onBack());
    disposer.listen(this.root, 'keydown', (event) => {
      if (event.code !== 'Escape') return;
      event.preventDefault();
      actions.onBack();
    });
    disposer.add(() => this.root.remove());
    this.asking();
    back.focus();
  }

  asking(): void {
    this.empty('Asking the server\u2026');
    setText(this.own, '');
  }

  fail(problem: string): void {
    this.empty(problem);
    setText(this.own, '');
  }

  show({ entries, next, season }: BoardPage, own: OwnRank | null, isTop: boolean): void {
    setText(this.own, ownText(own, season));
    if (entries.length === 0) this.empty('Nobody has played this mode in this season yet');
    else {
      this.list.replaceChildren(el(
        'table', '', {},
        el('thead', '', {}, el('tr', '', {}, ...['Rank', 'Player', 'Rating', 'Within', 'Matches'].map((head) => el('th', '', { scope: 'col' }, head)))),
        el('tbody', '', {}, ...entries.map((entry) => row(entry, entry.playerId === own?.playerId))),
      ));
      this.list.scrollTop = 0;
    }
    setShown(this.next, next !== null);
    setShown(this.top, !isTop);
    if (document.activeElement === document.body || (document.activeElement as HTMLElement | null)?.hidden) this.list.focus();
  }

  private empty(text: string): void {
    this.list.replaceChildren(el('p', 'dim empty', {}, text));
    setShown(this.next, false);
    setShown(this.top, false);
  }
}

function row({ rank, name, points, deviation, games }: BoardEntry, isOwn: boolean): HTMLElement {
  const cells = [String(rank), name, shownPoints(points), `\u00b1${Math.round(deviation)}`, String(games)];
  return el('tr', isOwn ? 'own' : '', {}, ...cells.map((cell) => el('td', '', {}, cell)));
}

function ownText(own: OwnRank | null, season: number): string {
  if (own === null) return `Season ${season} \u00b7 play a rated match to stand here`;
  if (own.rank === null) return `Season ${season} \u00b7 you have not played this mode in it`;
  const { rank, exact, points } = own.rank;
  return `Season ${season} \u00b7 you are ${exact ? '' : 'about '}number ${rank} with ${shownPoints(points)}`;
}
