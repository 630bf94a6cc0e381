import { describe, expect, it } from 'vitest';
import { ServerClock } from '../src/model/clock';
import { FADE_MS, MatchModel } from '../src/model/match';
import { Follower, lerpAngle, Track, wrapAngle } from '../src/model/track';
import { damageState, sliceRect, WallSet, type Wall } from '../src/model/walls';
import { readGameState, readWall, type GameState } from '../src/net/protocol';

function state(timestamp: number, players: unknown, more: object = {}): GameState {
  const read = readGameState({ timestamp, players, ...more });
  if (!read) throw new Error('unreadable');
  return read;
}

const seen = (id: string, team: string, x: number, y: number, more: object = {}): object => ({
  id, name: id, team, kills: 0, deaths: 0, isAlive: true, position: { x, y }, rotation: 0, health: 100, weaponId: 'rifle',
  weapons: { rifle: { id: 'rifle', type: 'rifle', currentAmmo: 30, reserveAmmo: 180, maxAmmo: 30, reloadTime: 2500, isReloading: false } },
  ...more,
});

describe('the server clock', () => {
  it('follows the fastest packets', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 80);
    clock.observe(1_000_050, 110);
    clock.observe(1_000_100, 220);
    // The second took 20 ms less than the others; the slow third moves the estimate by a hundredth of its lag.
    expect(clock.at(300)).toBeCloseTo(1_000_240, -1);
  });

  it('gives in when the server sets its clock back', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 0);
    clock.observe(500_000, 50);
    expect(clock.at(50)).toBe(500_000);
  });

  it('ignores what is no time', () => {
    const clock = new ServerClock();
    clock.observe(Number.NaN, 0);
    expect(clock.synced).toBe(false);
  });
});

describe('a track', () => {
  const pose = { x: 0, y: 0, rotation: 0 };

  it('blends between the samples around a time and holds at the ends', () => {
    const track = new Track();
    expect(track.at(0, pose)).toBe(false);
    track.push(100, 0, 0, 0);
    track.push(150, 5, 10, 1);
    track.push(200, 5, 10, 1);
    expect(track.at(125, pose)).toBe(true);
    expect(pose).toEqual({ x: 2.5, y: 5, rotation: 0.5 });
    track.at(0, pose);
    expect(pose.x).toBe(0);
    track.at(999, pose);
    expect(pose.x).toBe(5);
  });

  it('does not slide to a respawn, nor over a time out of sight', () => {
    const track = new Track();
    track.push(100, 0, 0, 0);
    track.push(150, 200, 0, 0);
    track.at(125, pose);
    expect(pose.x).toBe(200);
    track.push(900, 210, 0, 0);
    track.at(500, pose);
    expect(pose.x).toBe(210);
  });

  it('keeps working past its capacity, and ignores late samples', () => {
    const track = new Track();
    for (let i = 0; i < 50; i += 1) track.push(i * 50, i, 0, 0);
    track.push(10, 400, 0, 0);
    track.at(48.5 * 50, pose);
    expect(pose.x).toBeCloseTo(48.5);
  });

  it('turns the short way', () => {
    expect(wrapAngle(lerpAngle(3, -3, 0.5))).toBeCloseTo(Math.PI, 5);
    expect(lerpAngle(0.1, 2 * Math.PI - 0.1, 0.5)).toBeCloseTo(0, 10);
  });
});

describe('the follower', () => {
  it('covers the way to each state within one state and stays there', () => {
    const follower = new Follower(50);
    follower.target(10, 10, 0);
    expect(follower.x).toBe(10);
    follower.target(15, 10, 50);
    follower.update(75);
    expect(follower.x).toBeCloseTo(12.5);
    follower.update(500);
    expect(follower.x).toBe(15);
  });

  it('jumps to a respawn', () => {
    const follower = new Follower(50);
    follower.target(10, 10, 0);
    follower.target(400, 200, 50);
    expect(follower.x).toBe(400);
  });
});

