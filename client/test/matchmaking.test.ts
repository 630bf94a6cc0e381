import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import { Matchmaking, type LobbySocket } from '../src/net/matchmaking';
import { partyCodeOf, partyLink, readFound, readParty, readUpdate, readWelcome } from '../src/net/matchmakingProtocol';

class FakeSocket implements LobbySocket {
  readonly sent: [string, unknown][] = [];
  isOpen = false;
  private readonly handlers = new Map<string, (payload: unknown) => void>();

  connect(): void {
    this.isOpen = true;
  }
  disconnect(): void {
    this.isOpen = false;
  }
  emit(event: string, payload?: unknown): void {
    this.sent.push([event, payload]);
  }
  on(event: string, handler: (payload: unknown) => void): void {
    this.handlers.set(event, handler);
  }
  say(event: string, payload: unknown = {}): void {
    this.handlers.get(event)?.(payload);
  }
}

const WELCOME = { playerId: '7', name: 'Ann', regions: ['eu'], modes: [{ name: 'duel', least: 2, most: 2 }, { name: 'standard', least: 2, most: 8 }] };
const found = (token: string): object => ({ matchId: 'm1', server: { id: 's', url: 'https://game.example:4000/', region: 'eu' }, token, players: [] });

interface Bench {
  readonly matchmaking: Matchmaking;
  readonly sockets: FakeSocket[];
  readonly asked: (string | null)[];
  token: string;
}

