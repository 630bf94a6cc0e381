import type { Clock } from '../clock.js';
import type { Counters } from '../counters.js';
import type { World } from '../engine.js';
import type { LobbyObserver, Lobby } from '../lobby.js';
import type { Lobbies, MatchLobby } from '../lobbies.js';
import type { Logger } from '../logger.js';
import type { Match, MatchResults } from '../match.js';
import type { Outbox } from '../outbox/index.js';
import type { MatchHost, MatchRecord, Place, ServerAgent } from '../pool/index.js';
import type { WrittenReplay } from '../replays/index.js';
import type { Session } from '../session.js';
import { HOSTING, NEARLY_OVER } from './limits.js';
import { resultOf, type Tally } from './result.js';

/** What hosting needs of the server that plays the matches. */
export interface Stage {
  readonly lobbies: Lobbies;
  readonly world: World;
  /** Undefined: no longer connected. */
  session(memberId: string): Session | undefined;
  /** Share of the time that the steps take, 0 to 1. */
  load(): number;
}

export interface HostingDependencies {
  outbox: Outbox;
  log: Logger;
  clock: Clock;
  counters: Counters;
  killTarget: number;
  /** Where players find the lobby; null: where they came from. */
  lobbyUrl: string | null;
  /** Matches that this server has, those that are being opened included: after each change, and once a second. */
  onMatches?(count: number): void;
}

interface Hosted {
  record: MatchRecord;
  readonly map: string;
  readonly lobby: MatchLobby;
  /** By player. Of everybody who has been there while it ran. */
  readonly tallies: Map<string, Tally>;
  /** The connection of each player who is there. */
  readonly present: Map<string, string>;
  /** Player of each connection that there has been. */
  readonly players: Map<string, string>;
  /** Ends the patience with a player who is away. */
  readonly away: Map<string, () => void>;
  /** Players of each team as it was formed. */
  readonly size: { red: number; blue: number };
  wanted: string;
  phase: 'open' | 'playing' | 'over';
  startedAt: number;
  /** Pieces of evidence so far. */
  evidence: number;
  /** Settles with whether the result is on its way. */
  recorded: Promise<boolean> | undefined;
  cancelClose: () => void;
}

/** Why somebody who came with a good token has no place after all. */
export type EntryRefusal = 'MATCH_GONE' | 'MATCH_CROWDED';

/**
 * Plays the matches that the matchmaker gives this server, in lobbies of their own: lets their players in, begins when
 * the pool says so, and after the end puts the result into the outbox, once, before the pool hears that it is over.
 */
export class Hosting implements MatchHost, LobbyObserver<Match> {
  readonly #matches = new Map<string, Hosted>();
  #stage: Stage | undefined;
  #agent: ServerAgent | undefined;
  #lookedMs = -Infinity;

  constructor(private readonly dependencies: HostingDependencies) {}

  /** Before anything else is called. */
  attach(stage: Stage, agent: ServerAgent): void {
    this.#stage = stage;
    this.#agent = agent;
  }

  /** Matches here, until their clients have been sent away. */
  get size(): number {
    return this.#matches.size;
  }

  /** Whether nothing is left to play, to show or to write. */
  get isIdle(): boolean {
    return this.#matches.size === 0;
  }

  // The pool's.

