import type { Disposer } from '../core/disposer';
import type { MatchModel } from '../model/match';
import { shownChange, shownPoints, type MatchReport, type ReportState, type ReportedPlayer } from '../net/matchReport';
import type { MatchEnded, MatchResultRow } from '../net/protocol';
import { clockTime, el } from './dom';
import { table } from './scoreTable';

/** Of a match whose result counts. */
export interface Rated {
  readonly state: ReportState;
  readonly report: MatchReport | null;
  /** Account of each row of the results, by the row's id. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Account of oneself. */
  readonly ownAccount: string;
  /** Address of the viewer with the match's recording; empty: it can't be had here. */
  readonly replay: string;
}

export interface ResultsActions {
  onMenu(): void;
  /** To the queue for another rated match. */
  onNext(): void;
}

/** Points: who is known less well than this is still being placed. */
const PLACED_DEVIATION = 150;

/** How the match has ended, and what it did to ratings. */
export class ResultsCard {
  readonly root = el('div', 'card end', { role: 'dialog', 'aria-label': 'Match result' });
  private shown = '';
  private shownResult: MatchEnded | null = null;

  constructor(actions: ResultsActions, disposer: Disposer) {
    this.root.hidden = true;
    disposer.listen(this.root, 'click', (event) => {
      if (!(event.target instanceof HTMLButtonElement)) return;
      if (event.target.id === 'next-match') actions.onNext();
      else actions.onMenu();
    });
  }

  /** Once a frame. @param rated null: of a lobby's own match, which goes on with the next. @param version counts what has changed of it */
  update(match: MatchModel, rated: Rated | null, version: number): void {
    const { result } = match;
    if (this.root.hidden !== (result === null)) this.root.hidden = result === null;
    if (!result) return;
    const text = `${version} ${rated?.accounts.size ?? ''} ${rated?.replay ?? ''}`;
    if (result === this.shownResult && text === this.shown) return;
    const isNew = result !== this.shownResult;
    this.shown = text;
    this.shownResult = result;
    const focused = this.root.contains(document.activeElement) ? document.activeElement!.id : '';
    this.root.replaceChildren(...this.lines(match, result, rated));
    if (focused) document.getElementById(focused)?.focus();
    else if (isNew && rated) document.getElementById('next-match')?.focus();
  }

  private lines(match: MatchModel, result: MatchEnded, rated: Rated | null): HTMLElement[] {
    const won = result.winnerTeam;
    const rows = [...result.playerStats].sort(
      (a, b) => (a.team === b.team ? 0 : a.team === 'red' ? -1 : 1) || b.kills - a.kills || a.deaths - b.deaths,
    );
    const best = bestOf(rows);
    const ownTeam = rows.find((row) => row.playerId === match.ownId)?.team ?? match.own?.team ?? null;
    const verdict = won === null || ownTeam === null ? '' : won === ownTeam ? 'Victory' : 'Defeat';
    const players = new Map(rated?.report?.players.map((player) => [player.id, player]));
    const ratingOf = (row: MatchResultRow): ReportedPlayer['rating'] => players.get(rated?.accounts.get(row.playerId) ?? '')?.rating ?? null;
    const change = (row: MatchResultRow): string => {
      const rating = ratingOf(row);
      return rating ? shownChange(rating) : rated?.state === 'known' ? '\u2013' : '\u2026';
    };
    const leave = el('button', '', { type: 'button', id: 'leave-end' }, 'Back to menu');
    const score = [el('span', 'red', {}, String(result.redKills)), ' : ', el('span', 'blue', {}, String(result.blueKills))];
    const winner = won === 'red' ? 'Red wins' : won === 'blue' ? 'Blue wins' : 'A draw';
    return [
      // Eight players and their ratings leave no room for two lines.
      ...(rated ? [el('h2', '', {}, el('span', won ?? '', {}, winner), '  ', ...score)] : [el('h2', won ?? '', {}, winner), el('p', 'final', {}, ...score)]),
      el('p', 'dim', {}, [verdict, result.duration > 0 ? clockTime(result.duration) : ''].filter(Boolean).join(' \u00b7 ')),
      ...(rated ? [ratingLine(rated, players.get(rated.ownAccount)?.rating ?? null)] : []),
      table(
        ['Player', 'Kills', 'Deaths', 'Damage', ...(rated ? ['Rating'] : [])],
        rows.map((row) => ({
          className: `${row.team}${row.playerId === match.ownId ? ' own' : ''}${row === best ? ' best' : ''}`,
          cells: [row.playerName, String(row.kills), String(row.deaths), String(Math.round(row.damageDealt)), ...(rated ? [change(row)] : [])],
          team: row.team,
        })),
        null,
      ),
      ...(rated ? [
        el('div', 'buttons', {}, el('button', 'primary', { type: 'button', id: 'next-match' }, 'Next match'), ...watch(rated), leave),
      ] : [el('p', 'dim', {}, 'The next match starts in a moment'), leave]),
    ];
  }
}

function watch({ replay }: Rated): HTMLElement[] {
  return replay === '' ? [] : [el('a', 'button', { href: replay, target: '_blank', rel: 'noopener', id: 'watch-replay' }, 'Watch replay')];
}

function ratingLine({ state, report }: Rated, own: ReportedPlayer['rating']): HTMLElement {
  const line = (text: string): HTMLElement => el('p', 'rating dim', { role: 'status' }, text);
  if (state === 'pending') return line('Your rating follows\u2026');
  if (state === 'away') return line('Your rating follows: the ratings can\u2019t be reached, the result is kept');
  if (state === 'late' || !report) return line('Your rating follows later: the result is kept');
  if (!own) return line(report.rated ? 'No rating of yours changes' : 'Not rated: one side was empty');
  const { before, after } = own;
  const change = shownChange(own);
  const way = change.startsWith('+') ? 'good' : change.startsWith('\u2212') ? 'bad' : 'dim';
  return el(
    'p', 'rating', { role: 'status' },
    'Rating ', el('span', 'dim', {}, `${shownPoints(before.points)} \u2192 `), el('b', '', {}, shownPoints(after.points)), ' ', el('span', way, {}, `(${change})`),
    el('span', 'dim', {}, after.deviation > PLACED_DEVIATION ? ` \u00b7 still being placed, \u00b1${Math.round(after.deviation)}` : ` \u00b7 \u00b1${Math.round(after.deviation)}`),
  );
}

function bestOf(rows: readonly MatchResultRow[]): MatchResultRow | null {
  let best: MatchResultRow | null = null;
  for (const row of rows) {
    if (!best || row.kills > best.kills || (row.kills === best.kills && row.damageDealt > best.damageDealt)) best = row;
  }
  return best && best.kills > 0 ? best : null;
}
