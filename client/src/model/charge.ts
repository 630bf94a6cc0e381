import { CHARGE_LEVEL_MS, CHARGE_LEVELS } from '../core/rules';

/**
 * The charge of a throw as the server will count it from the held trigger: it begins with a press while a thrown
 * weapon is in hand, ends with the release, and after a throw by key the trigger must be let go first.
 */
export class ChargeMeter {
  private since = Number.NaN;
  private weapon = '';
  private wasHeld = false;

  /** @param thrown the thrown weapon in hand that has something left, or empty. */
  update(held: boolean, thrown: string, localMs: number): void {
    const pressed = held && !this.wasHeld;
    this.wasHeld = held;
    if (!held || thrown === '' || (thrown !== this.weapon && !pressed)) this.since = Number.NaN;
    else if (pressed) this.since = localMs;
    this.weapon = thrown;
  }

  /** A throw by key used the charge up. */
  spend(): void {
    this.since = Number.NaN;
  }

  get charging(): boolean {
    return !Number.isNaN(this.since);
  }

  /** 1 to CHARGE_LEVELS; 0 while not charging. */
  level(localMs: number): number {
    if (!this.charging) return 0;
    return Math.min(CHARGE_LEVELS, 1 + Math.floor(Math.max(0, localMs - this.since) / CHARGE_LEVEL_MS));
  }

  /** 0 to 1: the way to the highest level. */
  share(localMs: number): number {
    if (!this.charging) return 0;
    return Math.min(1, Math.max(0, localMs - this.since) / (CHARGE_LEVEL_MS * (CHARGE_LEVELS - 1)));
  }
}
