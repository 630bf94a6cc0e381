import type { Team } from '../core/rules';
import { id, line, list, number, record } from './reading';

export interface ReportedRating {
  /** What is shown and ranked by. */
  readonly points: number;
  /** One standard deviation of what is known of the skill. */
  readonly deviation: number;
}

export interface ReportedPlayer {
  /** Of the account. */
  readonly id: string;
  readonly name: string;
  readonly team: Team;
  /** null: not rated. */
  readonly rating: { readonly before: ReportedRating; readonly after: ReportedRating } | null;
}

/** What a service has in its books of a match. */
export interface MatchReport {
  readonly matchId: string;
  readonly state: 'finished' | 'lost';
  readonly mode: string;
  readonly rated: boolean;
  readonly players: readonly ReportedPlayer[];
  /** Whether the recording can be had; null: never. */
  readonly replay: boolean | null;
}

const MAX_PLAYERS = 8;
const MAX_NAME = 24;
const FAR = 100_000;

function readRating(value: unknown): ReportedRating | null {
  const { points, deviation } = record(value);
  const known = [number(points, -FAR, FAR), number(deviation, 0, FAR)] as const;
  return known[0] === null || known[1] === null ? null : { points: known[0], deviation: known[1] };
}

function readPlayer(value: unknown): ReportedPlayer | null {
  const { id: playerId, name, team, rating } = record(value);
  if (!id(playerId) || (team !== 'red' && team !== 'blue')) return null;
  const before = readRating(record(rating)['before']);
  const after = readRating(record(rating)['after']);
  return { id: playerId, name: line(name, MAX_NAME), team, rating: before && after ? { before, after } : null };
}

export function readMatchReport(value: unknown): MatchReport | null {
  const { matchId, state, mode, rated, players, replay } = record(value);
  if (!id(matchId) || (state !== 'finished' && state !== 'lost') || !Array.isArray(players)) return null;
  return {
    matchId, state, mode: line(mode, 32), rated: rated === true,
    players: list(players, MAX_PLAYERS).flatMap((player) => readPlayer(player) ?? []),
    replay: typeof replay === 'boolean' ? replay : null,
  };
}

export type ReportState =
  /** The result is on its way to the books. */
  | 'pending'
  /** The books can't be asked; they are asked again. */
  | 'away'
  /** It was not to be had for long, and is not asked for any more. It counts in any case. */
  | 'late'
  | 'known';

export interface ReportMeans {
  fetch(path: string, init: RequestInit): Promise<Response>;
  setTimer(action: () => void, ms: number): () => void;
}

/** ms between questions: soon at first, since most results are in the books at once. */
const FIRST_MS = 400;
const LONGEST_MS = 5000;
/** A server that is away, or asked too often, is let be for this long. */
const AWAY_MS = 5000;
/** Questions for the rating, some five minutes of them; and, once it is known, for the recording. */
const QUESTIONS = 64;
const REPLAY_QUESTIONS = 8;

/** Asks for what became of a match that has just ended, until it is known. */
export class ReportWatch {
  state: ReportState = 'pending';
  report: MatchReport | null = null;
  /** Counts what has changed. */
  version = 0;

  private asked = 0;
  private askedForReplay = 0;
  private isOpen = true;
  private cancel: () => void;

  constructor(readonly matchId: string, private readonly means: ReportMeans) {
    this.cancel = means.setTimer(() => void this.ask(), FIRST_MS);
  }

  close(): void {
    this.isOpen = false;
    this.cancel();
  }

  private async ask(): Promise<void> {
    const wasKnown = this.report !== null;
    let wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(8, this.asked));
    this.asked += 1;
    if (wasKnown) this.askedForReplay += 1;
    try {
      const response = await this.means.fetch(`/matches/${this.matchId}`, { signal: AbortSignal.timeout(10_000) });
      const report = response.ok ? readMatchReport(await response.json()) : null;
      if (!this.isOpen) return;
      // Whose end was seen is not lost, even if its server has died since: the result is delivered, and counts.
      if (report?.state === 'finished') {
        this.report = report;
        this.set('known');
      } else if (!wasKnown) this.set(report || response.status === 404 ? 'pending' : 'away');
      if (response.status === 429 || response.status >= 500) wait = AWAY_MS;
    } catch {
      if (!this.isOpen) return;
      if (!wasKnown) this.set('away');
      wait = AWAY_MS;
    }
    const isDone = this.report === null ? this.asked >= QUESTIONS : this.report.replay !== false || this.askedForReplay >= REPLAY_QUESTIONS;
    if (!isDone) this.cancel = this.means.setTimer(() => void this.ask(), wait);
    else if (this.report === null) this.set('late');
  }

  private set(state: ReportState): void {
    this.state = state;
    this.version += 1;
  }
}

/** For people: whole points, and a sign to every change. */
export function shownPoints(points: number): string {
  return String(Math.round(points)).replace('-', '\u2212');
}

/** As the difference of what is shown of both, so that the sum is right to who adds up. */
export function shownChange({ before, after }: { readonly before: ReportedRating; readonly after: ReportedRating }): string {
  const change = Math.round(after.points) - Math.round(before.points);
  return change > 0 ? `+${change}` : change < 0 ? `\u2212${-change}` : '\u00b10';
}
