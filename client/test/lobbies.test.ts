import { describe, expect, it } from 'vitest';
import { codeOf, inviteLink, Modes, whyShut } from '../src/model/lobbies';
import { READERS, type LobbyInfo } from '../src/net/protocol';

const lobby = (id: string, more: object = {}): object => ({
  id, playerCount: 2, maxPlayers: 8, gameMode: 'deathmatch', mapName: 'yard', isPrivate: false, passwordRequired: false, status: 'waiting', createdAt: 1, lastActivity: 2, ...more,
});

describe('the list of lobbies', () => {
  it('is read, without what is no lobby', () => {
    const list = READERS.lobby_list({ lobbies: [lobby('a'), null, { id: 7 }, lobby('b', { status: 'playing', passwordRequired: true, isPrivate: true })], totalCount: 4 });
    expect(list?.map(({ id, status, passwordRequired }) => [id, status, passwordRequired])).toEqual([['a', 'waiting', false], ['b', 'playing', true]]);
    expect(READERS.lobby_list({ lobbies: {} })).toBe(null);
    expect(READERS.lobby_list({ lobbies: Array.from({ length: 5000 }, (_, i) => lobby(`l${i}`)) })?.length).toBe(200);
  });

  it('says what is full', () => {
    const read = (more: object): LobbyInfo => READERS.lobby_list({ lobbies: [lobby('a', more)] })![0]!;
    expect(whyShut(read({ playerCount: 8 }))).toBe('Full');
    expect(whyShut(read({ playerCount: 7 }))).toBe('');
  });

  it('goes through the modes that were seen, and no more than a few', () => {
    const modes = new Modes('deathmatch');
    modes.note([{ gameMode: 'ctf' } as LobbyInfo, { gameMode: 'ctf' } as LobbyInfo, { gameMode: '' } as LobbyInfo]);
    expect([modes.after(''), modes.after('deathmatch'), modes.after('ctf')]).toEqual(['deathmatch', 'ctf', '']);
    modes.note(Array.from({ length: 100 }, (_, i) => ({ gameMode: `m${i}` }) as LobbyInfo));
    expect(modes.all.length).toBe(12);
  });
});

describe('an invite link', () => {
  it('leads back to its lobby, on the same server', () => {
    const link = inviteLink('https://play.example/game/?name=Ann&server=https%3A%2F%2Feu.example#x', 'deathmatch_aB-9_z');
    expect(codeOf(link)).toBe('deathmatch_aB-9_z');
    expect(new URL(link).searchParams.get('server')).toBe('https://eu.example');
    expect(new URL(link).searchParams.get('name')).toBe(null);
  });

  it('is not needed where there is a code, and nothing else is one', () => {
    expect(codeOf('  deathmatch_aB-9_z ')).toBe('deathmatch_aB-9_z');
    for (const odd of ['', 'two words', 'https://play.example/', 'https://x/?lobby=<b>', 'x'.repeat(65)]) expect(codeOf(odd), odd).toBe('');
  });
});
