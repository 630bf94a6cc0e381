import type { Clock } from '../../src/clock.js';
import type { MatchHost, MatchRecord, ServerAgent } from '../../src/pool/index.js';
import type { Results } from './results.js';

interface Played {
  record: MatchRecord;
  cancel: (() => void)[];
  hasBegun: boolean;
}

/** Plays matches by letting their time pass. */
export class SimulatedHost implements MatchHost {
  readonly #matches = new Map<string, Played>();
  agent!: ServerAgent;
  #isDead = false;
  /** Players who were let in and then sent away. */
  dismissed = 0;

  constructor(private readonly clock: Clock, private readonly random: () => number, private readonly results: Results, private readonly capacity: number) {}

  open(match: MatchRecord): Promise<{ map: string }> {
    this.#matches.set(match.id, { record: match, cancel: [], hasBegun: false });
    return new Promise((done) => { this.clock.after(50 + 250 * this.random(), () => done({ map: 'yard' })); });
  }

  update(match: MatchRecord): void {
    const played = this.#matches.get(match.id);
    if (played === undefined || this.#isDead) return;
    played.record = match;
    if (match.state !== 'running') return;
    if (!played.hasBegun) this.#begin(played);
    const places = Object.values(match.places);
    // Nobody is left on one side: it is over.
    if (!places.some(({ team }) => team === 'red') || !places.some(({ team }) => team === 'blue')) this.#end(match.id);
  }

  close(matchId: string): void {
    for (const cancel of this.#matches.get(matchId)?.cancel ?? []) cancel();
    this.#matches.delete(matchId);
  }

  dismiss(): void {
    this.dismissed++;
  }

  load(): number {
    return this.#matches.size / this.capacity;
  }

  /** With the process. */
  die(): void {
    this.#isDead = true;
    for (const matchId of [...this.#matches.keys()]) this.close(matchId);
  }

  #begin(played: Played): void {
    const { id } = played.record;
    played.hasBegun = true;
    this.results.begins(id);
    const lengthMs = (4 + 8 * this.random()) * 60_000;
    this.agent.wants(id, { red: 4, blue: 4 });
    played.cancel.push(
      this.clock.after(0.7 * lengthMs, () => this.agent.wants(id, null)),
      this.clock.after(lengthMs, () => this.#end(id)),
    );
  }

  #end(id: string): void {
    const played = this.#matches.get(id);
    if (played === undefined || this.#isDead) return;
    this.close(id);
    this.results.ends(id);
    // The outbox has it from here on: whatever happens, it is delivered, some of it twice.
    if (this.random() < 0.01) this.results.record(id);
    this.clock.after(200 * this.random(), () => { if (!this.#isDead) this.agent.ended(id); });
  }
}
