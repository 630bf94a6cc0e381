import { HEAT_AFTER_SILENCE, HEAT_LIMIT, HEAT_LOSS_PER_SECOND, HEAT_SILENCE_MS } from '../core/rules';

/** The machine gun's heat between the server's words on it: it cools by the rule book, and is silent while overheated. */
export class HeatGauge {
  private told = 0;
  private toldAt = 0;
  private silentUntil = Number.NEGATIVE_INFINITY;

  tell(level: number, overheated: boolean, localMs: number): void {
    this.told = Math.min(HEAT_LIMIT, Math.max(0, level));
    this.toldAt = localMs;
    if (!overheated) this.silentUntil = Number.NEGATIVE_INFINITY;
    else if (localMs >= this.silentUntil) this.silentUntil = localMs + HEAT_SILENCE_MS;
  }

  reset(): void {
    this.told = 0;
    this.silentUntil = Number.NEGATIVE_INFINITY;
  }

  overheated(localMs: number): boolean {
    return localMs < this.silentUntil;
  }

  /** 0 to HEAT_LIMIT */
  level(localMs: number): number {
    if (this.overheated(localMs)) return HEAT_LIMIT;
    const silenced = this.silentUntil > this.toldAt;
    const from = silenced ? HEAT_AFTER_SILENCE : this.told;
    const since = silenced ? this.silentUntil : this.toldAt;
    return Math.max(0, from - (HEAT_LOSS_PER_SECOND * Math.max(0, localMs - since)) / 1000);
  }
}
