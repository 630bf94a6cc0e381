// A room as today's backend has it: one simulation object per lobby, stepped at 60 Hz, states at 20 Hz, handlers on
// sockets. Written for the tests, to the surface alone; timers and sockets are driven by hand.
import { EventEmitter } from 'node:events';
import { GameStateSystem } from '../legacy/index.mjs';

/** The server's end of a connection: what the room emits is kept for the client, what the client sends reaches handlers. */
export class FakeSocket extends EventEmitter {
  inbox = [];

  constructor(id) {
    super();
    this.id = id;
  }

  emit(event, payload) {
    // As the wire does: what is sent is JSON, and nothing is shared with the other end.
    this.inbox.push({ event, payload: payload === undefined ? undefined : JSON.parse(JSON.stringify(payload)) });
    return true;
  }

  /** From the client. */
  send(event, payload) {
    return EventEmitter.prototype.emit.call(this, event, payload);
  }

  take() {
    return this.inbox.splice(0);
  }
}

export class GameRoom {
  sockets = new Map();
  status = 'waiting';
  updates = 0;

  /** @param tellEach events go to each by knowledge, rather than whole to everybody as today's backend sends them */
  constructor(id, { killTarget = 50, tellEach = false, system } = {}) {
    this.id = id;
    this.now = system?.now ?? Date.now;
    this.killTarget = killTarget;
    this.tellEach = tellEach;
    this.physics = { name: 'the backend has one' };
    this.gameState = new GameStateSystem(this.physics, system);
  }

  async start() {
    await this.gameState.initialize();
  }

  broadcast(event, payload) {
    for (const socket of this.sockets.values()) socket.emit(event, payload);
  }

  addPlayer(socket) {
    this.sockets.set(socket.id, socket);
    this.gameState.createPlayer(socket.id);
    if (this.tellEach) this.gameState.getEventsFor(socket.id);
    const of = (handler) => (payload) => handler(payload ?? {});
    socket.on('player:join', of((payload) => this.join(socket, payload)));
    socket.on('player:input', (input) => this.gameState.handlePlayerInput(socket.id, input));
    socket.on('weapon:fire', of((data) => this.answer(socket, this.gameState.handleWeaponFire({ ...data, playerId: socket.id }))));
    socket.on('weapon:reload', () => this.answer(socket, this.gameState.handleWeaponReload(socket.id)));
    socket.on('weapon:switch', of(({ toWeapon }) => this.answer(socket, this.gameState.handleWeaponSwitch(socket.id, toWeapon))));
    socket.on('grenade:throw', of((data) => this.answer(socket, this.gameState.handleGrenadeThrow({ ...data, playerId: socket.id }))));
    socket.on('player:respawn', () => this.respawn(socket));
    socket.on('request_game_state', () => socket.emit('game:state', this.gameState.getFilteredGameState(socket.id)));
    this.broadcast('player_joined_lobby', { lobbyId: this.id, playerCount: this.sockets.size, playerId: socket.id });
  }

  removePlayer(socket) {
    socket.removeAllListeners();
    this.sockets.delete(socket.id);
    this.gameState.removePlayer(socket.id);
    this.broadcast('player:left', { playerId: socket.id });
  }

  join(socket, { loadout, playerName }) {
    const player = this.gameState.getPlayer(socket.id);
    const weaponSystem = this.gameState.getWeaponSystem();
    player.name = playerName;
    player.team = loadout.team;
    player.weapons.clear();
    for (const type of [loadout.primary, loadout.secondary, ...loadout.support]) {
      player.weapons.set(type, weaponSystem.createWeapon(type, weaponSystem.getWeaponConfig(type)));
    }
    player.weaponId = loadout.primary;
    this.place(player);
    socket.emit('weapon:equipped', { weapons: [...player.weapons.keys()], currentWeapon: player.weaponId });
    socket.emit('player:join:success', { playerId: socket.id, team: player.team, isActive: true, gameStatus: this.status, timestamp: this.now() });
    socket.emit('game:state', this.gameState.getFilteredGameState(socket.id));
  }

  place(player) {
    const at = this.gameState.findSafeSpawnPoint(player.team);
    player.transform.position = { x: at.x, y: at.y };
    player.isAlive = true;
    player.health = 100;
  }

  respawn(socket) {
    const payload = this.gameState.respawnPlayer(socket.id);
    if (payload === null) {
      const { respawnTime } = this.gameState.getPlayer(socket.id);
      return socket.emit('backend:respawn:denied', { remainingTime: Math.max(0, (respawnTime ?? 0) - this.now()), timestamp: this.now() });
    }
    // Where events go by knowledge, this one does, too.
    if (!this.tellEach) this.broadcast('backend:player:respawned', payload);
    return undefined;
  }

  answer(socket, { events }) {
    for (const { type, data } of events) socket.emit(type, data);
  }

  startMatch() {
    this.status = 'playing';
    for (const player of this.gameState.getPlayers().values()) {
      player.kills = 0;
      player.deaths = 0;
      this.gameState.respawnPlayerAtTeamSpawn(player.id);
    }
    this.broadcast('match_started', { lobbyId: this.id, killTarget: this.killTarget });
  }

  /** 60 times a second. */
  update(deltaMs) {
    this.gameState.update(deltaMs);
    const pending = this.gameState.getPendingEvents();
    if (!this.tellEach) for (const { type, data } of pending) this.broadcast(type, data);
    else {
      for (const socket of this.sockets.values()) {
        for (const { type, data } of this.gameState.getEventsFor(socket.id)) socket.emit(type, data);
      }
    }
    if (++this.updates % 3 === 0) {
      for (const socket of this.sockets.values()) socket.emit('game:state', this.gameState.getFilteredGameState(socket.id));
    }
    if (this.status === 'playing') this.judge();
    return pending;
  }

