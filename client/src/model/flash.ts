import type { FlashPhases } from '../net/protocol';

export type FlashPhase = 'none' | 'blind' | 'disoriented' | 'recovering';

/** What is left to show of a flash, 0 to 1 each. */
export interface Dazzle {
  phase: FlashPhase;
  /** Of the glare over everything. */
  glare: number;
  /** Of blur and lost colour. */
  blur: number;
  /** Of the dark towards the screen's edge. */
  vignette: number;
}

/** Below this share of what is left, a second flash adds nothing to the first. */
const NOTHING = 1e-3;

/**
 * The own flash: full glare that begins to fade in the blind phase's second half, then a blurred, colourless
 * picture, then a fading vignette. A weaker flash during a stronger one does not shorten it.
 */
export class FlashEye {
  private startedAt = 0;
  private intensity = 0;
  private blind = 0;
  private disoriented = 0;
  private recovering = 0;

  hit(intensity: number, phases: FlashPhases, localMs: number): void {
    const until = this.startedAt + this.blind + this.disoriented + this.recovering;
    const { blindMs, disorientedMs, recoveringMs } = phases;
    const active = localMs < until;
    if (active && localMs + blindMs + disorientedMs + recoveringMs <= until && localMs + blindMs <= this.startedAt + this.blind) return;
    this.startedAt = localMs;
    this.intensity = Math.min(1, Math.max(0, intensity));
    this.blind = blindMs;
    this.disoriented = disorientedMs;
    this.recovering = recoveringMs;
  }

  reset(): void {
    this.intensity = 0;
    this.blind = 0;
    this.disoriented = 0;
    this.recovering = 0;
  }

  /** Eyes and ears still suffer from it. */
  active(localMs: number): boolean {
    return this.intensity >= NOTHING && localMs < this.startedAt + this.blind + this.disoriented + this.recovering;
  }

  at(localMs: number, out: Dazzle): Dazzle {
    out.phase = 'none';
    out.glare = 0;
    out.blur = 0;
    out.vignette = 0;
    let t = localMs - this.startedAt;
    if (this.intensity < NOTHING || t < 0) return out;
    // A weak flash dims less, but while blind nobody is seen: the picture must not suggest otherwise.
    const strength = 0.55 + 0.45 * this.intensity;
    if (t < this.blind) {
      const half = this.blind / 2;
      out.phase = 'blind';
      out.glare = t < half ? 1 : 1 - (1 - strength * 0.85) * ((t - half) / half);
      out.blur = 1;
      out.vignette = 1;
      return out;
    }
    t -= this.blind;
    if (t < this.disoriented) {
      const share = t / this.disoriented;
      out.phase = 'disoriented';
      out.glare = strength * 0.85 * (1 - share) ** 2;
      out.blur = 1 - share * 0.8;
      out.vignette = 1;
      return out;
    }
    t -= this.disoriented;
    if (t < this.recovering) {
      const share = t / this.recovering;
      out.phase = 'recovering';
      out.blur = 0.2 * (1 - share);
      out.vignette = 1 - share;
    }
    return out;
  }
}