describe('walls', () => {
  const raw = (id: string, sliceHealth: number[], mask = [0, 0, 0, 0, 0]): object => ({
    id, position: { x: 0, y: 0 }, width: 50, height: 10, orientation: 'horizontal', material: 'wood', maxHealth: 80, sliceHealth, destructionMask: mask,
  });
  const set = (...walls: object[]) => walls.map((wall) => readWall(wall)!);

  it('have the damage states of the rule book', () => {
    expect([1, 0.76, 0.75, 0.51, 0.5, 0.26, 0.25, 0.01, 0].map(damageState)).toEqual([
      'none', 'none', 'light', 'light', 'medium', 'medium', 'heavy', 'heavy', 'destroyed',
    ]);
  });

  it('tell of the slices that look different and of no other', () => {
    const walls = new WallSet();
    let rebuilt = 0;
    const changed: string[] = [];
    walls.observer = { rebuilt: () => (rebuilt += 1), sliceChanged: (wall, slice) => changed.push(`${wall.id}:${slice}`) };
    walls.replace(set(raw('a', [80, 80, 80, 80, 80])));
    expect(rebuilt).toBe(1);
    walls.replace(set(raw('a', [80, 70, 50, 80, 0], [0, 0, 0, 0, 1])));
    expect(changed).toEqual(['a:2', 'a:4']);
    walls.damage({ wallId: 'a', sliceIndex: 2, newHealth: 49, isDestroyed: false, playerId: '', position: null });
    walls.damage({ wallId: 'nowhere', sliceIndex: 2, newHealth: 49, isDestroyed: false, playerId: '', position: null });
    expect(changed.length).toBe(2);
    walls.replace([]);
    expect(rebuilt).toBe(2);
    expect(walls.walls.size).toBe(0);
  });

  it('know a slice that broke from one that was never there', () => {
    const walls = new WallSet();
    walls.replace(set(raw('a', [0, 80, 80, 80, 80], [1, 0, 0, 0, 0])));
    walls.damage({ wallId: 'a', sliceIndex: 1, newHealth: 0, isDestroyed: true, playerId: '', position: null });
    expect(walls.walls.get('a')?.broken).toBe(0b00010);
  });

  it('cut their slices along their orientation', () => {
    const rect = { x: 0, y: 0, width: 0, height: 0 };
    const wall = (more: object): Wall => ({ ...readWall({ ...raw('a', [80, 80, 80, 80, 80]), ...more })!, health: new Float32Array(5), broken: 0 });
    expect({ ...sliceRect(wall({}), 2, rect) }).toEqual({ x: 20, y: 0, width: 10, height: 10 });
    expect({ ...sliceRect(wall({ width: 10, height: 10, orientation: 'vertical' }), 4, rect) }).toEqual({ x: 0, y: 8, width: 10, height: 2 });
  });
});

