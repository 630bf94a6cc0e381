import { Disposer } from '../core/disposer';
import { SUPPORT_SLOTS, weaponInfo, type WeaponInfo, type WeaponSlot } from '../core/rules';
import { slotsUsed, toggleSupport, weaponsOf, whyNot, type Loadout } from '../model/loadout';
import { statsOf } from '../model/stats';
import { el, setText } from './dom';
import { iconOf } from './icon';

export interface LoadoutTexts {
  readonly confirm: string;
  readonly cancel: string;
  /** What confirming means; may be empty. */
  readonly hint: string;
}

export interface LoadoutActions {
  onConfirm(loadout: Loadout): void;
  onCancel(): void;
}

/**
 * The choice of weapons: a form of radios and checkboxes, so that Tab, arrows, Space and Enter work as the browser
 * has them, and Escape goes back. What does not fit can be reached and read about, but not taken.
 */
export class LoadoutView {
  private readonly root: HTMLElement;
  private readonly pips: HTMLElement[] = [];
  private readonly reason = el('p', 'reason', { role: 'status' });
  private readonly keys = el('p', 'keys');
  private readonly items: { readonly weapon: WeaponInfo; readonly input: HTMLInputElement; readonly row: HTMLElement }[] = [];
  private readonly details = el('div', 'details');
  private readonly used = el('span', 'dim');
  private shown = '';
  private loadout: Loadout;
  private readonly disposer = new Disposer();

  constructor(parent: HTMLElement, initial: Loadout, texts: LoadoutTexts, actions: LoadoutActions) {
    const { disposer } = this;
    this.loadout = initial;
    const confirm = el('button', 'primary', { type: 'submit', id: 'loadout-confirm' }, texts.confirm);
    const cancel = el('button', '', { type: 'button', id: 'loadout-cancel' }, texts.cancel);
    const slots = el('span', 'slots', { 'aria-hidden': 'true' });
    for (let i = 0; i < SUPPORT_SLOTS; i += 1) {
      const pip = el('span', 'pip');
      this.pips.push(pip);
      slots.append(pip);
    }
    const form = el(
      'form',
      'loadout-form',
      { autocomplete: 'off', 'aria-label': 'Loadout' },
      el(
        'div',
        'column',
        {},
        this.group('primary', 'Primary'),
        this.group('secondary', 'Secondary'),
      ),
      el('div', 'column', {}, this.group('support', 'Support', slots, this.used), this.reason),
      el('div', 'column side', {}, this.details, el('div', 'spring'), el('p', 'dim hint', {}, texts.hint), el('div', 'buttons', {}, cancel, confirm)),
    );
    this.root = el('section', 'loadout', { role: 'dialog', 'aria-label': 'Loadout' }, el('h2', '', {}, 'Loadout'), form, this.keys);
    parent.append(this.root);

    disposer.listen(form, 'submit', (event) => {
      event.preventDefault();
      actions.onConfirm(this.loadout);
    });
    disposer.listen(cancel, 'click', () => actions.onCancel());
    disposer.listen(this.root, 'keydown', (event) => {
      if (event.code !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      actions.onCancel();
    });
    disposer.add(() => this.root.remove());
    this.refresh();
    this.show(initial.primary);
    confirm.focus();
  }

  close(): void {
    this.disposer.dispose();
  }

  private group(slot: WeaponSlot, title: string, ...extra: HTMLElement[]): HTMLElement {
    const box = el('fieldset', 'plain', {}, el('legend', 'caption', {}, title, ' ', ...extra));
    for (const weapon of weaponsOf(slot)) {
      const { type } = weapon;
      const isSupport = slot === 'support';
      const input = el('input', 'sr', {
        type: isSupport ? 'checkbox' : 'radio', name: isSupport ? type : slot, id: `loadout-${type}`, value: type,
      });
      const cost = el('span', 'cost', { 'aria-hidden': 'true' });
      for (let i = 0; i < weapon.cost; i += 1) cost.append(el('span', 'pip full'));
      const place = el('span', 'picture', {}, iconOf(type));
      const row = el('label', 'weapon-row', { for: input.id }, place, el('span', 'name', {}, weapon.label), cost);
      if (isSupport) row.append(el('span', 'sr', {}, `, ${weapon.cost} of ${SUPPORT_SLOTS} slots`));
      box.append(input, row);
      this.items.push({ weapon, input, row });
      this.disposer.listen(input, 'focus', () => this.show(type));
      this.disposer.listen(row, 'mouseenter', () => this.show(type));
      this.disposer.listen(input, 'change', () => this.choose(weapon));
    }
    return box;
  }

  private choose(weapon: WeaponInfo): void {
    const { type, slot } = weapon;
    if (slot === 'support') this.loadout = toggleSupport(this.loadout, type);
    else this.loadout = { ...this.loadout, [slot]: type };
    this.show(type);
    this.refresh();
  }

  /** The inputs say what the loadout is, so a click that was not granted is taken back here. */
  private refresh(): void {
    const { loadout } = this;
    const used = slotsUsed(loadout.support);
    this.pips.forEach((pip, i) => pip.classList.toggle('full', i < used));
    setText(this.used, ` ${used} of ${SUPPORT_SLOTS}`);
    for (const { weapon, input, row } of this.items) {
      const { slot, type } = weapon;
      input.checked = slot === 'support' ? loadout.support.includes(type) : loadout[slot] === type;
      const blocked = slot === 'support' && whyNot(loadout.support, type) !== '';
      row.classList.toggle('blocked', blocked);
      input.setAttribute('aria-disabled', String(blocked));
    }
    const all = [loadout.primary, loadout.secondary, ...loadout.support];
    this.keys.replaceChildren(
      ...all.map((type, i) => el('span', 'key-entry', {}, el('kbd', '', {}, String(i + 1)), ' ', weaponInfo(type)?.label ?? type)),
    );
    this.explain();
  }

  private explain(): void {
    const weapon = weaponInfo(this.shown);
    const why = weapon?.slot === 'support' ? whyNot(this.loadout.support, weapon.type) : '';
    setText(this.reason, why);
  }

  private show(type: string): void {
    const weapon = weaponInfo(type);
    if (!weapon) return;
    this.shown = type;
    this.explain();
    const rival = weapon.slot === 'support' ? null : weaponInfo(this.loadout[weapon.slot]);
    const rivalStats = rival && rival.type !== type ? statsOf(rival) : null;
    this.details.replaceChildren(
      el('div', 'portrait', {}, iconOf(type, 2)),
      el('h3', '', {}, weapon.label),
      el('p', 'dim note', {}, weapon.note),
      ...statsOf(weapon).map((stat, i) => {
        const bar = el('span', 'stat-bar');
        const fill = el('span', 'fill');
        fill.style.width = `${Math.round(Math.min(1, Math.max(0.02, stat.share)) * 100)}%`;
        bar.append(fill);
        const other = rivalStats?.[i];
        if (other) {
          const mark = el('span', 'mark');
          mark.style.left = `${Math.round(Math.min(1, Math.max(0, other.share)) * 100)}%`;
          bar.append(mark);
        }
        return el('div', 'stat', {}, el('span', 'dim', {}, stat.label), bar, el('span', 'number', {}, stat.text));
      }),
      el('p', 'dim', {}, weapon.reload > 0 ? `Reload ${(weapon.reload / 1000).toFixed(1)} s` : 'Thrown'),
    );
  }
}