  async open(record: MatchRecord): Promise<{ map: string }> {
    const lobby = this.#on.lobbies.openHosted({ matchId: record.id, mode: record.mode });
    const map = lobby.settings.mapName;
    this.#matches.set(record.id, {
      record, map, lobby, tallies: new Map(), present: new Map(), players: new Map(), away: new Map(), size: sizeOf(record), wanted: '',
      phase: 'open', startedAt: 0, evidence: 0, recorded: undefined, cancelClose: () => {},
    });
    this.dependencies.log.info({ match: record.id, mode: record.mode, players: Object.keys(record.places).length }, 'a match is opened');
    this.#changed();
    return { map };
  }

  update(record: MatchRecord): void {
    const hosted = this.#matches.get(record.id);
    if (hosted === undefined) return;
    hosted.record = record;
    if (record.state === 'running' && hosted.phase === 'open') this.#begin(hosted);
    // The pool has dropped the last player.
    else if (Object.keys(record.places).length === 0) this.#deserted(hosted);
  }

  close(matchId: string, reason: string): void {
    const hosted = this.#matches.get(matchId);
    // Of a match that is over the pool has nothing more to say.
    if (hosted === undefined || hosted.phase === 'over') return;
    this.dependencies.log.warn({ match: matchId, reason }, 'a match is taken away from this server');
    hosted.phase = 'over';
    this.#sendAway(hosted, reason);
    this.#forget(hosted, reason);
  }

  dismiss(matchId: string, playerId: string): void {
    const hosted = this.#matches.get(matchId);
    const memberId = hosted?.present.get(playerId);
    if (hosted === undefined || memberId === undefined) return;
    const session = this.#on.session(memberId);
    this.#tellReturn(hosted, memberId, 'no_place');
    this.#on.lobbies.leave(memberId);
    session?.socket.disconnect(true);
  }

  load(): number {
    return this.#on.load();
  }

  // The players'.

  /** A player has come with a token that was good. */
  enter(session: Session, matchId: string, playerId: string): EntryRefusal | undefined {
    const hosted = this.#matches.get(matchId);
    const place = hosted?.record.places[playerId];
    if (hosted === undefined || place === undefined || hosted.phase === 'over') return 'MATCH_GONE';
    if (hosted.players.size >= HOSTING.connections) return 'MATCH_CROWDED';
    const before = hosted.present.get(playerId);
    if (before !== undefined) {
      const old = this.#on.session(before);
      this.#on.lobbies.leave(before);
      old?.socket.disconnect(true);
    }
    this.#stopWaiting(hosted, playerId);
    session.name = place.name;
    hosted.players.set(session.id, playerId);
    hosted.present.set(playerId, session.id);
    if (hosted.phase === 'playing') this.#tally(hosted, playerId, place);
    this.#on.lobbies.enterHosted(session, hosted.lobby, place.team);
    this.#agent!.arrived(matchId, playerId);
    return undefined;
  }

  /** Player of a connection, in a match here; undefined: nobody that the pool knows. */
  playerOf(lobbyId: string, memberId: string): string | undefined {
    return this.#matches.get(lobbyId)?.players.get(memberId);
  }

  // The lobbies'.

  matchBegan(): void {}

  memberLeaves(lobby: Lobby<Match>, memberId: string): void {
    const hosted = this.#matches.get(lobby.id);
    const playerId = hosted?.players.get(memberId);
    if (hosted === undefined || playerId === undefined || hosted.present.get(playerId) !== memberId) return;
    hosted.present.delete(playerId);
    if (hosted.phase === 'over') return;
    if (hosted.phase === 'playing') this.#count(hosted, hosted.lobby.match.results(), memberId, playerId);
    const tally = hosted.tallies.get(playerId);
    if (tally !== undefined) tally.isPresent = false;
    // Still connected, and so of their own will.
    if (this.#on.session(memberId) !== undefined) return this.#gone(hosted, playerId);
    hosted.away.set(playerId, this.dependencies.clock.after(HOSTING.awayMs, () => {
      hosted.away.delete(playerId);
      this.#gone(hosted, playerId);
    }));
  }

  matchEnded(lobby: Lobby<Match>, matchId: string, results: MatchResults | undefined): void {
    const hosted = this.#matches.get(matchId);
    if (hosted === undefined || hosted.phase !== 'playing' || results === undefined) return;
    void lobby;
    hosted.phase = 'over';
    for (const [playerId, memberId] of hosted.present) this.#count(hosted, results, memberId, playerId);
    hosted.recorded = this.#record(hosted, results);
    hosted.cancelClose = this.dependencies.clock.after(HOSTING.resultsMs, () => {
      void hosted.recorded?.then(() => this.#forget(hosted, 'match over'));
    });
  }

  /** After each step of the world. */
  advance(): void {
    const now = this.dependencies.clock.now();
    if (now - this.#lookedMs < HOSTING.lookMs) return;
    this.#lookedMs = now;
    this.#changed();
    for (const hosted of this.#matches.values()) if (hosted.phase === 'playing') this.#want(hosted);
  }

  /** The recording of a match has been written. Its row follows the match's. */
  async replayWritten(matchId: string, { store, key, bytes, sha256 }: WrittenReplay): Promise<void> {
    const { outbox, clock, log } = this.dependencies;
    if (bytes === 0 || await this.#matches.get(matchId)?.recorded !== true) return;
    try {
      await outbox.append({ kind: 'replay', replay: { matchId, store, key, bytes, sha256, createdAt: Math.round(clock.now()) } });
    } catch (error) {
      log.error({ err: error, match: matchId }, 'a recording is kept, but not in the books');
    }
  }

  /** Number of the next piece of evidence in a match; undefined: the match is not the pool's. */
  nextEvidence(matchId: string): number | undefined {
    const hosted = this.#matches.get(matchId);
    return hosted === undefined ? undefined : hosted.evidence++;
  }

  get #on(): Stage {
    if (this.#stage === undefined) throw new Error('hosting has nothing to play on yet');
    return this.#stage;
  }

  #begin(hosted: Hosted): void {
    hosted.phase = 'playing';
    hosted.startedAt = this.dependencies.clock.now();
    for (const [playerId, place] of Object.entries(hosted.record.places)) this.#tally(hosted, playerId, place);
    hosted.lobby.begin();
    this.dependencies.log.info({ match: hosted.record.id, players: hosted.tallies.size }, 'a match begins');
  }

  #tally(hosted: Hosted, playerId: string, { name, team, waitedMs }: Place): void {
    const isPresent = hosted.present.has(playerId);
    const tally = hosted.tallies.get(playerId);
    if (tally === undefined) hosted.tallies.set(playerId, { name, team, waitedMs, kills: 0, deaths: 0, isPresent });
    else tally.isPresent = isPresent;
  }

  /** Adds what a connection has done: each one starts from nothing. */
  #count(hosted: Hosted, { playerStats }: MatchResults, memberId: string, playerId: string): void {
    const stats = playerStats.find((each) => each.playerId === memberId);
    const tally = hosted.tallies.get(playerId);
    if (stats === undefined || tally === undefined) return;
    tally.kills += stats.kills;
    tally.deaths += stats.deaths;
  }

  #stopWaiting(hosted: Hosted, playerId: string): void {
    hosted.away.get(playerId)?.();
    hosted.away.delete(playerId);
  }

  #gone(hosted: Hosted, playerId: string): void {
    if (hosted.phase === 'over') return;
    this.#agent!.left(hosted.record.id, playerId);
    if (hosted.present.size === 0 && hosted.away.size === 0 && hosted.phase === 'playing') this.#deserted(hosted);
  }

  /** Nobody is left who could play it: as it stands it counts. */
  #deserted(hosted: Hosted): void {
    if (hosted.phase === 'playing') hosted.lobby.endMatch();
    else if (hosted.phase === 'open') {
      hosted.phase = 'over';
      this.#agent!.ended(hosted.record.id);
      this.#forget(hosted, 'nobody came');
    }
  }

  #want(hosted: Hosted): void {
    const { red, blue } = this.#on.world.score(hosted.lobby.match.engineId);
    const isNearlyOver = Math.max(red, blue) >= NEARLY_OVER * this.dependencies.killTarget;
    const wanted = isNearlyOver || this.#on.lobbies.isDraining ? null : hosted.size;
    const text = JSON.stringify(wanted);
    if (text === hosted.wanted) return;
    hosted.wanted = text;
    this.#agent!.wants(hosted.record.id, wanted);
  }

  /** @returns whether the result is kept */
  async #record(hosted: Hosted, results: MatchResults): Promise<boolean> {
    const { outbox, clock, log, counters } = this.dependencies;
    const { record, map, startedAt, tallies } = hosted;
    let isKept = false;
    try {
      const result = resultOf({ ...record, map }, { startedAt, endedAt: clock.now(), winner: results.winnerTeam }, tallies);
      const kept = await outbox.append({ kind: 'match', match: result });
      isKept = true;
      log.info({ match: record.id, winner: results.winnerTeam, players: tallies.size, kept }, 'a match is over');
    } catch (error) {
      // Disk, database and memory have all refused it, or it is none.
      counters.add('result_failed');
      log.error({ err: error, match: record.id }, 'the result of a match is lost');
    }
    // Only now: until then a crash makes it a lost match, whose players are queued again.
    this.#agent!.ended(record.id);
    this.#changed();
    const accounts = results.playerStats.flatMap(({ playerId: memberId }) => {
      const playerId = hosted.players.get(memberId);
      return playerId === undefined ? [] : [{ memberId, playerId }];
    });
    this.#sendAway(hosted, 'finished', { accounts });
    return isKept;
  }

  #sendAway(hosted: Hosted, reason: string, more: object = {}): void {
    for (const memberId of hosted.present.values()) this.#tellReturn(hosted, memberId, reason, more);
  }

  #tellReturn(hosted: Hosted, memberId: string, reason: string, more: object = {}): void {
    this.#on.session(memberId)?.emit('match:return', { matchId: hosted.record.id, reason, lobbyUrl: this.dependencies.lobbyUrl, ...more }, hosted.lobby.id);
  }

  #forget(hosted: Hosted, reason: string): void {
    hosted.cancelClose();
    for (const cancel of hosted.away.values()) cancel();
    hosted.away.clear();
    const members = [...hosted.present.values()];
    this.#on.lobbies.closeHosted(hosted.record.id, reason);
    this.#matches.delete(hosted.record.id);
    // After what has been said to them has gone out.
    setImmediate(() => {
      for (const memberId of members) this.#on.session(memberId)?.socket.disconnect(true);
    });
    this.#changed();
  }

  #changed(): void {
    this.dependencies.onMatches?.(this.#agent?.matches ?? 0);
  }
}

function sizeOf({ places }: MatchRecord): { red: number; blue: number } {
  const size = { red: 0, blue: 0 };
  for (const { team } of Object.values(places)) size[team]++;
  return size;
}
