import { CLIENT_EVENTS, SERVER_EVENTS, TRANSITIONS, type PlayerState } from './table.js';

export type GateRefusal =
  /** A client's event that there is not. */
  | 'unknown'
  /** A client's event that has no place in its state. */
  | 'state'
  /** An event of the server's own that there is not. */
  | 'outbound_unknown'
  /** An event of the server's own that has no place in the player's state. */
  | 'outbound_state'
  /** The player does not go there from here. */
  | 'transition'
  /** Nobody more is let in. */
  | 'full';

export interface GateOptions {
  /**
   * For `trespasser_refused_events_total`. Never gets a name that a client made up: that is `unknown`, so the labels are
   * bounded by the table.
   */
  refused: (event: string, reason: GateRefusal) => void;
  /** Players at most. */
  maximum: number;
}

/** Keeps everybody's state, and lets nothing through that has no place in it. Refuses and counts; never throws. */
export class StateGate {
  readonly #states = new Map<string, PlayerState>();
  readonly #counts: Record<PlayerState, number> = { menu: 0, matchmaking: 0, in_match: 0, post_match: 0 };

  constructor(private readonly options: GateOptions) {}

  /** Into the menu. False: nobody more is let in. Who is in already stays where they are. */
  enter(player: string): boolean {
    if (this.#states.has(player)) return true;
    if (this.#states.size >= this.options.maximum) {
      this.options.refused('connection', 'full');
      return false;
    }
    this.#set(player, 'menu');
    return true;
  }

  leave(player: string): void {
    const state = this.#states.get(player);
    if (state === undefined) return;
    this.#counts[state]--;
    this.#states.delete(player);
  }

  /** Undefined: is not here. */
  state(player: string): PlayerState | undefined {
    return this.#states.get(player);
  }

  /** How many are in each state. */
  counts(): Readonly<Record<PlayerState, number>> {
    return { ...this.#counts };
  }

  /** False: there is no way from here to there, or the player is not here. Staying is no move, and allowed. */
  move(player: string, to: PlayerState): boolean {
    const from = this.#states.get(player);
    if (from === to) return true;
    if (from === undefined || !TRANSITIONS[from].includes(to)) {
      this.options.refused(to, 'transition');
      return false;
    }
    this.#counts[from]--;
    this.#set(player, to);
    return true;
  }

  /** Whether the player may send this now. */
  receives(player: string, event: string): boolean {
    return this.#passes(player, event, CLIENT_EVENTS, 'unknown', 'state');
  }

  /** Whether the player may be sent this now. */
  sends(player: string, event: string): boolean {
    return this.#passes(player, event, SERVER_EVENTS, 'outbound_unknown', 'outbound_state');
  }

  #passes(player: string, event: string, table: ReadonlyMap<string, readonly PlayerState[]>, unknown: GateRefusal, wrong: GateRefusal): boolean {
    const states = table.get(event);
    if (states === undefined) {
      this.options.refused('unknown', unknown);
      return false;
    }
    const state = this.#states.get(player);
    if (state !== undefined && states.includes(state)) return true;
    this.options.refused(event, wrong);
    return false;
  }

  #set(player: string, state: PlayerState): void {
    this.#states.set(player, state);
    this.#counts[state]++;
  }
}
