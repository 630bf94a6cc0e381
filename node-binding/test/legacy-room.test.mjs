// A room of the backend's shape runs whole matches on the drop-in class.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { png } from './helpers.mjs';
import { checkEvent, checkState, EVENTS } from './legacy-tables.mjs';
import { fight } from './legacy-room.mjs';

const MS = 1000 / 60;
const GREY = [0x80, 0x80, 0x80];
const WOOD = [0x8b, 0x45, 0x13];
const GLASS = [0x87, 0xce, 0xeb];

/** A field with cover of all kinds in its middle, as a picture in `maps/`. */
function arena() {
  const pixels = {};
  const wall = (x, y, width, height, colour) => {
    for (let i = 0; i < width; i++) for (let j = 0; j < height; j++) pixels[`${x + i},${y + j}`] = colour;
  };
  wall(16, 4, 1, 8, GREY);
  wall(31, 15, 1, 8, GREY);
  wall(22, 8, 5, 1, WOOD);
  wall(22, 18, 5, 1, GLASS);
  wall(10, 16, 5, 1, WOOD);
  wall(33, 8, 5, 1, GLASS);
  wall(24, 11, 1, 5, [0x40, 0x40, 0x40]);
  for (const y of [5, 10, 16, 21]) [pixels[`3,${y}`], pixels[`44,${y}`]] = [[0xff, 0, 0], [0, 0, 0xff]];
  return png(48, 27, pixels);
}

