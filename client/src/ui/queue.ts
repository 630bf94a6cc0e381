import type { Disposer } from '../core/disposer';
import type { Matchmaking } from '../net/matchmaking';
import { clockTime, el, setShown, setText } from './dom';
import { PartyPanel, type PartyActions } from './party';

export interface QueueActions extends PartyActions {
  onJoin(mode: string): void;
  /** In a party that another one leads. */
  onReady(isReady: boolean): void;
  onLeaveQueue(): void;
  onBack(): void;
  /** A match that is not rated. */
  onQuick(): void;
  /** @returns whether it was taken */
  onRegion(name: string, isWanted: boolean): boolean;
}

/** ms up to which a way is good, and from which on it is bad. */
const GOOD_MS = 60;
const BAD_MS = 150;

function title(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Modes, regions and a party to wait with, and the waiting. */
export class QueueView {
  private readonly root: HTMLElement;
  private readonly title = el('h2', '', { 'aria-live': 'polite' });
  private readonly detail = el('p', 'dim');
  private readonly reason = el('p', 'reason', { role: 'status', id: 'queue-reason' });
  private readonly modes = el('div', 'options');
  private readonly modeBox = el('fieldset', 'plain', {}, el('legend', 'caption', {}, 'Mode'), this.modes);
  private readonly regions = el('div', 'regions');
  private readonly regionBox = el('fieldset', 'plain', {}, el('legend', 'caption', {}, 'Regions'), this.regions);
  private readonly clock = el('p', 'wait-clock', { role: 'timer' });
  private readonly join = el('button', 'primary', { type: 'submit', id: 'queue-join' }, 'Find a rated match');
  private readonly ready = el('button', 'primary', { type: 'button', id: 'queue-ready' });
  private readonly leave = el('button', '', { type: 'button', id: 'queue-leave' }, 'Stop waiting');
  private readonly quick = el('button', '', { type: 'button', id: 'queue-quick' }, 'Quick match instead');
  private readonly back = el('button', '', { type: 'button', id: 'queue-back' }, 'Back');
  private readonly party: PartyPanel;
  private readonly rows = new Map<string, { input: HTMLInputElement; ping: HTMLElement }>();
  private shownModes = '';
  private shownRegions = '';
  private phase = '';
  private isReady = false;

  constructor(parent: HTMLElement, private readonly actions: QueueActions, disposer: Disposer) {
    this.party = new PartyPanel(actions, disposer);
    const form = el(
      'form', 'column', { autocomplete: 'off', 'aria-label': 'Rated match' },
      this.modeBox, this.regionBox, el('div', 'spring'), this.clock, el('div', 'spring'), this.reason, this.join, this.ready, this.leave,
    );
    this.root = el(
      'main', 'lobbies rated', { 'aria-label': 'Rated match' },
      this.title, this.detail,
      el('div', 'lobbies-body', {}, form, el('div', 'column', {}, this.party.root, el('div', 'spring'), this.quick, this.back)),
    );
    parent.append(this.root);
    disposer.listen(form, 'submit', (event) => {
      event.preventDefault();
      const chosen = this.modes.querySelector<HTMLInputElement>('input:checked');
      if (chosen && !this.join.hidden) actions.onJoin(chosen.value);
    });
    disposer.listen(this.ready, 'click', () => actions.onReady(!this.isReady));
    disposer.listen(this.leave, 'click', () => actions.onLeaveQueue());
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

  show(matchmaking: Matchmaking): void {
    const { phase, problem, update, welcome, party, leads, unready, service, waitedMs } = matchmaking;
    const titles: Readonly<Record<Matchmaking['phase'], string>> = {
      idle: 'Rated match', entering: 'Signing in\u2026', ready: 'Rated match', waiting: 'In the queue\u2026', found: 'Match found',
      absent: 'No rated matches', failed: 'Not signed in',
    };
    setText(this.title, titles[phase]);
    let detail = '';
    if (phase === 'waiting' && update) {
      const expected = update.estimateMs === null ? '' : ` \u00b7 most wait about ${clockTime(update.estimateMs)}`;
      detail = `${update.waiting} waiting in this mode${expected}`;
    } else if (phase === 'absent') detail = 'This server has none';
    else if (phase === 'ready') detail = leads ? 'Its result counts for your rating' : 'The leader of your party chooses and begins';
    setText(this.detail, detail);
    const waitsFor = phase === 'ready' && leads && unready.length > 0 ? `Not ready yet: ${unready.join(', ')}` : '';
    setText(this.reason, problem || waitsFor);
    this.reason.classList.toggle('soft', problem === '');
    if (welcome) {
      this.showModes(welcome.modes);
      this.showRegions(matchmaking, welcome.regions);
    }
    const isReady = party?.members.some(({ id, isReady: is }) => id === welcome?.playerId && is) ?? false;
    this.isReady = isReady;
    setText(this.ready, isReady ? 'Not ready after all' : 'Ready');
    this.ready.classList.toggle('primary', !isReady);
    setShown(this.modeBox, phase === 'ready' && leads);
    setShown(this.regionBox, phase === 'ready' && leads);
    setShown(this.join, phase === 'ready' && leads && unready.length === 0);
    setShown(this.ready, phase === 'ready' && !leads);
    setShown(this.leave, phase === 'waiting');
    setShown(this.clock, phase === 'waiting');
    this.tick(waitedMs);
    setShown(this.quick, phase !== 'found' && party === null && service?.lobbies !== false);
    this.party.show(matchmaking);
    // Whoever has lost the focus to something that is gone gets it back.
    const isLost = document.activeElement === document.body || document.activeElement === null || (document.activeElement as HTMLElement).closest('[hidden]') !== null;
    const isNew = phase !== this.phase;
    this.phase = phase;
    if (!this.root.hidden && (isNew || isLost)) this.focus();
  }

  /** Once a frame, and with what is news: the clock and the words beside it are of one moment. */
  tick(waitedMs: number): void {
    if (!this.clock.hidden) setText(this.clock, clockTime(waitedMs));
  }

  /** What is most likely wanted next. */
  private focus(): void {
    for (const button of [this.join, this.ready, this.leave, this.quick, this.back]) {
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
      return [radio, el('label', 'option', { for: radio.id }, title(name))];
    }));
  }

  private showRegions({ regions }: Matchmaking, names: readonly string[]): void {
    const text = names.join();
    if (text !== this.shownRegions) {
      this.shownRegions = text;
      this.rows.clear();
      this.regions.replaceChildren(...names.map((name) => {
        const input = el('input', 'sr', { type: 'checkbox', id: `region-${name}` });
        const ping = el('span', 'ping');
        // The rows are the view's own, and go with it.
        input.addEventListener('change', () => {
          if (!this.actions.onRegion(name, input.checked)) input.checked = true;
        });
        this.rows.set(name, { input, ping });
        return el('span', 'setting', {}, input, el('label', 'switch', { for: input.id }, el('span', 'box'), el('span', 'region-name', {}, name), ping));
      }));
    }
    for (const [name, { input, ping }] of this.rows) {
      const ms = regions.ping(name);
      input.checked = regions.isWanted(name);
      setText(ping, ms !== null ? `${ms} ms` : regions.isMeasuring ? '\u2026' : 'no answer');
      ping.className = `ping ${ms === null ? 'dim' : ms <= GOOD_MS ? 'good' : ms >= BAD_MS ? 'reason' : ''}`.trim();
    }
  }
}
