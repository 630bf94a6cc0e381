import type { Disposer } from '../core/disposer';
import type { Matchmaking } from '../net/matchmaking';
import { partyCodeOf, partyLink } from '../net/matchmakingProtocol';
import { copyLink } from './copyLink';
import { el, setShown, setText } from './dom';

export interface PartyActions {
  onCreateParty(): void;
  onJoinParty(code: string): void;
  onLeaveParty(): void;
  onPromote(memberId: string): void;
  onKick(memberId: string): void;
}

/** Who plays together, the way in for friends, and what the leader may do. */
export class PartyPanel {
  readonly root = el('section', 'party', { 'aria-label': 'Party' });
  private readonly title = el('p', 'caption');
  private readonly status = el('p', 'party-status', { role: 'status', id: 'party-status' });
  private readonly members = el('ol', 'party-members', { 'aria-label': 'Members' });
  private readonly code = el('input', 'field', {
    id: 'party-code', type: 'text', maxlength: '400', spellcheck: 'false', autocomplete: 'off', placeholder: 'Code, or a link', 'aria-label': 'Code of a party',
  });
  private readonly link = el('input', 'field', { type: 'text', readonly: '', id: 'party-link', 'aria-label': 'Invite link' });
  private readonly alone: HTMLElement;
  private readonly together: HTMLElement;
  private readonly leave = el('button', '', { type: 'button', id: 'party-leave', 'aria-label': 'Leave the party' }, 'Leave');
  private readonly copy = el('button', '', { type: 'button', id: 'party-copy' }, 'Copy link');
  private shown = '';

  constructor(actions: PartyActions, disposer: Disposer) {
    const create = el('button', '', { type: 'button', id: 'party-create' }, 'Make a party');
    const join = el('button', '', { type: 'submit', id: 'party-join' }, 'Join');
    const form = el('form', 'party-form', { autocomplete: 'off', 'aria-label': 'Join a party' }, this.code, join);
    this.alone = el('div', '', {}, el('p', 'dim', {}, 'Up to four friends play on one side'), create, form);
    // Who waits takes nobody in.
    this.together = el('div', '', {}, this.members, this.link, el('div', 'buttons', {}, this.copy, this.leave));
    this.root.append(this.title, this.alone, this.together, this.status);
    disposer.listen(create, 'click', () => actions.onCreateParty());
    disposer.listen(form, 'submit', (event) => {
      event.preventDefault();
      const code = partyCodeOf(this.code.value);
      if (code) actions.onJoinParty(code);
      else {
        this.say(this.code.value.trim() === '' ? 'Type the code, or paste an invite link' : 'That is no code and no invite link', true);
        this.code.focus();
      }
    });
    disposer.listen(this.copy, 'click', () => copyLink(this.link, (text) => this.say(text, false)));
    disposer.listen(this.leave, 'click', () => actions.onLeaveParty());
    disposer.listen(this.members, 'click', (event) => {
      const { dataset } = event.target as HTMLElement;
      if (dataset['promote']) actions.onPromote(dataset['promote']);
      else if (dataset['kick']) actions.onKick(dataset['kick']);
    });
  }

  show({ party, partyProblem, phase, welcome, leads }: Matchmaking): void {
    const isQuiet = phase === 'ready';
    setShown(this.root, isQuiet || (phase === 'waiting' && party !== null));
    setShown(this.alone, party === null);
    setShown(this.together, party !== null);
    setShown(this.link, isQuiet);
    setShown(this.copy, isQuiet);
    setText(this.title, party ? `Party ${party.code}` : 'Party');
    const text = JSON.stringify([party, partyProblem, isQuiet, welcome?.playerId]);
    if (text === this.shown) return;
    this.shown = text;
    this.say(partyProblem, true);
    if (!party) return;
    const link = partyLink(location.href, party.code);
    if (this.link.value !== link) this.link.value = link;
    const hadFocus = this.members.contains(document.activeElement) ? document.activeElement?.id : undefined;
    this.members.replaceChildren(...party.members.map(({ id, name, isReady }) => {
      const isOwn = id === welcome?.playerId;
      const state = id === party.leader ? 'Leads' : phase === 'waiting' ? 'Waits' : isReady ? 'Ready' : 'Not ready';
      const may = leads && isQuiet && !isOwn;
      return el(
        'li', isOwn ? 'own' : '', {},
        el('span', 'party-name', {}, name),
        el('span', id === party.leader ? 'mark' : isReady ? 'good' : 'dim', {}, state),
        ...(may ? [
          el('button', '', { type: 'button', id: `promote-${id}`, 'data-promote': id, 'aria-label': `Let ${name} lead` }, 'Lead'),
          el('button', '', { type: 'button', id: `kick-${id}`, 'data-kick': id, 'aria-label': `Remove ${name}` }, 'Remove'),
        ] : []),
      );
    }));
    if (hadFocus !== undefined) document.getElementById(hadFocus)?.focus();
  }

  private say(text: string, bad: boolean): void {
    setText(this.status, text);
    this.status.classList.toggle('reason', bad);
  }
}
