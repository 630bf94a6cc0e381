import type { Bus } from '../bus/index.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { RecordsError, type Records } from '../records/index.js';
import { newId, systemBytes, type Bytes } from '../tickets/index.js';
import { beatKey, serverKey, SERVERS, serverTopic, tombstoneKey } from './keys.js';
import { Matches } from './matches.js';
import { announcementSchema, POOL, type Announcement, type Beat, type MatchRecord, type ServerRecord } from './types.js';

/** What plays the matches of this server. */
export interface MatchHost {
  /** Makes the match. Once it resolves players may come. */
  open(match: MatchRecord): Promise<{ map: string }>;
  /** Who has a place has changed, or that it runs. */
  update(match: MatchRecord): void;
  /** It is no longer played here: players are sent away, nothing is recorded. */
  close(matchId: string, reason: string): void;
  /** A player who was let in has no place after all. */
  dismiss(matchId: string, playerId: string): void;
  /** 0 idle to 1 busy. */
  load(): number;
}

export interface AgentDependencies {
  records: Records;
  bus: Bus;
  clock: Clock;
  log: Logger;
  bytes?: Bytes;
}

interface Held {
  record: MatchRecord;
  state: 'opening' | 'open';
}

interface News {
  /** Of news with the same key the last one counts. */
  key: string;
  matchId: string;
  tell(): Promise<unknown>;
}

/**
 * A game server's side of the pool: it registers, gives signs of life, takes up the matches that it is given, and says
 * what becomes of them until it is heard. It asks for no answer in the game's way: while the records are away the matches
 * go on, and the news wait.
 */
export class ServerAgent {
  readonly #announcement: Announcement;
  readonly #matches: Matches;
  readonly #bytes: Bytes;
  readonly #held = new Map<string, Held>();
  /** At most a few for each place of each match. */
  #news: News[] = [];
  #incarnation: string;
  #n = 0;
  #revision = -1;
  #isDraining = false;
  #state: 'new' | 'running' | 'closed' = 'new';
  #cancelTimer = (): void => {};
  #unsubscribe = (): void => {};
  #beating: Promise<void> | undefined;
  #again = false;
  #isAway = false;

  /** @throws ZodError naming the field */
  constructor(announcement: Announcement, private readonly host: MatchHost, private readonly dependencies: AgentDependencies) {
    this.#announcement = announcementSchema.parse(announcement);
    this.#bytes = dependencies.bytes ?? systemBytes;
    this.#matches = new Matches(dependencies.records, dependencies.bus, { bytes: this.#bytes });
    this.#incarnation = newId(this.#bytes);
  }

  get id(): string {
    return this.#announcement.id;
  }

  /** Matches here, those that are being opened included. */
  get matches(): number {
    return this.#held.size;
  }

  /** News that nobody has taken yet. */
  get waitingNews(): number {
    return this.#news.length;
  }

  /** Whether the last sign of life was heard. */
  get isHeard(): boolean {
    return this.#state === 'running' && !this.#isAway;
  }

  /** @throws RecordsError where the records are away: a server that starts may try again */
  async start(): Promise<void> {
    await this.#register();
    this.#state = 'running';
    this.#unsubscribe = this.dependencies.bus.subscribe(serverTopic(this.id), () => { void this.beat(); });
    this.#schedule();
    await this.beat();
  }

  /** Whether a player has a place in a match here: `redeem`'s `hasMatch`. */
  admits({ matchId, playerId }: { matchId: string; playerId: string }): boolean {
    const held = this.#held.get(matchId);
    return held?.state === 'open' && held.record.places[playerId] !== undefined;
  }

  match(matchId: string): MatchRecord | undefined {
    return this.#held.get(matchId)?.record;
  }

