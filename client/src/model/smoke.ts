import type { SmokeState } from '../net/protocol';

/** Local ms in which the shown cloud catches up with two thirds of a change told 20 times a second. */
const FOLLOW = 90;
/** Local ms that a cloud which is told of no more takes to vanish: the server lets it fade before that. */
const VANISH = 400;

export class Cloud {
  x = 0;
  y = 0;
  /** px, shown. */
  radius = 0;
  /** 0 to 1 in the middle, shown. */
  density = 0;
  /** Whatever makes one cloud look unlike another. */
  readonly seed: number;
  private wantedRadius = 0;
  private wantedDensity = 0;
  present = true;

  constructor(
    readonly id: string,
    state: SmokeState,
  ) {
    let seed = 0;
    for (const char of id) seed = (Math.imul(seed, 31) + char.charCodeAt(0)) | 0;
    this.seed = seed >>> 0;
    this.follow(state);
    this.radius = state.radius;
    this.density = state.density;
  }

  follow(state: SmokeState): void {
    this.present = true;
    this.x = state.x;
    this.y = state.y;
    this.wantedRadius = state.radius;
    this.wantedDensity = state.density;
  }

  /** False once it has vanished. */
  update(elapsedMs: number): boolean {
    if (!this.present) {
      this.density -= elapsedMs / VANISH;
      return this.density > 0;
    }
    const share = 1 - Math.exp(-elapsedMs / FOLLOW);
    this.radius += (this.wantedRadius - this.radius) * share;
    this.density += (this.wantedDensity - this.density) * share;
    return true;
  }

  /** Opacity at a point by the rule book; 0 outside. */
  opacity(x: number, y: number): number {
    const d = Math.hypot(x - this.x, y - this.y);
    return d >= this.radius ? 0 : this.density * (1 - (0.5 * d) / this.radius);
  }
}

export class SmokeSet {
  readonly clouds = new Map<string, Cloud>();

  states(states: readonly SmokeState[]): void {
    for (const cloud of this.clouds.values()) cloud.present = false;
    for (const state of states) {
      const cloud = this.clouds.get(state.id);
      if (cloud) cloud.follow(state);
      else this.clouds.set(state.id, new Cloud(state.id, state));
    }
  }

  update(elapsedMs: number): void {
    for (const cloud of this.clouds.values()) {
      if (!cloud.update(elapsedMs)) this.clouds.delete(cloud.id);
    }
  }

  /** Zones add up to at most 1. */
  opacity(x: number, y: number): number {
    let sum = 0;
    for (const cloud of this.clouds.values()) sum += cloud.opacity(x, y);
    return Math.min(1, sum);
  }

  clear(): void {
    this.clouds.clear();
  }
}
