import type { Disposer } from '../core/disposer';
import type { Matchmaking } from '../net/matchmaking';
import { clockTime, el, setShown, setText } from './dom';

export interface QueueActions {
  onJoin(mode: string): void;
  onLeave(): void;
  onBack(): void;
  /** A match that is not rated. */
  onQuick(): void;
}

/** Modes to wait for, and the waiting. */
export class QueueView {
  private readonly root: HTMLElement;
  private readonly title = el('h2', '', { 'aria-live': 'polite' });
  private readonly detail = el('p', 'dim');
  private readonly reason = el('p', 'reason', { role: 'status' });
  private readonly modes = el('div', 'options');
  private readonly modeBox = el('fieldset', 'plain', {}, el('legend', 'caption', {}, 'Mode'), this.modes);
  private readonly join = el('button', 'primary', { type: 'submit', id: 'queue-join' }, 'Find a rated match');
  private readonly leave = el('button', '', { type: 'button', id: 'queue-leave' }, 'Stop waiting');
  private readonly quick = el('button', '', { type: 'button', id: 'queue-quick' }, 'Quick match instead');
  private readonly back = el('button', '', { type: 'button', id: 'queue-back' }, 'Back');
  private shownModes = '';
  private phase = '';

  constructor(parent: HTMLElement, actions: QueueActions, disposer: Disposer) {
    const form = el('form', 'card queue', { autocomplete: 'off', 'aria-label': 'Rated match' }, this.title, this.detail, this.reason, this.modeBox, this.join, this.leave, this.quick, this.back);
    this.root = el('main', 'menu', {}, form);
    parent.append(this.root);
    disposer.listen(form, 'submit', (event) => {
      event.preventDefault();
      const chosen = this.modes.querySelector<HTMLInputElement>('input:checked');
      if (chosen) actions.onJoin(chosen.value);
    });
    disposer.listen(this.leave, 'click', () => actions.onLeave());
    disposer.listen(this.quick, 'click', () => actions.onQuick());
    disposer.listen(this.back, 'click', () => actions.onBack());
    disposer.listen(this.root, 'keydown', (event) => {
      if (event.code !== 'Escape') return;
      event.preventDefault();
      actions.onBack();
    });
    disposer.add(() => this.root.remove());
  }

  /** Another screen stands before this one. */
  cover(covered: boolean): void {
    this.root.hidden = covered;
    if (!covered) this.focus();
  }

  show({ phase, problem, update, welcome }: Matchmaking): void {
    const titles: Readonly<Record<Matchmaking['phase'], string>> = {
      idle: 'Rated match', entering: 'Signing in\u2026', ready: 'Rated match', waiting: 'In the queue\u2026', found: 'Match found',
      absent: 'No rated matches', failed: 'Not signed in',
    };
    setText(this.title, titles[phase]);
    let detail = '';
    if (phase === 'waiting' && update) {
      const expected = update.estimateMs === null ? '' : ` \u00b7 about ${clockTime(update.estimateMs)}`;
      detail = `${update.waiting} waiting \u00b7 ${clockTime(update.waitedMs)} so far${expected}`;
    } else if (phase === 'absent') detail = 'This server has none';
    else if (phase === 'ready') detail = 'Its result counts for your rating';
    setText(this.detail, detail);
    setText(this.reason, problem);
    if (welcome) this.showModes(welcome.modes);
    setShown(this.modeBox, phase === 'ready');
    setShown(this.join, phase === 'ready');
    setShown(this.leave, phase === 'waiting');
    setShown(this.quick, phase !== 'found');
    if (phase === this.phase) return;
    this.phase = phase;
    if (!this.root.hidden) this.focus();
  }

  /** What is most likely wanted next. */
  private focus(): void {
    for (const button of [this.join, this.leave, this.quick]) {
      if (button.hidden) continue;
      button.focus();
      return;
    }
  }

  private showModes(names: readonly string[]): void {
    const text = names.join();
    if (text === this.shownModes) return;
    this.shownModes = text;
    // The larger one, where there is it: it is what most wait for.
    const usual = names.includes('standard') ? 'standard' : names[0];
    this.modes.replaceChildren(...names.flatMap((name) => {
      const radio = el('input', 'sr', { type: 'radio', name: 'mode', id: `mode-${name}`, value: name });
      radio.checked = name === usual;
      return [radio, el('label', 'option', { for: radio.id }, name.charAt(0).toUpperCase() + name.slice(1))];
    }));
  }
}