  score() {
    const kills = { red: 0, blue: 0 };
    for (const { team, kills: own } of this.gameState.getPlayers().values()) kills[team] += own;
    return kills;
  }

  judge() {
    const { red, blue } = this.score();
    if (Math.max(red, blue) < this.killTarget) return;
    this.status = 'finished';
    this.broadcast('match_ended', {
      lobbyId: this.id, winnerTeam: red > blue ? 'red' : 'blue', redKills: red, blueKills: blue, killTarget: this.killTarget,
      playerStats: [...this.gameState.getPlayers().values()].map(({ id, name, team, kills, deaths }) => ({ playerId: id, playerName: name, team, kills, deaths })),
    });
  }

  async reset() {
    await this.gameState.resetAllState();
    this.status = 'waiting';
  }
}

/** Somebody at the other end: knows what came over the socket and nothing else, and fights by it. */
export class Fighter {
  sequence = 0;
  state = undefined;
  goal = { x: 240, y: 135 };
  turn = 0;

  constructor(socket, index) {
    this.socket = socket;
    this.index = index;
    // A generator of its own, so that every run is the same.
    this.seed = 77 + index * 1013;
  }

  random() {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.seed / 2 ** 32;
  }

  /** @returns what came since the last call */
  take() {
    const inbox = this.socket.take();
    for (const { event, payload } of inbox) if (event === 'game:state') this.state = payload;
    return inbox;
  }

  /** Once a tick. */
  act() {
    const self = this.state?.players[this.socket.id];
    if (self?.position === undefined) return;
    this.turn++;
    this.finishThrow();
    if (!self.isAlive) {
      if (this.turn % 30 === 0) this.socket.send('player:respawn');
      return;
    }
    const enemies = Object.values(this.state.visiblePlayers).filter(({ team, isAlive }) => team !== self.team && isAlive);
    const distance = ({ position }) => Math.hypot(position.x - self.position.x, position.y - self.position.y);
    const [foe] = enemies.sort((a, b) => distance(a) - distance(b));
    if (this.turn % 90 === 1 || Math.hypot(this.goal.x - self.position.x, this.goal.y - self.position.y) < 12) {
      this.goal = { x: 20 + this.random() * 440, y: 20 + this.random() * 230 };
    }
    const aim = foe?.position ?? this.goal;
    const keys = {
      w: this.goal.y < self.position.y - 4, s: this.goal.y > self.position.y + 4,
      a: this.goal.x < self.position.x - 4, d: this.goal.x > self.position.x + 4,
      shift: foe === undefined && this.index % 2 === 0, ctrl: foe === undefined && this.index % 5 === 4,
      r: self.weapons[self.weaponId]?.currentAmmo === 0, g: false, 1: false, 2: false, 3: false, 4: false,
    };
    const fires = foe !== undefined && this.turn % 3 !== 0;
    this.socket.send('player:input', {
      keys,
      mouse: { x: aim.x, y: aim.y, buttons: fires ? 1 : 0, leftPressed: fires, rightPressed: this.turn % 400 === 0, leftReleased: false, rightReleased: false },
      sequence: ++this.sequence,
      timestamp: Date.now(),
    });
    if (this.turn % 150 === 10 * this.index) this.socket.send('weapon:fire', { weaponType: self.weaponId, sequence: this.sequence });
    if (this.turn % 240 === 0) this.throwSomething(self);
  }

  throwSomething(self) {
    const [type] = Object.keys(self.weapons).filter((each) => ['grenade', 'smokegrenade', 'flashbang'].includes(each) && self.weapons[each].currentAmmo > 0);
    if (type === undefined) return;
    this.socket.send('weapon:switch', { toWeapon: type });
    this.thrown = { at: this.turn };
  }

  /** Throws what was taken in hand, and takes up the gun again. */
  finishThrow() {
    if (this.thrown === undefined) return;
    if (this.turn === this.thrown.at + 4) this.socket.send('grenade:throw', { chargeLevel: 1 + (this.index % 5) });
    if (this.turn !== this.thrown.at + 8) return;
    this.socket.send('weapon:switch', { toWeapon: LOADOUTS[this.index % LOADOUTS.length].primary });
    this.thrown = undefined;
  }
}

export const LOADOUTS = [
  { primary: 'rifle', secondary: 'pistol', support: ['grenade', 'smokegrenade', 'flashbang'] },
  { primary: 'smg', secondary: 'revolver', support: ['grenade', 'flashbang'] },
  { primary: 'shotgun', secondary: 'pistol', support: ['smokegrenade', 'grenade'] },
  { primary: 'battlerifle', secondary: 'suppressedpistol', support: ['rocket', 'grenade'] },
  { primary: 'sniperrifle', secondary: 'pistol', support: ['machinegun'] },
];

/** A room with fighters in it, joined as clients join. */
export async function fight(options) {
  const room = new GameRoom('lobby_1', options);
  await room.start();
  const fighters = Array.from({ length: options.players ?? 8 }, (_, index) => {
    const socket = new FakeSocket(`socket_${index}`);
    room.addPlayer(socket);
    socket.send('player:join', {
      loadout: { ...LOADOUTS[index % LOADOUTS.length], team: index % 2 === 0 ? 'red' : 'blue' }, playerName: `Player ${index}`, timestamp: Date.now(),
    });
    return new Fighter(socket, index);
  });
  return { room, fighters };
}
