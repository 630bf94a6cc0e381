import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LOADOUT } from '../src/model/loadout';
import type { GameLink, LinkStatus } from '../src/net/link';
import type { ClientEventName } from '../src/net/protocol';
import { pickTeam, Session, type Goal } from '../src/net/session';

class FakeLink implements GameLink {
  status: LinkStatus = 'idle';
  id = 'me';
  malformedCount = 0;
  readonly play = null;
  opened = 0;
  readonly sent: [ClientEventName, unknown][] = [];
  private readonly handlers = new Map<string, (payload: never) => void>();
  private statusHandler: (status: LinkStatus) => void = () => {};

  open(): void {
    this.opened += 1;
  }
  close(): void {}
  send(event: ClientEventName, payload: unknown): void {
    this.sent.push([event, payload]);
  }
  on = (event: string, handler: (payload: never) => void): (() => void) => {
    this.handlers.set(event, handler);
    return () => this.handlers.delete(event);
  };
  onStatus = (handler: (status: LinkStatus) => void): (() => void) => {
    this.statusHandler = handler;
    return () => {};
  };
  listenerCount(): number {
    return this.handlers.size;
  }
  say(event: string, payload: unknown): void {
    this.handlers.get(event)?.(payload as never);
  }
  become(status: LinkStatus): void {
    this.status = status;
    this.statusHandler(status);
  }
  events(): string[] {
    return this.sent.map(([event]) => event);
  }
}

const lobby = { lobbyId: 'l', playerCount: 1, maxPlayers: 8, status: 'waiting' };

