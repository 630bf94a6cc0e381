import type { World } from '../engine.js';
import type { Lobby, LobbyObserver } from '../lobby.js';
import type { Logger } from '../logger.js';
import type { Counters } from '../counters.js';
import type { Match } from '../match.js';
import type { EvidenceRow } from '../store/index.js';

export interface GuardDependencies {
  world: World;
  log: Logger;
  counters: Counters;
  now(): number;
  /** Each piece, of whatever match. */
  onEvidence(kind: string): void;
  /**
   * Player of a connection, and the number of the piece in its match; undefined: nobody with an account, and nothing to
   * write down.
   */
  identify(lobbyId: string, memberId: string): { playerId: string; seq: number } | undefined;
  /** 1 to 64 rows. */
  keep(rows: EvidenceRow[]): void;
}

/** Has the engine watch the people in all matches, and collects what it finds, once a second. Bots are not watched. */
export class Guard implements LobbyObserver<Match> {
  readonly #watched = new Map<string, Lobby<Match>>();

  constructor(private readonly dependencies: GuardDependencies) {}

  matchBegan(lobby: Lobby<Match>, matchId: string): void {
    this.#safely(() => {
      this.dependencies.world.guard(lobby.match.engineId);
      this.#watched.set(matchId, lobby);
      this.#spareBots(lobby);
    });
  }

  matchEnded(lobby: Lobby<Match>, matchId: string): void {
    if (!this.#watched.has(matchId)) return;
    this.#safely(() => this.#drain(lobby, matchId));
    this.#watched.delete(matchId);
    this.#safely(() => this.dependencies.world.unguard(lobby.match.engineId));
  }

  /** After each step of the world. */
  advance(step: number): void {
    const { tickRate } = this.dependencies.world;
    let phase = 0;
    for (const [matchId, lobby] of this.#watched) {
      if ((step + 11 * phase++) % tickRate !== 0) continue;
      this.#safely(() => {
        this.#spareBots(lobby);
        this.#drain(lobby, matchId);
      });
    }
  }

  #spareBots(lobby: Lobby<Match>): void {
    for (const bot of lobby.match.bots) this.dependencies.world.guardPlayer(lobby.match.engineId, bot, false);
  }

  #drain(lobby: Lobby<Match>, matchId: string): void {
    const { world, log, now, onEvidence, identify, keep } = this.dependencies;
    const { evidence, lost } = world.drainEvidence(lobby.match.engineId);
    if (lost > 0) log.warn({ match: matchId, lost }, 'more evidence than could be kept');
    const rows: EvidenceRow[] = [];
    for (const { player, tick, kind, value, limit, grade } of evidence) {
      const memberId = lobby.match.personBehind(player);
      if (memberId === undefined) continue;
      onEvidence(kind);
      const who = identify(lobby.id, memberId);
      if (who !== undefined) rows.push({ matchId, seq: who.seq, playerId: who.playerId, tick, kind, value, limit, grade, foundAt: Math.round(now()) });
    }
    if (rows.length > 0) keep(rows);
  }

  #safely(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.dependencies.counters.add('guard_failed');
      this.dependencies.log.error({ err: error }, 'a match is not watched');
    }
  }
}
