import { weaponInfo } from '../core/rules';
import { Button, NO_WEAPON, PLACES, weaponName } from '../wire/names';
import type { WireState } from '../wire/state';

/** Of a cooldown, for a shot: 60 s in inputs. Each input takes the weapon's rounds a minute off, as each tick does at the host. */
const MINUTE = 60 * 60;
/** Shots that the host has not confirmed: over six seconds of the fastest gun's. A power of two. */
const KEPT = 128;
const RING = KEPT - 1;
const AUTOMATIC: ReadonlySet<string> = new Set(['rifle', 'smg', 'machinegun']);
/** Of a hundred: what a shot adds, and from where on the host is asked whether the gun still fires. */
const HEAT_A_SHOT = 5;
const HEAT_LEFT = 90;
const SLOTS_MASK = Button.SLOT1 | (Button.SLOT1 << 1) | (Button.SLOT1 << 2) | (Button.SLOT1 << 3) | (Button.SLOT1 << 4);

/**
 * Which input fires the gun in hand, by the engine's `sim/weapons.rs` and what the newest snapshot says of hands and
 * magazine; so that a shot is seen and heard when the trigger is pulled, and not a way there and back later. It rather says
 * no: after a switch or a reload, until the host has confirmed that input, and close to overheating. Thrown weapons charge,
 * and their flight is the host's to tell.
 */
export class Trigger {
  private readonly left = new Float64Array(PLACES);
  private readonly held = new Int8Array(PLACES).fill(NO_WEAPON);
  /** By shot: sequence number of its input, and the place that was in hand. */
  private readonly sequences = new Float64Array(KEPT);
  private readonly places = new Uint8Array(KEPT);
  private shots = 0;
  /** Input that may have changed what is in hand or what it does. */
  private changed = 0;

  /** A new epoch or a new life. */
  reset(): void {
    this.left.fill(0);
    this.held.fill(NO_WEAPON);
    this.shots = 0;
    this.changed = 0;
    this.sequences.fill(0);
  }

  /**
   * An input was made; each one is to be told of, in their order.
   *
   * @param pressed buttons that went down with it
   * @param confirmed sequence number of the last input that the snapshot has in it
   * @returns the type of the weapon that it fires, or an empty string
   */
  pull(sequence: number, held: number, pressed: number, confirmed: number, state: WireState, alive: boolean): string {
    const { places, hands } = state;
    for (let place = 0; place < PLACES; place += 1) {
      const { weapon } = places[place]!;
      if (this.held[place] !== weapon) {
        this.held[place] = weapon;
        this.left[place] = 0;
      }
      const rate = weaponInfo(weaponName(weapon))?.rate ?? 0;
      this.left[place] = this.left[place]! > 0 ? this.left[place]! - rate : 0;
    }
    if ((pressed & (SLOTS_MASK | Button.RELOAD)) !== 0) this.changed = sequence;
    if (!alive || state.teams.over || this.changed > confirmed) return '';
    const { place } = hands;
    const type = weaponName(places[place]!.weapon);
    const info = weaponInfo(type);
    if (!info || info.hand === 'thrown') return '';
    const pulled = (pressed & Button.FIRE) !== 0 || ((held & Button.FIRE) !== 0 && AUTOMATIC.has(type));
    if (!pulled || this.left[place]! > 0) return '';
    if (hands.reloadEnds > state.tick || hands.silenceEnds > state.tick) return '';
    const ahead = this.ahead(place, confirmed);
    if (places[place]!.rounds <= ahead) return '';
    if (type === 'machinegun' && hands.heat + ahead * HEAT_A_SHOT >= HEAT_LEFT) return '';
    this.left[place]! += MINUTE;
    this.sequences[this.shots & RING] = sequence;
    this.places[this.shots & RING] = place;
    this.shots += 1;
    return type;
  }

  /** Shots of a place that the newest snapshot does not have in it. */
  ahead(place: number, confirmed: number): number {
    let count = 0;
    for (let back = 1; back <= Math.min(this.shots, KEPT); back += 1) {
      const at = (this.shots - back) & RING;
      if (this.sequences[at]! <= confirmed) break;
      if (this.places[at] === place) count += 1;
    }
    return count;
  }
}
