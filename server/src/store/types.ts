import type {
  EvidenceRow, ExternalIdentity, LostMatch, MatchResult, NewSanction, ReplayRow,
} from './schemas.js';

/** All times are epoch milliseconds. */
export interface Player {
  id: string;
  kind: 'guest' | 'external';
  name: string;
  createdAt: number;
  seenAt: number;
}

export interface PlayerRating {
  playerId: string;
  /** Skill and one standard deviation, points; a newcomer's where the player has not played the mode in the season. */
  value: number;
  deviation: number;
  games: number;
}

export interface RatingChange {
  playerId: string;
  before: { value: number; deviation: number };
  after: { value: number; deviation: number };
  games: number;
}

export interface MatchReceipt {
  /** False: the result was there already, and nothing was changed. */
  recorded: boolean;
  /** Empty for a match that is not rated, and for one that was there already. */
  ratings: RatingChange[];
}

export interface MatchSummary {
  matchId: string;
  state: 'finished' | 'lost';
  mode: string;
  map: string;
  region: string;
  serverId: string;
  season: number;
  startedAt: number;
  endedAt: number;
  rated: boolean;
}

/** One player's part in a match. */
export interface PlayedMatch extends MatchSummary {
  team: number;
  place: number;
  kills: number;
  deaths: number;
  left: boolean;
  /** Points after less points before, as leaderboards count them; null: not rated. */
  change: number | null;
}

/** A rating, and what of it is shown: `RatingSystem.points`. */
export interface RatingPoints {
  points: number;
  value: number;
  deviation: number;
}

/** One player's part in a match, for all who were in it. */
export interface ReportedPlayer {
  playerId: string;
  name: string;
  team: number;
  place: number;
  kills: number;
  deaths: number;
  left: boolean;
  /** Null: not rated. */
  rating: { before: RatingPoints; after: RatingPoints } | null;
}

export interface MatchReport extends MatchSummary {
  /** None of a lost match. */
  players: ReportedPlayer[];
  /** Where the recording is; null: there is none in the books. */
  replay: ReplayRow['store'] | null;
}

export interface Sanction extends NewSanction {
  liftedAt: number | null;
  liftedBy: string | null;
}

export interface Season {
  id: number;
  name: string;
  startsAt: number;
  /** Null: it goes on. */
  endsAt: number | null;
}

export interface LeaderboardEntry {
  rank: number;
  playerId: string;
  name: string;
  /** What the board is ordered by: `RatingSystem.points`. */
  points: number;
  value: number;
  deviation: number;
  games: number;
}

export interface LeaderboardPage {
  season: number;
  entries: LeaderboardEntry[];
  /** For the next page; null: this was the last. */
  next: string | null;
}

export interface Rank {
  /** Counted from 1. */
  rank: number;
  /** Exact to EXACT_RANKS; beyond it off by what has moved since the board was last measured, five minutes at most. */
  exact: boolean;
  points: number;
}

/**
 * What is kept for good. Every call checks what it is given (`StoreError`, kind `invalid`, names the field), may be
 * repeated without harm, and repeats itself a few times where the database is away for a moment.
 */
export interface Store {
  /** Answers if the database does. */
  ping(): Promise<void>;

  /** Adds a guest; one who is there already is only marked as seen. */
  ensureGuest(player: { id: string; name: string }): Promise<Player>;
  /** The player of an account elsewhere; one is made where there is none. The name of one who is there stays. */
  ensureExternal(identity: ExternalIdentity, name: string): Promise<Player>;
  player(id: string): Promise<Player | undefined>;
  rename(id: string, name: string): Promise<Player | undefined>;

  /** Of all ids (1,000 at most), in the season of now; rested since the last match. */
  ratings(playerIds: readonly string[], mode: string): Promise<Map<string, PlayerRating>>;

  /** Exactly once in effect. A match that was noted as lost becomes a finished one. */
  recordMatch(result: MatchResult): Promise<MatchReceipt>;
  /** A match that nobody will end any more. False: it is noted already, or has ended after all. */
  recordLostMatch(match: LostMatch): Promise<boolean>;
  match(matchId: string): Promise<MatchSummary | undefined>;
  /** The match with what became of each player's rating. */
  report(matchId: string): Promise<MatchReport | undefined>;
  /** Newest first, 100 at most. */
  playedMatches(playerId: string, limit: number): Promise<PlayedMatch[]>;

  /** @returns how many of them were new */
  addEvidence(rows: readonly EvidenceRow[]): Promise<number>;
  /** Newest first, 1,000 at most. */
  evidence(playerId: string, limit: number): Promise<EvidenceRow[]>;

  /** False: it is there already. */
  addSanction(sanction: NewSanction): Promise<boolean>;
  /** Those in force now, of all ids (1,000 at most). */
  activeSanctions(playerIds: readonly string[]): Promise<Map<string, Sanction[]>>;
  /** False: there is none, or it is lifted already. */
  liftSanction(id: string, by: string): Promise<boolean>;

  /** False: it is there already. */
  addReplay(row: ReplayRow): Promise<boolean>;
  replay(matchId: string): Promise<ReplayRow | undefined>;
  removeReplay(matchId: string): Promise<boolean>;

  season(): Promise<Season>;
  /** Ends the season that goes on, and begins another, at `startsAt`. */
  openSeason(name: string, startsAt: number): Promise<Season>;
  /** 1 to 100 entries, from the top or after `next` of another page; the season of now where none is named. */
  leaderboard(query: { mode: string; season?: number; limit?: number; after?: string }): Promise<LeaderboardPage>;
  /** Undefined: has not played. */
  rank(playerId: string, mode: string, season?: number): Promise<Rank | undefined>;

  close(): Promise<void>;
}