describe('the match', () => {
  it('adds up the score of seen and unseen', () => {
    const match = new MatchModel();
    match.applyState(
      state(1000, { a: seen('a', 'red', 1, 1, { kills: 2 }), b: { id: 'b', name: 'b', team: 'blue', kills: 5, deaths: 0, isAlive: true } }),
      0,
    );
    expect(match.score).toEqual({ red: 2, blue: 5 });
    expect(match.players.get('b')?.visibility(0)).toBe(0);
  });

  it('fades out who goes out of sight and forgets who left', () => {
    const match = new MatchModel();
    const unseen = { id: 'b', name: 'b', team: 'blue', kills: 0, deaths: 0, isAlive: true };
    match.applyState(state(1000, { a: seen('a', 'red', 1, 1), b: seen('b', 'blue', 9, 9) }), 0);
    match.applyState(state(1050, { a: seen('a', 'red', 1, 1), b: unseen }), 50);
    expect(match.players.get('b')?.visibility(FADE_MS / 2)).toBeCloseTo(0.5);
    expect(match.players.get('b')?.visibility(FADE_MS + 60)).toBe(0);
    match.applyState(state(1100, { a: seen('a', 'red', 1, 1) }), 100);
    expect([...match.players.keys()]).toEqual(['a']);
  });

  it('shows the ammunition of a shot before the state that has it, and the state after', () => {
    const match = new MatchModel();
    match.ownId = 'a';
    match.applyState(state(1000, { a: seen('a', 'red', 1, 1) }), 0);
    match.shotFired('a', 'rifle', 29, 0);
    expect(match.ownAmmo).toBe(29);
    match.shotFired('b', 'rifle', 3, 0);
    expect(match.ownAmmo).toBe(29);
    match.applyState(state(1050, { a: seen('a', 'red', 1, 1) }), 50);
    expect(match.ownAmmo).toBe(30);
  });

  it('takes walls from an old state but not players', () => {
    const match = new MatchModel();
    match.applyState(state(1000, { a: seen('a', 'red', 50, 1) }), 0);
    match.applyState(state(950, { a: seen('a', 'red', 10, 1) }, { walls: { w: { id: 'w', position: { x: 0, y: 0 }, width: 50, height: 10 } } }), 10);
    expect(match.players.get('a')?.body?.x).toBe(50);
    expect(match.walls.walls.size).toBe(1);
  });

  it('waits for the earliest respawn, and longer where the server said so', () => {
    const match = new MatchModel();
    match.ownId = 'a';
    match.applyState(state(10_000, { a: seen('a', 'red', 1, 1, { isAlive: false, health: 0, deathTime: 10_000, respawnTime: 15_000 }) }), 0);
    expect(match.respawnWait(1000)).toBe(2000);
    expect(match.respawnShown(1000)).toBe(4000);
    expect(match.respawnWait(3000)).toBe(0);
    match.respawnDenied(700, 3000);
    expect(match.respawnWait(3000)).toBe(700);
  });

  it('names killer and victim in the feed, a fall by the own hand without a killer', () => {
    const match = new MatchModel();
    match.ownId = 'a';
    match.applyState(state(1000, { a: seen('a', 'red', 1, 1), b: seen('b', 'blue', 1, 1) }), 0);
    const death = { weaponType: 'rifle', isTeamKill: false, damageType: 'bullet', position: null, timestamp: 0 };
    match.playerDied({ playerId: 'b', killerId: 'a', ...death }, 0);
    match.playerDied({ playerId: 'b', killerId: 'b', ...death }, 1);
    match.playerDied({ playerId: 'nobody', killerId: 'a', ...death }, 2);
    expect(match.feed.map((line) => [line.killer, line.victim, line.involvesOwn])).toEqual([['a', 'b', true], ['', 'b', false]]);
    match.pruneFeed(60_000);
    expect(match.feed).toEqual([]);
  });

  it('counts the damage that it was told of for who dealt it, but none to oneself', () => {
    const match = new MatchModel();
    match.applyState(state(1000, { a: seen('a', 'red', 1, 1), b: seen('b', 'blue', 9, 9) }), 0);
    const hit = { damage: 25, newHealth: 75, isExplosion: false, position: null };
    match.damaged({ playerId: 'b', sourcePlayerId: 'a', ...hit });
    match.damaged({ playerId: 'b', sourcePlayerId: 'a', ...hit });
    match.damaged({ playerId: 'a', sourcePlayerId: 'a', ...hit });
    match.damaged({ playerId: 'a', sourcePlayerId: '', ...hit });
    expect(match.players.get('a')?.damage).toBe(50);
  });

  it('knows how long a slow weapon still waits', () => {
    const match = new MatchModel();
    match.ownId = 'a';
    const weapons = { sniperrifle: { type: 'sniperrifle', currentAmmo: 5, maxAmmo: 5, reserveAmmo: 30, fireRate: 40, reloadTime: 3500 } };
    match.applyState(state(1000, { a: seen('a', 'red', 1, 1, { weaponId: 'sniperrifle', weapons }) }), 0);
    const weapon = match.ownWeapon!;
    expect(match.cooldown(weapon, 0)).toBe(0);
    match.shotFired('a', 'sniperrifle', 4, 0);
    expect(match.cooldown(weapon, 750)).toBeCloseTo(0.5);
    expect(match.cooldown(weapon, 1500)).toBe(0);
    match.rateLimited('sniperrifle', 3750, 2000);
    expect(match.cooldown(weapon, 2000)).toBeCloseTo(0.5);
  });

  it('remembers who ended the own life, and by what, until the next', () => {
    const match = new MatchModel();
    match.ownId = 'a';
    match.applyState(state(1000, { a: seen('a', 'red', 1, 1), b: seen('b', 'red', 9, 9) }), 0);
    match.playerDied(
      { playerId: 'a', killerId: 'b', weaponType: 'rocket', isTeamKill: true, damageType: 'explosion', position: null, timestamp: 0 }, 0,
    );
    expect(match.ownDeath).toEqual({ killer: 'b', killerTeam: 'red', weaponType: 'rocket', isTeamKill: true });
    match.playerRespawned('a');
    expect(match.ownDeath).toBeNull();
  });
});