function bench(answers: (() => Response)[]): Bench {
  const sockets: FakeSocket[] = [];
  const asked: (string | null)[] = [];
  let now = 0;
  const made: Bench = {
    sockets,
    asked,
    token: '',
    matchmaking: new Matchmaking({
      async fetch(path, init) {
        // A server that does not say what it has.
        if (path === '/service') return new Response('{}', { status: 404 });
        expect(path).toBe('/accounts/guest');
        asked.push(new Headers(init.headers).get('authorization'));
        return answers.shift()!();
      },
      connect() {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      loadToken: () => made.token,
      saveToken(token) {
        made.token = token;
      },
      now: () => (now += 40),
      pings: { ping: async () => {}, now: () => now, loadUnwanted: () => [], saveUnwanted: () => {} },
    }),
  };
  return made;
}

const json = (status: number, body: object): (() => Response) => () => new Response(JSON.stringify(body), { status });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the way to a rated match', () => {
  it('makes an account once, waits, and gives the token of each connection to the game server', async () => {
    const made = bench([json(201, { token: 'device' }), json(200, { token: 'device' })]);
    const { matchmaking, sockets, asked } = made;
    await matchmaking.enter('Ann');
    expect(made.token).toBe('device');
    sockets[0]!.say('welcome', WELCOME);
    expect(matchmaking.phase).toBe('ready');
    matchmaking.join('ctf');
    expect(sockets[0]!.sent).toEqual([]);
    matchmaking.join('duel');
    expect(sockets[0]!.sent).toEqual([['queue:join', { mode: 'duel', pings: { eu: 40 }, backfill: true }]]);
    sockets[0]!.say('queue_update', { mode: 'duel', waiting: 3, waitedMs: 2000, estimateMs: null });
    expect(matchmaking.update).toEqual({ waiting: 3, waitedMs: 2000, estimateMs: null });
    sockets[0]!.say('match_found', found('first'));
    expect([matchmaking.phase, matchmaking.found?.url]).toEqual(['found', 'https://game.example:4000']);
    expect(await matchmaking.credentials()).toBe('first');
    // The connection was lost: tokens are good once.
    const again = matchmaking.credentials();
    expect(sockets[0]!.sent.at(-1)?.[0]).toBe('match:token');
    sockets[0]!.say('match_found', found('second'));
    expect(await again).toBe('second');
    const never = matchmaking.credentials();
    vi.advanceTimersByTime(9000);
    await expect(never).rejects.toThrow('no token');

    matchmaking.close();
    expect(sockets[0]!.isOpen).toBe(false);
    await matchmaking.enter('Ann');
    expect(asked).toEqual([null, 'Bearer device']);
    matchmaking.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says where there is none', async () => {
    const { matchmaking, sockets } = bench([json(404, { error: 'Not found' })]);
    await matchmaking.enter('Ann');
    expect([matchmaking.phase, sockets.length]).toEqual(['absent', 0]);
  });

  it('makes a new account for a token that is no longer known, and passes on why there is none', async () => {
    const made = bench([json(401, { error: 'TOKEN_EXPIRED' }), json(403, { error: 'BANNED', message: 'Banned until tomorrow' })]);
    made.token = 'old';
    await made.matchmaking.enter('Ann');
    expect(made.asked).toEqual(['Bearer old', null]);
    expect([made.matchmaking.phase, made.matchmaking.problem]).toEqual(['failed', 'Banned until tomorrow']);
  });

  it('is back where it was when the queue says no, and in front when a match is lost', async () => {
    const { matchmaking, sockets } = bench([json(201, { token: 't' })]);
    await matchmaking.enter('Ann');
    const [socket] = sockets as [FakeSocket];
    socket.say('welcome', WELCOME);
    matchmaking.join('duel');
    socket.say('request_refused', { event: 'queue:join', reason: 'queue_full', message: 'The queue is full; try again in a minute' });
    expect([matchmaking.phase, matchmaking.problem]).toEqual(['ready', 'The queue is full; try again in a minute']);
    matchmaking.join('duel');
    socket.say('match_found', found('x'));
    socket.say('match_lost', { reason: 'server_lost' });
    expect(matchmaking.phase).toBe('waiting');
    matchmaking.leave();
    expect([matchmaking.phase, socket.sent.at(-1)?.[0]]).toEqual(['ready', 'queue:leave']);
    socket.say('session_replaced');
    expect([matchmaking.phase, socket.isOpen]).toEqual(['failed', false]);
    // What the old connection still has to say changes nothing.
    socket.say('match_found', found('late'));
    expect(matchmaking.found).toBe(null);
  });

  it('is in a party: its code goes along, its leader alone begins, and what is refused of it ends no wait', async () => {
    const { matchmaking, sockets } = bench([json(201, { token: 't' })]);
    await matchmaking.enter('Ann', 'QUIETFOX');
    const [socket] = sockets as [FakeSocket];
    socket.say('welcome', WELCOME);
    expect(socket.sent).toEqual([['party:join', { code: 'QUIETFOX' }]]);
    const party = (leader: string, isReady: boolean): void => socket.say('party_state', { code: 'QUIETFOX', leader, members: [{ id: '7', name: 'Ann', isReady: true }, { id: '8', name: 'Bob', isReady }] });
    party('8', true);
    expect([matchmaking.leads, matchmaking.unready]).toEqual([false, []]);
    matchmaking.join('duel');
    expect([matchmaking.phase, socket.sent.length]).toEqual(['ready', 1]);
    party('7', false);
    expect([matchmaking.leads, matchmaking.unready]).toEqual([true, ['Bob']]);
    matchmaking.join('standard');
    expect(socket.sent.at(-1)).toEqual(['queue:join', expect.objectContaining({ mode: 'standard', party: 'QUIETFOX' })]);
    socket.say('request_refused', { event: 'queue:join', reason: 'not_ready', message: 'Somebody in the party is not ready' });
    expect([matchmaking.phase, matchmaking.problem]).toEqual(['ready', 'Somebody in the party is not ready']);
    socket.say('queue_joined', { mode: 'standard', waitedMs: 5000 });
    expect([matchmaking.phase, matchmaking.waitedMs >= 5000]).toEqual(['waiting', true]);
    socket.say('request_refused', { event: 'party:kick', reason: 'party_queued', message: 'The party waits or plays' });
    expect([matchmaking.phase, matchmaking.partyProblem]).toEqual(['waiting', 'The party waits or plays']);
    socket.say('queue_left', { reason: 'member_away' });
    expect([matchmaking.phase, matchmaking.problem]).toEqual(['ready', 'Somebody in your party was away for too long']);
    // After a match the party is still there, on the same connection.
    socket.say('match_found', found('x'));
    matchmaking.rest();
    expect([matchmaking.phase, matchmaking.party?.code, socket.sent.at(-1)?.[0]]).toEqual(['ready', 'QUIETFOX', 'menu:enter']);
    await matchmaking.enter('Ann');
    expect(sockets.length).toBe(1);
    socket.say('party_left', { reason: 'removed' });
    expect([matchmaking.party, matchmaking.partyProblem]).toEqual([null, 'You are in the party no longer']);
    party('7', true);
    matchmaking.close();
    expect([socket.sent.at(-1)?.[0], socket.isOpen, matchmaking.party]).toEqual(['party:leave', false, null]);
  });

  it('does not use the token of one match for the connection to another', async () => {
    const { matchmaking, sockets } = bench([json(201, { token: 't' })]);
    await matchmaking.enter('Ann');
    const [socket] = sockets as [FakeSocket];
    socket.say('welcome', WELCOME);
    socket.say('match_found', found('first'));
    await matchmaking.credentials();
    const back = matchmaking.credentials();
    socket.say('match_found', { ...found('other'), matchId: 'm2', server: { url: 'https://other.example' } });
    vi.advanceTimersByTime(9000);
    await expect(back).rejects.toThrow('no token');
    expect([matchmaking.found?.matchId, await matchmaking.credentials()]).toEqual(['m2', 'other']);
    const lost = matchmaking.credentials();
    socket.say('match_lost', { reason: 'server_lost' });
    expect([matchmaking.phase, vi.getTimerCount()]).toEqual(['waiting', 0]);
    void lost;
  });

  it('forgets an answer that comes after one has left', async () => {
    const { matchmaking, sockets } = bench([json(201, { token: 't' })]);
    const entering = matchmaking.enter('Ann');
    matchmaking.close();
    await entering;
    expect([matchmaking.phase, sockets.length]).toEqual(['idle', 0]);
  });
});