function start(team: 'red' | 'blue' | 'auto', goal?: Goal): { link: FakeLink; session: Session } {
  const link = new FakeLink();
  const session = new Session(
    link, { name: 'Ann', team, loadout: DEFAULT_LOADOUT },
    (event, handler) => void link.on(event, handler as (payload: never) => void),
    (handler) => void link.onStatus(handler),
    () => 1000, () => 0.9, goal,
  );
  return { link, session };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the session', () => {
  it('goes from no connection to a body in a match', () => {
    const { link, session } = start('red');
    expect(link.opened).toBe(1);
    link.become('up');
    expect(link.events()).toEqual(['client:ready', 'find_match']);
    expect(link.sent[0]?.[1]).toMatchObject({ sounds: true });
    link.say('lobby_joined', lobby);
    expect(session.phase).toBe('joining');
    expect(link.sent[2]?.[1]).toMatchObject({ playerName: 'Ann', loadout: { team: 'red', ...DEFAULT_LOADOUT } });
    link.say('player:join:success', { playerId: 'me', team: 'red' });
    expect(session.phase).toBe('playing');
  });

  it('waits for the member list to pick the smaller team, but not for ever', () => {
    const { link } = start('auto');
    link.become('up');
    link.say('lobby_joined', lobby);
    expect(link.events()).toEqual(['client:ready', 'find_match']);
    link.say('lobby_state_update', { ...lobby, minimumPlayers: 2, mapName: '', members: [{ id: 'x', team: 'blue' }] });
    vi.advanceTimersByTime(300);
    expect(link.sent[2]?.[1]).toMatchObject({ loadout: { team: 'red' } });
  });

  it('asks again for a body that was refused, and once the match starts', () => {
    const { link, session } = start('blue');
    link.become('up');
    link.say('lobby_joined', lobby);
    link.say('player:join:failed', { reason: 'not yet' });
    expect(session.problem).toBe('not yet');
    vi.advanceTimersByTime(1100);
    expect(link.events().filter((event) => event === 'player:join').length).toBe(2);
    link.say('match_started', { killTarget: 50 });
    expect(link.events().filter((event) => event === 'player:join').length).toBe(3);
  });

  it('comes back into the match that it lost, on the same side, and only once it is gone into another', () => {
    const { link, session } = start('auto');
    link.become('up');
    link.say('lobby_joined', lobby);
    vi.advanceTimersByTime(300);
    link.say('player:join:success', { playerId: 'me', team: 'red' });
    link.become('down');
    expect(session.phase).toBe('connecting');
    // The first try to come back fails on the way.
    link.become('up');
    link.become('down');
    link.become('up');
    expect(link.sent.at(-1)).toEqual(['join_lobby', { lobbyId: 'l' }]);
    link.say('lobby_joined', lobby);
    expect(link.sent.at(-1)).toMatchObject(['player:join', { loadout: { team: 'red' } }]);
    link.say('player:join:failed', { reason: 'Team is full' });
    vi.advanceTimersByTime(1100);
    expect(link.sent.at(-1), 'where there is no more room on it, on the other').toMatchObject(['player:join', { loadout: { team: 'blue' } }]);
    link.become('down');
    link.become('up');
    link.say('lobby_join_failed', { reason: 'Lobby not found' });
    expect(link.sent.at(-1)?.[0]).toBe('find_match');
    link.say('lobby_joined', { ...lobby, lobbyId: 'other' });
    expect(session.phase).toBe('joining');
  });

  it('opens a private match, and comes back into that one', () => {
    const { link, session } = start('red', { kind: 'create', password: 'moss', maxPlayers: 4 });
    link.become('up');
    expect(link.sent.at(-1)).toEqual(['create_private_lobby', { gameMode: 'deathmatch', maxPlayers: 4, password: 'moss' }]);
    expect(session.isPrivate).toBe(false);
    link.say('lobby_joined', lobby);
    expect(session.isPrivate).toBe(true);
    session.forceStart();
    expect(link.sent.at(-1)).toMatchObject(['admin:force_start_match', { lobbyId: 'l' }]);
    link.become('down');
    link.become('up');
    expect(link.sent.at(-1)).toEqual(['join_lobby', { lobbyId: 'l', password: 'moss' }]);
    link.say('lobby_join_failed', { reason: 'Lobby not found' });
    expect([session.phase, session.problem]).toEqual(['failed', 'Lobby not found']);
  });

  it('asks for nothing where the matchmaker has sent it, and stays for the results', () => {
    const { link, session } = start('red', { kind: 'hosted' });
    link.become('up');
    expect(link.events()).toEqual(['client:ready']);
    link.say('lobby_joined', lobby);
    link.say('player:join:success', { playerId: 'me', team: 'red' });
    link.say('match_ended', {});
    link.say('match:return', { reason: 'finished' });
    expect(session.phase).not.toBe('failed');
    link.say('left_lobby', { reason: 'match over' });
    expect([session.isOver, session.phase, session.problem], 'they stay when its lobby closes').toEqual([true, 'joining', '']);
    link.become('down');
    link.become('up');
    expect([session.phase, link.sent.at(-1)?.[0]], 'and when the connection ends').toEqual(['joining', 'player:join']);
    session.stop();
    const late = start('red', { kind: 'hosted' });
    late.link.become('up');
    late.link.say('match:return', { reason: 'MATCH_GONE' });
    expect([late.session.phase, late.session.problem]).toEqual(['failed', 'The match is over already.']);
  });

  it('joins by a code, or says why not', () => {
    const { link, session } = start('red', { kind: 'join', lobbyId: 'x', password: '' });
    link.become('up');
    expect(link.sent.at(-1)).toEqual(['join_lobby', { lobbyId: 'x' }]);
    link.say('lobby_join_failed', { reason: 'Invalid password' });
    expect([session.phase, session.problem]).toEqual(['failed', 'Invalid password']);
  });

  it('joins the next match of the lobby anew', () => {
    const { link } = start('red');
    link.become('up');
    link.say('lobby_joined', lobby);
    link.say('player:join:success', { playerId: 'me', team: 'red' });
    link.say('match_ended', {});
    link.say('lobby_state_update', { ...lobby, status: 'finished', minimumPlayers: 2, mapName: '', members: [] });
    expect(link.events().filter((event) => event === 'player:join').length).toBe(1);
    link.say('lobby_state_update', { ...lobby, minimumPlayers: 2, mapName: '', members: [] });
    expect(link.events().filter((event) => event === 'player:join').length).toBe(2);
    link.say('player:join:success', { playerId: 'me', team: 'red' });
    link.say('match_starting', { countdown: 10 });
    link.say('match_started', { killTarget: 50 });
    expect(link.events().filter((event) => event === 'player:join').length).toBe(2);
  });

  it('goes back to the menu with the reason when the lobby closes', () => {
    const { link, session } = start('red');
    link.become('up');
    link.say('lobby_joined', lobby);
    link.say('left_lobby', { reason: 'idle' });
    expect([session.phase, session.problem]).toEqual(['failed', 'idle']);
  });

  it('gives up with the reason when the server says no', () => {
    const { link, session } = start('red');
    link.become('up');
    link.say('matchmaking_failed', { reason: 'full' });
    expect([session.phase, session.problem]).toEqual(['failed', 'full']);
  });

  it('leaves nothing running', () => {
    const { link, session } = start('red');
    link.become('up');
    link.say('lobby_joined', lobby);
    link.say('player:join:failed', { reason: 'no' });
    session.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(link.events().at(-1)).toBe('leave_lobby');
  });
});

describe('auto', () => {
  it('takes the smaller team, itself not counted, and chance at a tie', () => {
    expect(pickTeam([{ id: 'a', team: 'red' }], 'me', 0)).toBe('blue');
    expect(pickTeam([{ id: 'me', team: 'red' }, { id: 'b', team: 'blue' }], 'me', 0.9)).toBe('red');
    expect(pickTeam([], 'me', 0.1)).toBe('red');
    expect(pickTeam([], 'me', 0.9)).toBe('blue');
  });
});
