import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './browser/chromium';
import { FakeServer } from './browser/fakeServer';
import { walk } from './browser/walk';

/** npm runs scripts in the package's folder. */
const ROOT = process.cwd();

const MATERIALS = ['concrete', 'metal', 'wood', 'glass'] as const;
/** Intact, cracked, badly cracked, nearly gone; the fifth slice is broken. */
const SHARES = [1, 0.65, 0.4, 0.1, 0] as const;

interface Player {
  id: string;
  name: string;
  team: 'red' | 'blue';
  x: number;
  y: number;
  kills: number;
  deaths: number;
  isAlive: boolean;
}

const players: Player[] = [
  { id: 'own', name: 'Robin', team: 'red', x: 240, y: 150, kills: 3, deaths: 1, isAlive: true },
  { id: 'p2', name: 'Ash', team: 'red', x: 200, y: 170, kills: 1, deaths: 2, isAlive: true },
  { id: 'p3', name: 'Wren', team: 'blue', x: 300, y: 120, kills: 2, deaths: 2, isAlive: true },
];

function entry({ id, name, team, x, y, kills, deaths, isAlive }: Player): object {
  const weapon = (type: string, ammo: number, reserve: number): object => ({
    id: type, type, currentAmmo: ammo, reserveAmmo: reserve, maxAmmo: ammo, reloadTime: 2500, isReloading: false,
  });
  return {
    id, name, team, kills, deaths, isAlive, position: { x, y }, rotation: id === 'own' ? 0 : 2.6, health: isAlive ? 74 : 0, weaponId: 'rifle',
    weapons: { rifle: weapon('rifle', 30, 180), pistol: weapon('pistol', 12, 72), grenade: weapon('grenade', 2, 0) },
    deathTime: isAlive ? 0 : diedAt, killerId: isAlive ? '' : 'p3',
  };
}

let diedAt = 0;
/** The fifth slices stand in the first state, so that their breaking is seen. */
let broken = false;

function walls(): object {
  const all: Record<string, object> = {};
  MATERIALS.forEach((material, row) => {
    for (const vertical of [false, true]) {
      const id = `${material}_${vertical}`;
      all[id] = {
        id, position: vertical ? { x: 330 + row * 26, y: 60 } : { x: 110, y: 60 + row * 24 }, width: vertical ? 10 : 80, height: vertical ? 80 : 10,
        orientation: vertical ? 'vertical' : 'horizontal', material, maxHealth: 100,
        sliceHealth: SHARES.map((share) => (share === 0 && !broken ? 5 : share * 100)),
        destructionMask: SHARES.map((share) => (share === 0 && broken ? 1 : 0)),
      };
    }
  });
  return all;
}

const server = new FakeServer(resolve(ROOT, 'dist'), () => ({
  players: Object.fromEntries(players.map((player) => [player.id, entry(player)])),
  walls: walls(),
  projectiles: [],
  smokeZones: [],
  vision: { polygon: [{ x: 90, y: 40 }, { x: 450, y: 40 }, { x: 450, y: 230 }, { x: 90, y: 230 }], fogOpacity: 0.64 },
}));

const LOBBIES = [
  { id: 'deathmatch_yard', playerCount: 3, maxPlayers: 8, gameMode: 'deathmatch', mapName: 'yard', isPrivate: false, passwordRequired: false, status: 'waiting' },
  { id: 'deathmatch_docks', playerCount: 5, maxPlayers: 8, gameMode: 'deathmatch', mapName: 'docks', isPrivate: true, passwordRequired: true, status: 'waiting' },
  { id: 'deathmatch_vault', playerCount: 8, maxPlayers: 8, gameMode: 'deathmatch', mapName: 'vault', isPrivate: false, passwordRequired: false, status: 'playing' },
  { id: 'duel_cellar', playerCount: 1, maxPlayers: 2, gameMode: 'duel', mapName: 'cellar', isPrivate: false, passwordRequired: false, status: 'waiting' },
];

let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 960, height: 540 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  server.onEvent = (event, payload) => {
    const wish = payload as { lobbyId?: string; gameMode?: string; showFull?: boolean; password?: string };
    if (event === 'get_lobby_list') {
      const lobbies = LOBBIES.filter((lobby) => (wish.showFull || lobby.playerCount < lobby.maxPlayers) && (wish.gameMode === undefined || wish.gameMode === lobby.gameMode));
      server.say('lobby_list', { lobbies, totalCount: lobbies.length, timestamp: Date.now() });
    } else if (event === 'join_lobby') server.say('lobby_join_failed', { reason: 'Invalid password' });
    else if (event === 'player:respawn') players[0]!.isAlive = true;
  };
  // There was a matchmaker when the page asked.
  server.routes.set('/service', () => [200, { lobbies: true, rated: true, leaderboard: true, replays: true, modes: ['duel', 'standard'], regions: [] }]);
  await page.goto(`${await server.open()}?renderer=canvas`);
});
afterAll(async () => {
  await browser?.close();
  await server.close();
});

