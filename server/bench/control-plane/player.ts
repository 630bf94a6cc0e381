import type { Clock } from '../../src/clock.js';
import type { Desk, Link, Session } from '../../src/matchmaker/index.js';
import type { ServerAgent } from '../../src/pool/index.js';
import type { Measures } from './measures.js';

export interface Town {
  readonly clock: Clock;
  readonly random: () => number;
  readonly measures: Measures;
  lossTold(matchId: string, reason: string, onlineMs: number): void;
  /** A front that is up; undefined: none. */
  desk(): Desk | undefined;
  /** The process that plays there; undefined: it is no more. */
  server(id: string): ServerAgent | undefined;
  /** How eager players are to play now, about 1. */
  eagerness(): number;
}

type State = 'menu' | 'queue' | 'match' | 'offline';

/** How often players do what spoils others' day. */
const CHANCE = { cancels: 0.02, noShow: 0.005, leavesEarly: 0.03, backfill: 0.9 };
const MENU_MS = 20_000;
const DROPS_PER_MS = 1 / 3_600_000;

/** A person who plays all day, with or without friends, on a line that fails now and then. */
export class SimulatedPlayer implements Link {
  #desk: Desk | undefined;
  #session: Session | undefined;
  #state: State = 'offline';
  #sinceMs = 0;
  #stintMs = 0;
  #onlineMs = 0;
  #matchId = '';
  #partyCode: string | null = null;
  #isLeader = false;
  #partySize = 1;
  #cancelPlan = (): void => {};
  friends: SimulatedPlayer[] = [];

  constructor(readonly id: string, readonly pings: Record<string, number>, private readonly town: Town) {}

  get state(): State {
    return this.#state;
  }

  get partyCode(): string | null {
    return this.#partyCode;
  }

  /** How long nothing has changed for this player. */
  get stillMs(): number {
    return this.town.clock.now() - this.#sinceMs;
  }

  /** Comes online, or back. */
  connect(): void {
    const { clock, random } = this.town;
    const desk = this.town.desk();
    const session = desk?.connect({ id: this.id, name: `P${this.id.slice(-6)}` }, this);
    if (desk === undefined || session === undefined) {
      clock.after(1000 + 1000 * random(), () => this.connect());
      return;
    }
    this.#desk = desk;
    this.#session = session;
    this.#onlineMs = clock.now();
    this.#to('menu');
    this.#plan();
    clock.after(this.#exponential(1 / DROPS_PER_MS), () => {
      if (this.#session !== session) return;
      this.town.measures.drops++;
      desk.disconnect(session);
      this.#offline();
    });
  }

  /** The front has ended. */
  cutOff(desk: Desk): void {
    if (this.#desk === desk) this.#offline();
  }

  close(): void {
    this.town.measures.replaced++;
    this.#offline();
  }

  send(event: string, payload: object): void {
    const { clock, random, measures } = this.town;
    const said = payload as Record<string, any>;
    switch (event) {
      case 'welcome':
        // What follows says all that there is; the rest is no more.
        this.#partyCode = null;
        this.#isLeader = false;
        this.#partySize = 1;
        break;
      case 'party_state':
        this.#partyCode = said['code'] as string;
        this.#isLeader = said['leader'] === this.id;
        this.#partySize = (said['members'] as unknown[]).length;
        break;
      case 'party_left':
        this.#partyCode = null;
        this.#isLeader = false;
        this.#partySize = 1;
        break;
      case 'queue_joined':
        this.#cancelPlan();
        this.#stintMs = clock.now();
        this.#to('queue');
        if (random() < CHANCE.cancels) this.#later(this.#exponential(5000), () => { if (this.#state === 'queue') void this.#ask('queue:leave', (desk, session) => desk.leave(session)); });
        break;
      case 'match_found':
        if (this.#state === 'queue') measures.waited(clock.now() - this.#stintMs);
        this.#cancelPlan();
        this.#matchId = said['matchId'] as string;
        this.#to('match');
        if (random() >= CHANCE.noShow) this.#goTo(said['server']['id'] as string, this.#matchId, 0);
        break;
      case 'match_lost':
        this.town.lossTold(said['matchId'] as string, said['reason'] as string, this.#onlineMs);
        break;
      case 'queue_left':
      case 'match_dropped':
      case 'match_over':
        measures.told(event, said['reason'] as string);
        this.#to('menu');
        this.#plan();
        break;
      case 'request_refused':
        measures.told(event, said['reason'] as string);
        if (this.#state === 'menu') this.#plan();
        break;
      default:
    }
  }

  #goTo(serverId: string, matchId: string, attempt: number): void {
    const { clock, random } = this.town;
    clock.after(300 + 2000 * random(), () => {
      if (this.#matchId !== matchId || this.#state !== 'match') return;
      const server = this.town.server(serverId);
      if (server?.admits({ matchId, playerId: this.id }) !== true) {
        if (attempt < 8) this.#goTo(serverId, matchId, attempt + 1);
        return;
      }
      server.arrived(matchId, this.id);
      if (random() >= CHANCE.leavesEarly) return;
      clock.after(8 * 60_000 * random(), () => {
        if (this.#matchId === matchId && this.#state === 'match') this.town.server(serverId)?.left(matchId, this.id);
      });
    });
  }

  /** What to do from the menu, and when. */
  #plan(): void {
    this.#later(this.#exponential(MENU_MS / this.town.eagerness()), () => {
      if (this.#state !== 'menu') return;
      if (this.friends.length > 0 && this.#partyCode === null) {
        // Friends say when they are busy.
        if (this.friends.some(({ state }) => state === 'queue' || state === 'match')) return this.#plan();
        const code = this.friends.map((friend) => friend.partyCode).find((each) => each !== null);
        void this.#ask(code == null ? 'party:create' : 'party:join', (desk, session) => (code == null ? desk.createParty(session) : desk.joinParty(session, code)));
        this.#plan();
        return;
      }
      // The others wait for the leader, who waits for them.
      if (this.#partyCode !== null && (!this.#isLeader || this.#partySize <= this.friends.length / 2)) return this.#plan();
      void this.#ask('queue:join', (desk, session) => desk.join(session, {
        mode: 'standard', pings: this.pings, backfill: this.town.random() < CHANCE.backfill, party: this.#partyCode,
      }));
      this.#plan();
    });
  }

  async #ask(event: string, what: (desk: Desk, session: Session) => Promise<void>): Promise<void> {
    const [desk, session] = [this.#desk, this.#session];
    if (desk === undefined || session === undefined || !desk.receives(session, event)) return;
    await what(desk, session);
  }

  #offline(): void {
    this.#cancelPlan();
    this.#session = undefined;
    this.#desk = undefined;
    this.#to('offline');
    // Most are back at once; some take longer than a place in the queue is kept for.
    const ms = this.town.random() < 0.9 ? 1000 + 3000 * this.town.random() : this.#exponential(30_000);
    this.town.clock.after(ms, () => { if (this.#state === 'offline') this.connect(); });
  }

  #to(state: State): void {
    this.town.measures.moved(this.#state, state);
    this.#state = state;
    this.#sinceMs = this.town.clock.now();
  }

  #later(ms: number, action: () => void): void {
    this.#cancelPlan();
    this.#cancelPlan = this.town.clock.after(ms, action);
  }

  #exponential(mean: number): number {
    return -mean * Math.log(1 - this.town.random());
  }
}