/** Runs `work` in a folder with `maps/arena.png`, which MAP_FILE names. */
async function onArena(work) {
  const folder = mkdtempSync(join(tmpdir(), 'trespasser-legacy-'));
  const before = [process.cwd(), process.env.MAP_FILE];
  try {
    mkdirSync(join(folder, 'maps'));
    writeFileSync(join(folder, 'maps', 'arena.png'), arena());
    process.chdir(folder);
    process.env.MAP_FILE = 'arena';
    await work();
  } finally {
    process.chdir(before[0]);
    if (before[1] === undefined) delete process.env.MAP_FILE;
    else process.env.MAP_FILE = before[1];
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether some line from the viewer to the edge of the body passes what stands, with openings made half a pixel wider. */
function couldSee(viewer, target, walls) {
  const [dx, dy] = [target.position.x - viewer.position.x, target.position.y - viewer.position.y];
  const distance = Math.hypot(dx, dy);
  if (distance <= 13) return true;
  if (distance > 160 + 6 + 1) return false;
  const off = Math.abs(Math.atan2(Math.sin(Math.atan2(dy, dx) - viewer.rotation), Math.cos(Math.atan2(dy, dx) - viewer.rotation)));
  if (off > Math.PI / 3 + Math.asin(Math.min(1, 6 / distance)) + 0.02 && distance > 19) return false;
  const rects = Object.values(walls).flatMap((wall) => wall.sliceHealth.flatMap((health, index) => {
    const soft = wall.material === 'wood' || wall.material === 'glass';
    const stops = wall.maxHealth === 0 || (soft ? health > wall.maxHealth / 2 : health > 0);
    if (!stops) return [];
    const [w, h] = wall.orientation === 'horizontal' ? [wall.width / 5, wall.height] : [wall.width, wall.height / 5];
    const [x, y] = wall.orientation === 'horizontal' ? [wall.position.x + index * w, wall.position.y] : [wall.position.x, wall.position.y + index * h];
    // Seams between two that stand side by side stay closed.
    const [first, last] = [index === 0, index === 4];
    const along = wall.orientation === 'horizontal';
    return [[x + (along && !first ? 0 : 0.5), y + (!along && !first ? 0 : 0.5), x + w - (along && !last ? 0 : 0.5), y + h - (!along && !last ? 0 : 0.5)]];
  }));
  for (let i = 0; i < 64; i++) {
    const angle = (i / 64) * 2 * Math.PI;
    const end = [target.position.x + 6 * Math.cos(angle), target.position.y + 6 * Math.sin(angle)];
    if (!rects.some((rect) => crosses([viewer.position.x, viewer.position.y], end, rect))) return true;
  }
  return false;
}

/** A segment meets a rectangle (slabs). */
function crosses(from, to, [x0, y0, x1, y1]) {
  let [low, high] = [0, 1];
  for (const [a, b, least, most] of [[from[0], to[0], x0, x1], [from[1], to[1], y0, y1]]) {
    if (a === b) {
      if (a < least || a > most) return false;
      continue;
    }
    const [t0, t1] = [(least - a) / (b - a), (most - a) / (b - a)];
    low = Math.max(low, Math.min(t0, t1));
    high = Math.min(high, Math.max(t0, t1));
  }
  return low <= high;
}

/** Where two texts part. */
function difference(a = '', b = '') {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return `${a.slice(at - 60, at + 60)} and ${b.slice(at - 60, at + 60)}`;
}

/** Who acts where, by event; nobody but the own team and those who see it may have the place. */
const ACTOR = { 'weapon:fired': 'playerId', 'projectile:created': 'playerId', 'backend:player:respawned': 'playerId', 'grenade:thrown': 'playerId' };

for (const tellEach of [false, true]) {
  test(`a room plays a match to its end with 8 sockets, events ${tellEach ? 'to each by knowledge' : 'to all, as today'}`, async () => {
    await onArena(async () => {
      const killTarget = 8;
      const { room, fighters } = await fight({ killTarget, tellEach, system: { seed: 5 } });
      assert.equal(room.gameState.mapName, 'arena');
      assert.deepEqual([...room.gameState.getPlayers().values()].map(({ name, team }) => [name, team]).slice(0, 2), [['Player 0', 'red'], ['Player 1', 'blue']]);
      room.startMatch();
      const seen = new Map();
      let states = 0;
      let before = room.gameState.getFullGameState();
      let [unseen, checked] = [0, 0];
      const limit = 60 * 60 * 20;
      let tick = 0;
      for (; tick < limit && room.status === 'playing'; tick++) {
        for (const fighter of fighters) fighter.act();
        for (const { type, data } of room.update(MS)) checkEvent(type, data);
        const truth = room.gameState.getFullGameState();
        for (const fighter of fighters) {
          const id = fighter.socket.id;
          for (const { event, payload } of fighter.take()) {
            seen.set(event, (seen.get(event) ?? 0) + 1);
            if (event === 'game:state') {
              states++;
              checkState(payload, id);
              if (tick % 30 !== 2) continue;
              const own = truth.players[id];
              for (const enemy of Object.values(truth.players).filter((each) => each.team !== own.team)) {
                if (couldSee(own, enemy, truth.walls)) continue;
                unseen++;
                assert.ok(!('position' in payload.players[enemy.id]), `${id} is told where ${enemy.id} is, unseen, in tick ${tick}`);
              }
            } else if (event in EVENTS) {
              checkEvent(event, payload);
              if (!tellEach || !(event in ACTOR) || payload.position === null) continue;
              const actor = truth.players[payload[ACTOR[event]]];
              if (actor === undefined || actor.team === truth.players[id].team) continue;
              checked++;
              const could = [before, truth].some(({ players, walls }) => couldSee(players[id], players[actor.id], walls));
              assert.ok(could || payload.position === undefined, `${id} is told of ${event} by ${actor.id}, unseen, in tick ${tick}`);
            }
          }
        }
        before = truth;
      }
      assert.equal(room.status, 'finished', `no end in ${limit} ticks: ${JSON.stringify(room.score())}`);
      assert.equal(Math.max(...Object.values(room.score())), killTarget);
      assert.equal(seen.get('match_ended'), 8, 'once for each');
      assert.equal(states, Math.floor(tick / 3) * 8 + 8, '20 a second, and one on joining');
      assert.ok(unseen > 500, `only ${unseen} pairs were out of sight: the check would see nothing`);
      for (const type of ['weapon:fired', 'weapon:hit', 'weapon:miss', 'weapon:reload', 'weapon:reloaded', 'weapon:switched', 'wall:damaged', 'wall:destroyed', 'player:damaged',
        'backend:player:died', 'backend:player:respawned', 'projectile:created', 'projectile:exploded', 'explosion:created', 'grenade:thrown', 'FLASHBANG_EFFECT']) {
        assert.ok(seen.get(type) > 0, `a match without ${type} tests too little: ${JSON.stringify([...seen])}`);
      }
      if (tellEach) assert.ok(checked > 50, `only ${checked} events of enemies had a place`);
      else assert.equal(seen.get('weapon:fired') % 8, 0, 'all get all');
      assert.deepEqual(room.gameState.getPendingEvents(), [], 'drained');
      assert.deepEqual([room.gameState.clock.eventsLost, room.gameState.clock.ticksGivenUp], [0, 0]);

      // The next match is as new.
      const { destroyedSlices } = room.gameState.getDestructionSystem().getDestructionStats();
      await room.reset();
      const after = room.gameState.getDestructionSystem().getDestructionStats();
      assert.ok(destroyedSlices > after.destroyedSlices);
      for (const player of room.gameState.getPlayers().values()) assert.deepEqual([player.kills, player.deaths, player.isAlive, player.health], [0, 0, true, 100]);
      assert.deepEqual(room.gameState.getPendingEvents(), []);
      for (const fighter of fighters) room.removePlayer(fighter.socket);
      assert.equal(room.gameState.getPlayers().size, 0);
      room.gameState.destroy();
    });
  });
}

test('what an unseen enemy does changes no byte that a player gets', async () => {
  await onArena(async () => {
    const run = async (moves) => {
      let now = 1.8e12;
      const { room, fighters } = await fight({ players: 2, tellEach: true, system: { seed: 3, now: () => now } });
      const [viewer, hidden] = fighters.map(({ socket }) => socket.id);
      const out = [];
      const at = (id, x, y) => Object.assign(room.gameState.getPlayer(id).transform.position, { x, y });
      at(viewer, 100, 40);
      at(hidden, 250, 230);
      for (let tick = 1; tick <= 240; tick++) {
        now += MS;
        room.gameState.handlePlayerInput(viewer, { keys: { w: tick % 3 === 0 }, mouse: { x: 100 + tick, y: 20 }, sequence: tick });
        if (moves) {
          room.gameState.handlePlayerInput(hidden, { keys: { a: tick % 40 < 20, d: tick % 40 >= 20, r: true, ctrl: true }, mouse: { x: tick, y: 250 }, sequence: tick });
          if (tick % 50 === 0) room.gameState.handleWeaponSwitch(hidden, tick % 100 === 0 ? 'smg' : 'revolver');
          if (tick === 120) room.gameState.getPlayer(hidden).health = 40;
          if (tick === 130) at(hidden, 300, 240);
        }
        room.update(MS);
        out.push(JSON.stringify(fighters[0].socket.take()));
      }
      const position = { ...room.gameState.getPlayer(hidden).position };
      room.gameState.destroy();
      return { out, position };
    };
    const [still, moving] = [await run(false), await run(true)];
    assert.notDeepEqual(still.position, moving.position, 'the enemy did something');
    assert.ok(still.out.join('').length > 100_000);
    const first = still.out.findIndex((bytes, tick) => bytes !== moving.out[tick]);
    assert.equal(first, -1, `differs in tick ${first + 1}: ${difference(still.out[first], moving.out[first])}`);
  });
});