const { state, press, until, shown, tabTo, look, leavesNothing } = walk(() => page, complaints);

describe('all screens, by keyboard alone', () => {
  it('menu', async () => {
    await until('the menu', async () => (await state()).scene === 'menu' && (await shown('#quick-match')));
    await page.keyboard.type('Robin');
    await tabTo('quick-match');
    await look('menu');
  });

  it('settings: colours, fog, and a key that two actions want', async () => {
    await tabTo('open-settings');
    await press('Enter');
    await tabTo('set-palette-standard');
    await press('ArrowRight');
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--c-red'))).toBe('rgb(232 116 28)');
    await tabTo('set-fog-dark');
    await press('ArrowRight', 'ArrowLeft');
    await tabTo('key-reload-0');
    await press('Enter', 'KeyG');
    expect(await page.locator('#settings-hint').innerText()).toContain('Reload shares a key with Throw now');
    expect(await page.locator('.key-row.conflict').count()).toBe(2);
    await look('settings');
    // Asked for a key, Tab is one too, and Escape keeps what was there.
    await press('Enter', 'Tab');
    expect(await page.locator('#key-reload-0').innerText()).toBe('Tab !');
    await press('Enter', 'Escape', 'Delete');
    expect(await page.locator('#key-reload-0').innerText()).toBe('-');
    await press('Enter', 'KeyR');
    expect(await page.locator('.key-row.conflict').count()).toBe(0);
    await press('Escape');
    await until('the menu', () => shown('#quick-match'));
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('open-settings');
    const kept = JSON.parse(await page.evaluate(() => localStorage.getItem('trespasser.settings')!)) as Record<string, unknown>;
    expect(kept).toMatchObject({ palette: 'deuteranopia', fog: 'dark', keys: { reload: ['KeyR', ''] } });
    await page.keyboard.press('Enter');
    await tabTo('set-palette-deuteranopia');
    await press('ArrowLeft', 'Escape');
  });

  it('rated match, where there is none', async () => {
    await press('Shift+Tab', 'Shift+Tab');
    await tabTo('open-queue');
    await press('Enter');
    await until('the answer', async () => (await page.locator('.rated h2').innerText()) === 'No rated matches');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('queue-quick');
    await look('rated-none');
    // The browser says of itself that there was no answer at that address.
    complaints.splice(0).forEach((text) => expect(text).toContain('404'));
    await press('Escape');
    await until('the menu', async () => (await state()).scene === 'menu');
    await page.evaluate(() => document.getElementById('open-queue')?.focus());
  });

  it('matches: filters, a password that is wrong, and the reason', async () => {
    await tabTo('open-lobbies');
    await press('Enter');
    await until('the list', async () => (await page.locator('.lobby-row').count()) === 3);
    await page.keyboard.press('Shift+Tab');
    await page.evaluate(() => document.getElementById('filter-showInProgress')?.focus());
    await tabTo('filter-showFull');
    await press('Space');
    await until('the full ones too', async () => (await page.locator('.lobby-row').count()) === 4);
    await tabTo('lobby-mode');
    await press('Enter');
    await until('one mode', async () => (await page.locator('.lobby-row').count()) === 3);
    await press('Enter', 'Enter');
    await until('all modes', async () => (await page.locator('.lobby-row').count()) === 4);
    await press('Tab', 'Space', 'ArrowDown');
    expect(await page.locator('#lobby-code').inputValue()).toBe('deathmatch_docks');
    await look('lobbies');
    await press('Enter');
    await until('the loadout', () => shown('.loadout'));
    await press('Enter');
    await until('the reason', async () => (await state()).scene === 'lobbies' && (await page.locator('.lobbies .reason').innerText()) === 'Invalid password');
    expect(server.received).toContainEqual(['join_lobby', { lobbyId: 'deathmatch_docks' }]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('lobby-password');
    await look('lobbies-refused', { compared: false });
  });

  it('loadout with its slots', async () => {
    await tabTo('own-password');
    await page.keyboard.type('moss');
    await tabTo('size-8');
    await press('ArrowLeft');
    await tabTo('lobby-create');
    await press('Enter');
    await until('the loadout', () => shown('.loadout'));
    await tabTo('loadout-cancel');
    await look('loadout');
    await tabTo('loadout-confirm');
  });

  it('waiting room, with a start by hand that is refused', async () => {
    server.lobby = { lobbyId: 'deathmatch_mine', status: 'waiting', isInProgress: false };
    await press('Enter');
    await until('a body', async () => (await state()).states > 2);
    expect(server.received).toContainEqual(['create_private_lobby', { gameMode: 'deathmatch', maxPlayers: 6, password: 'moss' }]);
    server.say('lobby_state_update', {
      lobbyId: 'deathmatch_mine', playerCount: 3, maxPlayers: 6, status: 'waiting', minimumPlayers: 2, gameMode: 'deathmatch', mapName: 'yard',
      players: players.map(({ id, team }) => ({ id, team })),
    });
    server.say('match_starting', { lobbyId: 'deathmatch_mine', countdown: 60 });
    await until('the countdown', async () => (await page.locator('.room h2').innerText()).startsWith('Starts in'));
    server.say('match_start_cancelled', { lobbyId: 'deathmatch_mine', reason: 'x' });
    await until('no countdown', async () => (await page.locator('.room h2').innerText()) === 'Waiting for players');
    expect(await page.locator('#invite-link').inputValue()).toMatch(/\?lobby=deathmatch_mine$/);
    await page.mouse.move(1, 1);
    await page.locator('#invite-link').evaluate((input: HTMLInputElement) => { input.style.color = 'transparent'; });
    await look('waiting-room', { canvas: true });
    await press('Escape');
    await until('the pause', () => shown('.pause'));
    await look('pause', { canvas: true });
    await tabTo('pause-start');
    await press('Enter');
    await until('the wish', async () => server.received.some(([event]) => event === 'admin:force_start_match'));
    server.say('test_start_failed', { error: 'Admin privileges required' });
    await until('the reason', async () => (await page.locator('.toast').innerText()) === 'Admin privileges required');
    await press('Escape');
  });

  it('play: four states of damage, and debris of what breaks', async () => {
    server.say('lobby_state_update', {
      lobbyId: 'deathmatch_mine', playerCount: 3, maxPlayers: 6, status: 'playing', minimumPlayers: 2, gameMode: 'deathmatch', mapName: 'yard',
      players: players.map(({ id, team }) => ({ id, team })),
    });
    server.say('match_started', { lobbyId: 'deathmatch_mine', killTarget: 50 });
    await until('no room', async () => !(await shown('.room')));
    broken = true;
    for (const id of Object.keys(walls())) {
      server.say('wall:destroyed', { wallId: id, position: { x: 240, y: 100 }, damage: 50, sliceIndex: 4, newHealth: 0, isDestroyed: true, timestamp: Date.now(), weaponType: 'rifle', material: id.split('_')[0], playerId: 'own' });
    }
    await until('eight slices gone', async () => (await state()).slicesDestroyed === 8);
    await look('breaking', { compared: false });
    await page.waitForTimeout(2500);
    await until('no line that goes by itself', async () => !(await shown('.toast')));
    await look('play', { canvas: true });
  });

  it('scores and kills', async () => {
    server.say('backend:player:died', { playerId: 'p3', killerId: 'own', weaponType: 'rifle', isTeamKill: false, damageType: 'bullet', position: { x: 300, y: 120 }, timestamp: Date.now() });
    await until('the kill', async () => (await page.locator('.feed li').count()) === 1);
    await page.keyboard.down('Tab');
    await until('the scores', () => shown('.board'));
    await look('scores', { canvas: true });
    await page.keyboard.up('Tab');
    await until('no scores', async () => !(await shown('.board')));
  });

  it('death and respawn', async () => {
    diedAt = Date.now();
    players[0]!.isAlive = false;
    server.say('backend:player:died', { playerId: 'own', killerId: 'p3', weaponType: 'sniperrifle', isTeamKill: false, damageType: 'bullet', position: { x: 240, y: 150 }, timestamp: diedAt });
    await until('death', () => shown('.death'));
    await look('death', { compared: false });
    await until('readiness', async () => (await page.locator('.death .wait').innerText()).startsWith('Ready'));
    await press('Space');
    await until('life', async () => (await state()).alive);
  });

  it('results, and back to the menu', async () => {
    server.say('match_ended', {
      lobbyId: 'deathmatch_mine', winnerTeam: 'red', redKills: 50, blueKills: 41, duration: 412_000, killTarget: 50,
      playerStats: players.map(({ id, name, team, kills, deaths }, i) => ({ playerId: id, playerName: name, team, kills: kills * 9, deaths: deaths * 8, damageDealt: 3000 - i * 700 })),
    });
    await until('the result', () => shown('.end'));
    await look('results', { compared: true, canvas: false });
    await tabTo('leave-end');
    await press('Enter');
    await until('the menu', async () => (await state()).scene === 'menu');
    expect((await state()).malformed).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('leave nothing behind', async () => {
    await leavesNothing([['open-lobbies', '.lobby-row'], ['open-queue', '#queue-quick'], ['open-settings', '.settings-screen']]);
  });
});
