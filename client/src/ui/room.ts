import type { Disposer } from '../core/disposer';
import { TEAMS } from '../core/rules';
import type { MatchModel } from '../model/match';
import type { LobbyUpdate } from '../net/protocol';
import { copyLink } from './copyLink';
import { el, setShown, setText } from './dom';

export interface RoomState {
  readonly lobby: LobbyUpdate;
  /** Seconds to the start; null: no countdown runs. */
  readonly countdown: number | null;
  /** To ask friends in with; empty: of a match for everyone. */
  readonly invite: string;
}

/** The waiting room: who is here, what it waits for, and the way in for friends. The match can be walked about in behind it. */
export class RoomPanel {
  readonly root = el('section', 'card room', { 'aria-label': 'Waiting room' });
  private readonly title = el('h2', '', { 'aria-live': 'polite' });
  private readonly detail = el('p', 'dim');
  private readonly members = el('ol', 'room-members', { 'aria-label': 'Players here' });
  private readonly link = el('input', 'field', { type: 'text', readonly: '', id: 'invite-link', 'aria-label': 'Invite link' });
  private readonly copy = el('button', '', { type: 'button', id: 'copy-invite' }, 'Copy the link');
  private readonly start = el('button', '', { type: 'button', id: 'force-start' }, 'Start now');
  private readonly forFriends = el('div', '', {}, this.link, el('div', 'buttons', {}, this.copy, this.start));
  private shownMembers = '';

  constructor(onStart: () => void, private readonly onCopied: (text: string) => void, disposer: Disposer) {
    this.root.append(this.title, this.detail, this.members, this.forFriends);
    this.root.hidden = true;
    disposer.listen(this.copy, 'click', () => {
      this.copyInvite();
      // The keys are the game's again.
      this.copy.blur();
    });
    disposer.listen(this.start, 'click', () => {
      onStart();
      this.start.blur();
    });
  }

  copyInvite(): void {
    copyLink(this.link, this.onCopied);
  }

  /** Once a frame; null: nothing is waited for. */
  update(room: RoomState | null, match: MatchModel): void {
    setShown(this.root, room !== null);
    if (!room) return;
    const { lobby, countdown, invite } = room;
    const missing = lobby.minimumPlayers - lobby.playerCount;
    setText(this.title, countdown !== null ? `Starts in ${countdown}` : 'Waiting for players');
    setText(this.detail, countdown === null && missing > 0
      ? `${lobby.playerCount} of ${lobby.maxPlayers} are here \u00b7 ${missing} more to start`
      : `${lobby.playerCount} of ${lobby.maxPlayers} are here${lobby.mapName ? ` \u00b7 ${lobby.mapName}` : ''}`);
    this.showMembers(lobby, match);
    setShown(this.forFriends, invite !== '');
    if (this.link.value !== invite) this.link.value = invite;
    setShown(this.start, countdown === null);
  }

  private showMembers(lobby: LobbyUpdate, match: MatchModel): void {
    const rows = lobby.members.slice(0, lobby.maxPlayers).map(({ id, team }) => {
      const player = match.players.get(id);
      return { id, team: player?.team ?? team, name: player?.name ?? (id === match.ownId ? 'You' : 'Joining\u2026') };
    });
    const text = rows.map(({ id, team, name }) => `${id}|${team}|${name}`).join('\n') + match.ownId;
    if (text === this.shownMembers) return;
    this.shownMembers = text;
    const items: HTMLElement[] = [];
    for (const side of [...TEAMS, null]) {
      for (const { id, team, name } of rows) {
        if (team === side) items.push(el('li', `${side ?? 'dim'}${id === match.ownId ? ' own' : ''}`, {}, name));
      }
    }
    this.members.replaceChildren(...items);
  }
}
