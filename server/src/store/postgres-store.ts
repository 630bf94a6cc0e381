import type { RatingOptions } from '@trespasser/engine';
import type { Clock } from '../clock.js';
import { engine } from '../engine.js';
import type { Logger } from '../logger.js';
import { activeSanctions, addEvidence, addSanction, evidenceOf, liftSanction } from './conduct.js';
import { Database, type DatabaseOptions } from './database.js';
import { currentSeason, Leaderboards, openSeason } from './leaderboard.js';
import { findMatch, playedMatches, readRatings, reportMatch, recordLostMatch, recordMatch } from './matches.js';
import { migrate } from './migrate.js';
import { ensureExternal, ensureGuest, findPlayer, renamePlayer } from './players.js';
import { addReplay, findReplay, removeReplay } from './replay-rows.js';
import { newPlayerId } from './schemas.js';
import type { Store } from './types.js';

export interface StoreOptions extends DatabaseOptions {
  /**
   * `now`, the default: brings the schema up and asks once, and fails if the database is away. `later`: does neither. For
   * game servers, which have their outbox and play on without; somebody else migrates.
   */
  connect?: 'now' | 'later';
  ratings?: RatingOptions;
}

/** @throws StoreError where the database is not there; a server that starts may try again */
export async function openStore(options: StoreOptions, { log, clock }: { log: Logger; clock: Clock }): Promise<Store> {
  const isNow = options.connect !== 'later';
  if (isNow) await migrate(options.databaseUrl, log);
  const db = new Database(options, log);
  const ratings = new engine.RatingSystem(options.ratings);
  const boards = new Leaderboards(db, clock);
  const now = (): number => clock.now();
  const store: Store = {
    ping: async () => { await db.query('SELECT 1'); },
    ensureGuest: (player) => ensureGuest(db, player, now()),
    ensureExternal: (identity, name) => ensureExternal(db, newPlayerId(), identity, name, now()),
    player: (id) => findPlayer(db, id),
    rename: (id, name) => renamePlayer(db, id, name),
    ratings: (ids, mode) => readRatings(db, ratings, ids, mode, now()),
    recordMatch: (result) => recordMatch(db, ratings, result),
    recordLostMatch: (match) => recordLostMatch(db, match),
    match: (id) => findMatch(db, id),
    report: (id) => reportMatch(db, ratings, id),
    playedMatches: (id, limit) => playedMatches(db, id, limit),
    addEvidence: (rows) => addEvidence(db, rows),
    evidence: (id, limit) => evidenceOf(db, id, limit),
    addSanction: (sanction) => addSanction(db, sanction),
    activeSanctions: (ids) => activeSanctions(db, ids, now()),
    liftSanction: (id, by) => liftSanction(db, id, by, now()),
    addReplay: (row) => addReplay(db, row),
    replay: (id) => findReplay(db, id),
    removeReplay: (id) => removeReplay(db, id),
    season: () => currentSeason(db, now()),
    openSeason: (name, startsAt) => openSeason(db, name, startsAt),
    leaderboard: (query) => boards.page(query),
    rank: (id, mode, season) => boards.rank(id, mode, season),
    close: () => db.close(),
  };
  try {
    if (isNow) await store.ping();
    return store;
  } catch (error) {
    await db.close();
    throw error;
  }
}
