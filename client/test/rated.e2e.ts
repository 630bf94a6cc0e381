import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './browser/chromium';
import { FakeServer } from './browser/fakeServer';
import { walk } from './browser/walk';

const OWN = '11';
const MATCH = 'rated-1';
const FRIENDS = [
  { id: OWN, name: 'Robin', isReady: true },
  { id: '12', name: 'Ash', isReady: false },
  { id: '13', name: 'Wren of the Willow', isReady: true },
];

const server = new FakeServer(resolve(process.cwd(), 'dist'), () => ({
  players: Object.fromEntries(['own', 'p2', 'p3', 'p4'].map((id, i) => [id, {
    id, name: ['Robin', 'Ash', 'Crow', 'Sly'][i], team: i < 2 ? 'red' : 'blue', kills: 0, deaths: 0, isAlive: true,
    position: { x: 200 + 20 * i, y: 140 }, rotation: 0, health: 100, weaponId: 'rifle', weapons: {}, deathTime: 0, killerId: '',
  }])),
  walls: {}, projectiles: [], smokeZones: [],
  vision: { polygon: [{ x: 90, y: 40 }, { x: 450, y: 40 }, { x: 450, y: 230 }, { x: 90, y: 230 }], fogOpacity: 0.64 },
}));

let browser: Browser;
let page: Page;
let address: string;
const complaints: string[] = [];
/** Of the report: what the service has of the match. */
let report: readonly [status: number, body: object] = [404, { error: 'NOT_FOUND', message: 'not yet' }];
let board: readonly [status: number, body: object] = [503, { error: 'UNAVAILABLE', message: 'The database is away; try again soon' }];
/** Of regions: where it is measured. */
let probes: readonly string[] = [];

const { state, press, until, shown, tabTo, look, leavesNothing } = walk(() => page, complaints);
const party = (leader: string, members: readonly object[]): void => server.sayMatchmaking('party_state', { code: 'QUIETFOX', leader, members });
const text = (selector: string): Promise<string> => page.locator(selector).innerText();
const sent = (event: string): unknown[] => server.received.filter(([name]) => name === event).map(([, payload]) => payload);
/** Chromium writes each answer that is an error to the console. */
const forget = (status: string): void => complaints.splice(0).forEach((complaint) => expect(complaint).toContain(status));

beforeAll(async () => {
  browser = await launch();
  const context = await browser.newContext({ viewport: { width: 960, height: 540 } });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  server.hasMatchmaking = true;
  server.routes.set('/service', () => [200, {
    lobbies: false, rated: true, leaderboard: true, replays: true, modes: ['duel', 'standard'],
    regions: [{ name: 'frankfurt', probes }, { name: 'virginia', probes }, { name: 'tokyo', probes: [] }],
  }]);
  server.routes.set('/ping', () => [200, {}]);
  server.routes.set('/accounts/guest', () => [201, { token: 'device' }]);
  server.routes.set('/leaderboard', () => board);
  server.routes.set('/leaderboard/own', () => [200, { playerId: OWN, rank: { rank: 27, exact: true, points: 1181 } }]);
  server.routes.set(`/matches/${MATCH}`, () => report);
  server.onEvent = (event, payload) => {
    if (event === 'connect' && payload === '/matchmaking') {
      server.sayMatchmaking('welcome', {
        playerId: OWN, name: 'Robin', regions: ['frankfurt', 'virginia', 'tokyo'],
        modes: [{ name: 'duel', least: 2, most: 2 }, { name: 'standard', least: 2, most: 8 }],
      });
    } else if (event === 'party:create') party(OWN, FRIENDS.slice(0, 1));
    else if (event === 'party:leave') server.sayMatchmaking('party_left', { reason: 'left' });
    else if (event === 'party:join') server.sayMatchmaking('request_refused', { event, reason: 'unknown_party', message: 'There is no party with this code' });
    else if (event === 'queue:join') server.sayMatchmaking('queue_joined', { mode: 'standard', waitedMs: 0, players: 3, isFirst: false });
  };
  address = await server.open();
  probes = [address];
  await page.goto(`${address}?renderer=canvas`);
  await page.evaluate(() => localStorage.setItem(`trespasser.device@${location.origin}`, 'device'));
});
afterAll(async () => {
  await browser?.close();
  await server.close();
});

