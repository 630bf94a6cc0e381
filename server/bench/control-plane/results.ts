import type { LostRecord } from '../../src/pool/index.js';

/** The database and the game servers' outboxes, as far as matches go: what is in an outbox arrives, once or twice, sooner or later. */
export class Results {
  readonly begun = new Set<string>();
  readonly finished = new Set<string>();
  readonly lost = new Set<string>();
  readonly faults: string[] = [];
  deliveries = 0;

  begins(matchId: string): void {
    if (this.begun.has(matchId)) this.faults.push(`match ${matchId} began twice`);
    this.begun.add(matchId);
  }

  /** A match ends once where it is played; it is delivered at least once. */
  ends(matchId: string): void {
    if (this.finished.has(matchId)) this.faults.push(`match ${matchId} ended twice`);
    this.record(matchId);
  }

  record(matchId: string): void {
    this.deliveries++;
    this.finished.add(matchId);
    this.lost.delete(matchId);
  }

  /** A server may end at the very moment in which the match begins, and never hear of that. */
  note({ matchId }: LostRecord): void {
    this.begun.add(matchId);
    if (!this.finished.has(matchId)) this.lost.add(matchId);
  }

  /** Once nothing is played any more: every match that began has a result or is noted as lost, and none is both. */
  check(): string[] {
    const faults = [...this.faults];
    for (const id of this.begun) {
      if (Number(this.finished.has(id)) + Number(this.lost.has(id)) !== 1) faults.push(`match ${id} has ${this.finished.has(id) ? 'two ends' : 'no end'}`);
    }
    for (const id of [...this.finished, ...this.lost]) if (!this.begun.has(id)) faults.push(`match ${id} ended and never began`);
    return faults;
  }
}