  /** A player has come. */
  arrived(matchId: string, playerId: string): void {
    this.#say(`player ${matchId} ${playerId}`, matchId, async () => {
      const match = await this.#matches.arrived(this.#incarnation, matchId, playerId);
      if (match === undefined) this.host.dismiss(matchId, playerId);
      else this.#learn(match);
    });
  }

  /** A player has left for good. */
  left(matchId: string, playerId: string): void {
    this.#say(`player ${matchId} ${playerId}`, matchId, () => this.#matches.left(this.#incarnation, matchId, playerId));
  }

  /** How many players of each team the match would have; null: takes nobody more. */
  wants(matchId: string, target: { red: number; blue: number } | null): void {
    this.#say(`wants ${matchId}`, matchId, () => this.#matches.wants(this.#incarnation, matchId, target));
  }

  /** The match is over. To be called once its result is in the outbox. */
  ended(matchId: string): void {
    if (!this.#held.delete(matchId)) return;
    this.#forgetNews(matchId);
    this.#say(`match ${matchId}`, matchId, () => this.#matches.ended(this.#incarnation, matchId), true);
  }

  /** The match cannot go on: its players are first in the queue. */
  failed(matchId: string): void {
    if (!this.#held.delete(matchId)) return;
    this.#forgetNews(matchId);
    this.#say(`match ${matchId}`, matchId, () => this.#matches.closed(this.#incarnation, matchId), true);
  }

  /** No matches more; those that run go on. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.beat();
  }

  /**
   * Leaves the pool. Matches that still run are given up, their players are first in the queue.
   *
   * @throws RecordsError: it could not say so, and will be found missing
   */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#cancelTimer();
    this.#unsubscribe();
    await this.#beating;
    await this.#flush();
    for (const matchId of [...this.#held.keys()]) this.#drop(matchId, 'closing');
    while (!(await this.#matches.loseServer(undefined, this.id, this.#incarnation, 'server_closed')).isDone);
  }

  /** As if the process had ended: for simulations and tests. */
  crash(): void {
    this.#state = 'closed';
    this.#cancelTimer();
    this.#unsubscribe();
  }

  /** A sign of life, and a look at what is new. One at a time; one more if asked meanwhile. */
  beat(): Promise<void> {
    if (this.#beating !== undefined) {
      this.#again = true;
      return this.#beating;
    }
    const beating = (async () => {
      // `#beating` is set before this goes on.
      await undefined;
      do {
        this.#again = false;
        await this.#beat();
      } while (this.#again && this.#state === 'running');
      // In the same step in which nobody asked again: whoever asks from here on starts anew.
      this.#beating = undefined;
    })();
    this.#beating = beating;
    return beating;
  }

  #schedule(): void {
    this.#cancelTimer = this.dependencies.clock.after(POOL.beatMs, () => {
      if (this.#state !== 'running') return;
      this.#schedule();
      void this.beat();
    });
  }

  async #beat(): Promise<void> {
    if (this.#state !== 'running') return;
    try {
      let server = await this.#sign();
      if (server === undefined) {
        await this.#register();
        server = await this.#sign();
        if (server === undefined) return;
      }
      if (server.revision !== this.#revision) await this.#take(server);
      await this.#flush();
      if (this.#isAway) this.dependencies.log.info({ server: this.id }, 'the pool hears this server again');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) this.dependencies.log.warn({ err: error, server: this.id }, 'the pool does not hear this server; its matches go on');
      this.#isAway = true;
      if (!(error instanceof RecordsError)) this.dependencies.log.error({ err: error, server: this.id }, 'a sign of life failed');
    }
  }

  /** @returns undefined: it is not in the pool */
  #sign(): Promise<ServerRecord | undefined> {
    const beat: Beat = { n: ++this.#n, incarnation: this.#incarnation, load: Math.min(1, Math.max(0, this.host.load())) };
    const wish = this.#isDraining ? 'draining' : 'ready';
    return this.dependencies.records.transact(async (tx) => {
      const [server, tombstone] = await tx.getAll<object>([serverKey(this.id), tombstoneKey(this.#incarnation)]) as [ServerRecord?, object?];
      if (server === undefined || server.incarnation !== this.#incarnation || tombstone !== undefined) return undefined;
      tx.put(beatKey('server', this.id), beat);
      if (server.state === wish) return server;
      const changed: ServerRecord = { ...server, state: wish, revision: server.revision + 1 };
      tx.put(serverKey(this.id), changed);
      return changed;
    });
  }

  async #register(): Promise<void> {
    const { records } = this.dependencies;
    if (await records.get(tombstoneKey(this.#incarnation)) !== undefined) {
      // Given up: its players are elsewhere by now.
      for (const matchId of [...this.#held.keys()]) this.#drop(matchId, 'lost');
      this.#news = [];
      this.#incarnation = newId(this.#bytes);
    }
    const record: ServerRecord = {
      ...this.#announcement, incarnation: this.#incarnation, state: this.#isDraining ? 'draining' : 'ready', matches: [], revision: 0,
    };
    for (;;) {
      const other = await records.transact(async (tx) => {
        const server = await tx.get<ServerRecord>(serverKey(this.id));
        if (server !== undefined) return server.incarnation === this.#incarnation ? undefined : server;
        tx.put(serverKey(this.id), record);
        tx.put(beatKey('server', this.id), { n: ++this.#n, incarnation: this.#incarnation, load: 0 } satisfies Beat);
        tx.list(SERVERS, this.id, this.#incarnation, POOL.servers);
        return undefined;
      });
      if (other === undefined) break;
      // This name's last process, which is no more.
      await this.#matches.loseServer(undefined, this.id, other.incarnation, 'server_restarted');
    }
    this.#revision = -1;
    // The records have forgotten this server without giving it up.
    for (const [matchId, held] of [...this.#held]) {
      if (held.state !== 'open' || !await this.#matches.adopt(record, held.record)) this.#drop(matchId, 'lost');
    }
  }

  async #take(server: ServerRecord): Promise<void> {
    const found = await this.#matches.matches(server.matches);
    const listed = new Set(server.matches);
    for (const matchId of [...this.#held.keys()]) if (!listed.has(matchId)) this.#drop(matchId, 'given_up');
    for (const match of found) {
      if (match === undefined || match.incarnation !== this.#incarnation || this.#isEnding(match.id)) continue;
      const held = this.#held.get(match.id);
      if (held === undefined) this.#open(match);
      else this.#learn(match);
    }
    this.#revision = server.revision;
  }

  #open(match: MatchRecord): void {
    const held: Held = { record: match, state: 'opening' };
    this.#held.set(match.id, held);
    this.host.open(match).then(({ map }) => {
      if (this.#held.get(match.id) !== held || this.#state !== 'running') return;
      held.state = 'open';
      this.#say(`open ${match.id}`, match.id, async () => {
        const opened = await this.#matches.opened(this.#incarnation, match.id, map);
        if (opened !== undefined) this.#learn(opened);
      });
    }, (error: unknown) => {
      this.dependencies.log.error({ err: error, match: match.id }, 'a match could not be opened');
      if (this.#held.get(match.id) === held) this.failed(match.id);
    });
  }

  #learn(match: MatchRecord): void {
    const held = this.#held.get(match.id);
    if (held === undefined || held.record.version >= match.version) return;
    held.record = match;
    if (held.state === 'open') this.host.update(match);
  }

  #drop(matchId: string, reason: string): void {
    const held = this.#held.get(matchId);
    this.#held.delete(matchId);
    this.#forgetNews(matchId);
    if (held === undefined) return;
    try {
      this.host.close(matchId, reason);
    } catch (error) {
      this.dependencies.log.error({ err: error, match: matchId }, 'a match could not be closed');
    }
  }

  #forgetNews(matchId: string): void {
    this.#news = this.#news.filter((news) => news.matchId !== matchId);
  }

  /** Its end is still to be told. */
  #isEnding(matchId: string): boolean {
    return this.#news.some((news) => news.key === `match ${matchId}`);
  }

  #say(key: string, matchId: string, tell: () => Promise<unknown>, isLast = false): void {
    if (!isLast && !this.#held.has(matchId)) return;
    this.#news = this.#news.filter((news) => news.key !== key);
    this.#news.push({ key, matchId, tell });
    if (this.#state === 'running') void this.beat();
  }

  async #flush(): Promise<void> {
    let news: News | undefined;
    while ((news = this.#news[0]) !== undefined) {
      try {
        await news.tell();
      } catch (error) {
        if (error instanceof RecordsError && error.kind !== 'full') throw error;
        this.dependencies.log.error({ err: error, news: news.key }, 'news that cannot be told');
      }
      // Only now: what could not be told stays the first.
      this.#news = this.#news.filter((each) => each !== news);
    }
  }
}