describe('a service with rated matches alone', () => {
  it('has a menu without what is not there, and says so', async () => {
    await until('the menu', async () => (await state()).scene === 'menu' && (await text('#quick-match')) === 'Rated match');
    await page.keyboard.type('Robin');
    expect(await shown('#open-lobbies')).toBe(false);
    expect(await shown('.teams')).toBe(false);
    expect(await text('.what')).toBe('Only rated matches here');
    await tabTo('open-leaderboard');
    await tabTo('open-replays');
    expect(await page.locator('#open-replays').getAttribute('href')).toBe('./replay.html');
    await tabTo('open-editor');
    await press('Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab');
    await tabTo('quick-match');
    await look('menu-rated');
  });

  it('leaderboard: the database away, nobody, and a full page with oneself in it', async () => {
    await tabTo('open-leaderboard');
    await press('Enter');
    await until('why there is none', async () => (await text('.board-list')).includes('The database is away'));
    forget('503');
    board = [200, { season: 3, entries: [], next: null }];
    await page.evaluate(() => document.getElementById('board-standard')?.focus());
    await press('ArrowLeft');
    await until('nobody', async () => (await text('.board-list')).includes('Nobody has played'));
    board = [200, {
      season: 3, next: 'more', entries: Array.from({ length: 30 }, (_, i) => ({
        rank: i + 1, playerId: i === 26 ? OWN : String(100 + i), name: ['Kestrel', 'Ash', 'Wren of the Willow', 'Magpie', 'Sly', 'Crow'][i % 6] + (i > 5 ? ` ${i}` : ''),
        points: 1968 - 30.3 * i, value: 2200, deviation: 62 + 3 * i, games: 412 - 11 * i,
      })),
    }];
    await press('ArrowRight');
    await until('a page', async () => (await page.locator('.board-list tbody tr').count()) === 30);
    expect(await text('.own-rank')).toBe('Season 3 \u00b7 you are number 27 with 1181');
    await look('leaderboard');
    await tabTo('board-list');
    await press('End');
    await until('the end of it', () => page.evaluate(() => document.querySelector('.board-list tr.own')!.getBoundingClientRect().bottom < document.querySelector('.board-list')!.getBoundingClientRect().bottom));
    await tabTo('board-next');
    await press('Enter');
    await until('the next page', () => shown('#board-top'));
    await press('Escape');
    await until('the menu', async () => (await state()).scene === 'menu');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('open-leaderboard');
    expect(complaints).toEqual([]);
  });

  it('regions are measured, and one stays whatever is switched off', async () => {
    await page.evaluate(() => document.getElementById('quick-match')?.focus());
    await press('Enter');
    await until('two measured', async () => (await page.locator('.ping').allInnerTexts()).filter((ping) => ping.endsWith(' ms')).length === 2);
    expect((await page.locator('.ping').allInnerTexts())[2]).toBe('no answer');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('queue-join');
    expect(await shown('#queue-quick')).toBe(false);
    // What it takes differs each time.
    await page.locator('.ping').evaluateAll((pings) => pings.forEach((ping, i) => { if (i < 2) ping.textContent = i === 0 ? '21 ms' : '103 ms'; }));
    await look('rated');
    await page.evaluate(() => document.getElementById('mode-standard')?.focus());
    await tabTo('region-virginia');
    await press('Space');
    await tabTo('region-tokyo');
    await press('Space');
    await page.evaluate(() => document.getElementById('region-frankfurt')?.focus());
    await press('Space');
    expect(await page.locator('.regions input:checked').count()).toBe(1);
    expect(JSON.parse(await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.includes('unwantedRegions'))![1]))).toEqual(['virginia', 'tokyo']);
  });

  it('party: a code that is none, one of one\u2019s own, who is not ready, and what a leader may do', async () => {
    await tabTo('party-code');
    await press('Enter');
    expect(await text('#party-status')).toContain('Type the code');
    await page.keyboard.type('loudfox2');
    await press('Enter');
    await until('the reason', async () => (await text('#party-status')) === 'There is no party with this code');
    expect(sent('party:join')).toEqual([{ code: 'LOUDFOX2' }]);
    await page.evaluate(() => document.getElementById('party-create')?.focus());
    await press('Enter');
    await until('a party', () => shown('.party-members li'));
    expect(await page.locator('#party-link').inputValue()).toMatch(/\?party=QUIETFOX$/);
    party(OWN, FRIENDS);
    await until('friends', async () => (await page.locator('.party-members li').count()) === 3);
    expect(await shown('#queue-join')).toBe(false);
    expect(await text('#queue-reason')).toBe('Not ready yet: Ash');
    await page.locator('#party-link').evaluate((input: HTMLInputElement) => { input.style.color = 'transparent'; });
    await page.evaluate(() => document.getElementById('mode-standard')?.focus());
    await tabTo('kick-12');
    await look('party');
    await press('Enter');
    await tabTo('promote-13');
    await press('Enter');
    await until('both', async () => sent('party:promote').length === 1);
    expect([sent('party:kick'), sent('party:promote')]).toEqual([[{ id: '12' }], [{ id: '13' }]]);
    server.sayMatchmaking('request_refused', { event: 'party:promote', reason: 'party_changed', message: 'The party has changed meanwhile; try again' });
    await until('the reason', async () => (await text('#party-status')).startsWith('The party has changed'));
  });

  it('another one leads: one is ready, or not after all, and looks at the menu meanwhile', async () => {
    party('13', FRIENDS);
    await until('the way to be ready', () => shown('#queue-ready'));
    party('13', [{ ...FRIENDS[0]!, isReady: false }, FRIENDS[2]!]);
    await until('ready', async () => (await text('#queue-ready')) === 'Ready');
    await until('the focus', () => page.evaluate(() => document.activeElement?.id === 'queue-ready'));
    await look('party-member');
    await press('Enter');
    await until('the loadout', () => shown('.loadout'));
    await press('Enter');
    await until('the wish', async () => sent('party:ready').length === 1);
    party('13', [FRIENDS[0]!, FRIENDS[2]!]);
    await until('ready', async () => (await text('#queue-ready')) === 'Not ready after all');
    await press('Escape');
    await until('the menu', async () => (await state()).scene === 'menu' && (await text('#quick-match')) === 'Party of 2');
    // The leader begins.
    server.sayMatchmaking('queue_joined', { mode: 'standard', waitedMs: 0, players: 2, isFirst: false });
    await until('the queue', async () => (await state()).scene === 'queue' && (await shown('#queue-leave')));
    server.sayMatchmaking('queue_update', { mode: 'standard', waiting: 12, waitedMs: 13_000, estimateMs: 40_000 });
    await until('the wait', async () => (await text('.rated > .dim')) === '12 waiting in this mode \u00b7 most wait about 0:40');
    expect(await text('.wait-clock')).toMatch(/^0:[1-4]\d$/);
    await page.locator('.wait-clock').evaluate((clock: HTMLElement) => { clock.style.visibility = 'hidden'; });
    await look('waiting');
    server.sayMatchmaking('queue_left', { reason: 'member_left', id: 'n' });
    await until('why', async () => (await text('#queue-reason')) === 'Somebody in your party stopped waiting');
    server.sayMatchmaking('party_left', { reason: 'removed' });
    await until('out of it', async () => (await text('#party-status')) === 'You are in the party no longer');
    expect(complaints).toEqual([]);
  });

  it('results: the rating follows, is away, and is there; then the recording, and another match', async () => {
    await tabTo('queue-join');
    await press('Enter');
    await until('the loadout', () => shown('.loadout'));
    await press('Enter');
    await until('the wish', async () => sent('queue:join').length === 1);
    const { pings } = sent('queue:join')[0] as { pings: Record<string, number> };
    expect(Object.keys(pings)).toEqual(['frankfurt']);
    expect(pings['frankfurt']).toBeGreaterThan(0);
    server.hosted = { lobbyId: MATCH };
    server.lobby = { lobbyId: MATCH, status: 'playing', isInProgress: true };
    server.sayMatchmaking('match_found', { matchId: MATCH, server: { id: 's', url: address, region: 'frankfurt' }, token: 't', players: [] });
    await until('a body', async () => (await state()).states > 2);
    const rows = [['own', 'Robin', 'red'], ['p2', 'Ash', 'red'], ['p3', 'Crow', 'blue'], ['p4', 'Sly', 'blue']] as const;
    server.say('match_ended', {
      lobbyId: MATCH, winnerTeam: 'red', redKills: 50, blueKills: 41, duration: 412_000, killTarget: 50,
      playerStats: rows.map(([id, name, team], i) => ({ playerId: id, playerName: name, team, kills: 27 - 4 * i, deaths: 8 + 3 * i, damageDealt: 3000 - i * 700 })),
    });
    server.say('match:return', { matchId: MATCH, reason: 'finished', lobbyUrl: null, accounts: rows.map(([memberId], i) => ({ memberId, playerId: String(11 + i) })) });
    await until('the result', () => shown('.end'));
    await until('the wait', async () => (await text('.end .rating')) === 'Your rating follows\u2026');
    await look('results-pending', { compared: false });
    report = [503, { error: 'UNAVAILABLE', message: 'The database is away; try again soon' }];
    await until('the database is away', async () => (await text('.end .rating')).includes('can\u2019t be reached'));
    server.say('left_lobby', { lobbyId: MATCH, reason: 'match over', timestamp: Date.now() });
    server.cut('/');
    await until('the connection is over', async () => !(await state()).connected);
    expect(await shown('.end')).toBe(true);
    const rating = (before: number, after: number, deviation: number): object => ({ before: { points: before, value: before, deviation: deviation + 9 }, after: { points: after, value: after, deviation } });
    const known = (replay: boolean): typeof report => [200, {
      matchId: MATCH, state: 'finished', mode: 'standard', rated: true, replay,
      players: rows.map(([, name, team], i) => ({ id: String(11 + i), name, team, rating: i === 3 ? null : rating(1512.3 - 40 * i, [1527.4, 1481, 1419.8][i]!, 84.2) })),
    }];
    report = known(false);
    await until('the rating', async () => (await text('.end .rating')).startsWith('Rating 1512 \u2192 1527 (+15) \u00b7 \u00b184'));
    expect(await page.locator('.end tbody tr td:last-child').allInnerTexts()).toEqual(['+15', '+9', '\u221212', '\u2013']);
    expect(await shown('#watch-replay')).toBe(false);
    report = known(true);
    await until('the recording', () => shown('#watch-replay'));
    expect(await page.locator('#watch-replay').getAttribute('href')).toBe(`${address}replay.html?match=${MATCH}`);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('next-match');
    await tabTo('watch-replay');
    await look('results-rated');
    // Eight of them fit, too.
    await page.locator('.end tbody').evaluate((body) => body.append(...[...body.children].map((row) => row.cloneNode(true))));
    await tabTo('leave-end');
    await look('results-eight', { compared: false });
    await page.locator('.end tbody').evaluate((body) => { for (let i = 0; i < 4; i += 1) body.lastChild?.remove(); });
    complaints.splice(0).forEach((complaint) => expect(complaint).toMatch(/404|503/));
    await page.evaluate(() => document.getElementById('next-match')?.focus());
    await press('Enter');
    await until('the queue', async () => (await state()).scene === 'queue' && (await shown('#queue-join')));
    expect(sent('menu:enter').length).toBeGreaterThan(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('queue-join');
  });

  it('a match that is lost with its server leads back into the queue, and from there into the next one', async () => {
    server.sayMatchmaking('match_found', { matchId: 'rated-2', server: { id: 's', url: address, region: 'frankfurt' }, token: 't', players: [] });
    await until('the match', async () => (await state()).scene === 'match');
    server.sayMatchmaking('match_lost', { matchId: 'rated-2', reason: 'server_lost', id: 'n2' });
    server.sayMatchmaking('queue_joined', { mode: 'standard', waitedMs: 30_000, players: 1, isFirst: true });
    await until('the queue', async () => (await state()).scene === 'queue' && (await shown('#queue-leave')));
    expect(await text('#queue-reason')).toContain('in front of the others');
    await press('Escape');
    await until('the menu', async () => (await state()).scene === 'menu');
    expect(sent('queue:leave').length).toBe(1);
    expect((await state()).malformed).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('leaves nothing behind', async () => {
    await leavesNothing([['quick-match', '#queue-join'], ['open-leaderboard', '.board-list tbody tr']]);
  });
});

describe('an invitation into a party', () => {
  it('leads from the link into it', async () => {
    const guest = await page.context().newPage();
    const own = walk(() => guest, complaints);
    await guest.goto(`${address}?renderer=canvas&name=Wren&party=quietfox`);
    await own.until('the menu', async () => (await guest.locator('#quick-match').innerText()) === 'Join the party');
    const before = sent('party:join').length;
    await guest.locator('#quick-match').focus();
    await guest.keyboard.press('Enter');
    await own.until('the wish', async () => sent('party:join').length === before + 1);
    expect(sent('party:join').at(-1)).toEqual({ code: 'QUIETFOX' });
    await guest.close();
  });
});

describe('a server with lobbies alone', () => {
  it('has a menu without ratings, and says so', async () => {
    server.routes.set('/service', () => [200, { lobbies: true, rated: false, leaderboard: false, replays: false, modes: [], regions: [] }]);
    const other = await page.context().newPage();
    await other.goto(`${address}?renderer=canvas`);
    await walk(() => other, complaints).until('what it has', () => other.locator('.what').isVisible());
    expect(await other.locator('#open-queue').isVisible()).toBe(false);
    expect(await other.locator('#open-leaderboard').isVisible()).toBe(false);
    expect(await other.locator('#open-lobbies').isVisible()).toBe(true);
    expect(await other.locator('#quick-match').innerText()).toBe('Quick match');
    await other.close();
  });
});