describe('what a matchmaker says', () => {
  it('is read, or refused', () => {
    expect(readWelcome(WELCOME)).toEqual({ playerId: '7', regions: ['eu'], modes: ['duel', 'standard'] });
    for (const odd of [null, {}, { ...WELCOME, playerId: 'a b' }, { ...WELCOME, regions: [] }, { ...WELCOME, modes: [{ name: '<b>' }] }]) expect(readWelcome(odd)).toBe(null);
    expect(readUpdate({ waiting: 1.5 })).toBe(null);
    for (const url of ['javascript:alert(1)', 'nowhere', 7, 'ws://x']) expect(readFound({ ...found('t'), server: { url } }), String(url)).toBe(null);
    expect(readFound({ ...found(''), })).toBe(null);
    const member = { id: '7', name: 'Ann\u202e', isReady: true };
    expect(readParty({ code: 'QUIETFOX', leader: '7', members: [member, { name: 'nobody' }, ...Array(9).fill(member)] })).toEqual({
      code: 'QUIETFOX', leader: '7', members: Array(3).fill({ id: '7', name: 'Ann', isReady: true }),
    });
    for (const odd of [{}, { code: 'quietfox', leader: '7', members: [member] }, { code: 'QUIETFOX', leader: '7', members: [] }, { code: 'QUIETFOX', members: [member] }]) {
      expect(readParty(odd)).toBe(null);
    }
    expect(['quietfox', ' QUIETFOX ', 'https://play.example/?party=QUIETFOX&x=1'].map(partyCodeOf)).toEqual(Array(3).fill('QUIETFOX'));
    expect(['', 'QUIET', 'QUIET-FX', 'https://play.example/?lobby=QUIETFOX'].map(partyCodeOf)).toEqual(['', '', '', '']);
    expect(partyLink('https://play.example/game/?name=A&server=https://eu.example#x', 'QUIETFOX')).toBe('https://play.example/game/?server=https%3A%2F%2Feu.example&party=QUIETFOX');
  });
});
