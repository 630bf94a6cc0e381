import { HEAT_LIMIT, weaponLabel } from '../core/rules';
import type { MatchModel } from '../model/match';
import type { WeaponState } from '../net/protocol';
import { el, setShown, setText } from './dom';
import { iconOf } from './icon';
import { Meter } from './meter';

/** Rounds a minute up to which the pause between two shots is long enough to be shown. */
const SLOW = 160;
/** px of a slot's height, and of the bar's length; see the style sheet. */
const SLOT_PX = 25;
const BAR_PX = 66;

class Slot {
  readonly box: HTMLElement;
  private readonly picture = el('span', 'picture');
  private readonly ammo = el('span', 'rounds');
  private readonly name = el('span', 'sr');
  private readonly waitFill = el('span', 'wait-fill');
  private readonly wait = new Meter(this.waitFill, SLOT_PX, 'bottom');
  private type = '';

  constructor(key: number) {
    this.box = el('li', 'slot', {}, el('kbd', '', { 'aria-hidden': 'true' }, String(key)), this.picture, this.name, this.ammo, this.waitFill);
  }

  /** @param wait share of a reload or a pause that is still to pass, 0 to 1 */
  update(weapon: WeaponState, ammo: number, active: boolean, wait: number): void {
    if (weapon.type !== this.type) {
      this.type = weapon.type;
      this.picture.replaceChildren(iconOf(weapon.type));
      setText(this.name, weaponLabel(weapon.type));
      this.box.title = weaponLabel(weapon.type);
    }
    setText(this.ammo, String(ammo));
    this.box.classList.toggle('active', active);
    this.box.classList.toggle('empty', ammo + weapon.reserveAmmo <= 0);
    this.box.classList.toggle('dry', ammo <= 0);
    this.wait.show(wait);
  }
}

/** All that is carried, by key, and the weapon in hand at large. */
export class WeaponBar {
  readonly root: HTMLElement;
  private readonly list = el('ol', 'slots-row', { 'aria-label': 'Weapons' });
  private readonly slots: Slot[] = [];
  private readonly hand = el('div', 'corner ammo');
  private readonly label = el('span', 'weapon');
  private readonly ammo = el('span', 'value');
  private readonly reserve = el('span', 'reserve');
  private readonly bar = el('div', 'bar thin');
  private readonly fill = el('div', 'fill');
  private readonly meter = new Meter(this.fill, BAR_PX, 'left');
  private barText = '';

  constructor() {
    this.bar.append(this.fill);
    this.hand.append(this.label, el('div', 'numbers', {}, this.ammo, this.reserve), this.bar);
    this.root = el('div', 'arms', {}, this.list, this.hand);
  }

  /** Once a frame. */
  update(match: MatchModel, localMs: number): void {
    const weapons = match.ownWeapons;
    const { ownWeapon: inHand } = match;
    const { reload } = match;
    while (this.slots.length < weapons.length) {
      const slot = new Slot(this.slots.length + 1);
      this.slots.push(slot);
      this.list.append(slot.box);
    }
    for (let i = 0; i < this.slots.length; i += 1) {
      const weapon = weapons[i];
      const slot = this.slots[i]!;
      setShown(slot.box, weapon !== undefined);
      if (!weapon) continue;
      const reloading = reload?.weaponType === weapon.type ? reloadLeft(reload.startedAt, reload.endsAt, localMs) : 0;
      const pause = weapon.fireRate <= SLOW ? match.cooldown(weapon, localMs) : 0;
      slot.update(weapon, match.ammoOf(weapon), weapon === inHand, Math.max(reloading, pause));
    }
    setShown(this.hand, inHand !== null);
    if (!inHand) return;
    const ammo = match.ammoOf(inHand);
    setText(this.ammo, String(ammo));
    setText(this.reserve, inHand.reloadTime > 0 || inHand.reserveAmmo > 0 ? `/ ${inHand.reserveAmmo}` : 'left');
    this.hand.classList.toggle('low', ammo <= inHand.maxAmmo * 0.2);
    this.updateBar(match, inHand, localMs);
  }

  /** Reload, else heat, else the pause between slow shots: one bar, since they never matter at once. */
  private updateBar(match: MatchModel, weapon: WeaponState, localMs: number): void {
    const { reload, heat } = match;
    let kind = '';
    let share = 0;
    if (reload?.weaponType === weapon.type && reload.endsAt > reload.startedAt) {
      kind = 'reloading';
      share = 1 - reloadLeft(reload.startedAt, reload.endsAt, localMs);
    } else if (weapon.type === 'machinegun') {
      kind = heat.overheated(localMs) ? 'overheated' : 'heat';
      share = heat.level(localMs) / HEAT_LIMIT;
    } else if (weapon.fireRate > 0 && weapon.fireRate <= SLOW) {
      kind = 'pause';
      share = 1 - match.cooldown(weapon, localMs);
      if (share >= 1) kind = 'ready';
    }
    const isDry = match.ammoOf(weapon) <= 0 && weapon.reserveAmmo > 0 && kind !== 'reloading';
    this.meter.show(share);
    const text = `${weapon.type} ${kind} ${isDry}`;
    if (text === this.barText) return;
    this.barText = text;
    this.bar.className = `bar thin ${kind}`;
    if (kind === 'overheated') setText(this.label, 'Overheated');
    else if (kind === 'reloading') setText(this.label, 'Reloading');
    else setText(this.label, isDry ? 'R to reload' : weaponLabel(weapon.type));
  }
}

function reloadLeft(startedAt: number, endsAt: number, localMs: number): number {
  return endsAt > startedAt ? Math.min(1, Math.max(0, (endsAt - localMs) / (endsAt - startedAt))) : 0;
}
