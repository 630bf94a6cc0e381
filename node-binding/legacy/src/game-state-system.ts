/// <reference lib="esnext.disposable" preserve="true" />
import { randomInt } from 'node:crypto';
import { createWeapon, weaponConfig, within, type WeaponConfig } from './armoury.js';
import { CarriedWeapons } from './carried.js';
import { destructionStats, type DestructionStats, type LegacyWall } from './catalogue.js';
import { engine, type GameEvent, type Loadout, type MatchId, type PlayerEdit, type PlayerId, type PlayerView, type TeamName, type World } from './engine.js';
import { BLAST_DAMAGE, toLegacy, type EventContext } from './events.js';
import { HeatGauge } from './heat-gauge.js';
import { InputTranslator, readPlayerInput } from './input.js';
import { acquaintance, type Acquaintance } from './knowledge.js';
import { livePlayer, type Draft, type LivePlayer } from './live-player.js';
import { mapFromEnvironment, type RoomMap } from './map-file.js';
import { v2, type V2 } from './numbers.js';
import { BoundedQueue } from './queue.js';
import { field, named, Refusals, type Refusal } from './refusals.js';
import {
  playerEntry, projectileEntry, smokeEntry, visionEntry, weaponEntries, type LegacyPlayer, type LegacyProjectile, type LegacyScore, type LegacySmoke,
  type LegacyVision, type LegacyWeapon, type Roll,
} from './state.js';
import { LegacyWalls, type WallSet } from './walls.js';

/** An event as a room sends it: `socket.emit(type, data)`. */
export interface PendingEvent {
  type: string;
  data: unknown;
}

/** What became of something that a client asked for. */
export interface ActionResult {
  /** It was taken. What comes of it, {@link GameStateSystem.getPendingEvents} tells after the next update. */
  success: boolean;
  /** For the client that asked, and told nowhere else: `weapon:rate_limited`. */
  events: PendingEvent[];
  /** Why not. */
  reason?: string;
}

/** `backend:player:respawned`. */
export interface RespawnPayload {
  playerId: string;
  position: V2;
  health: number;
  team: TeamName;
  invulnerableUntil: number;
  timestamp: number;
}

/** Everything, as `game:state` has it but `vision`, which is one player's. */
export interface FullGameState {
  players: Record<string, LegacyPlayer>;
  visiblePlayers: Record<string, LegacyPlayer>;
  walls: WallSet;
  projectiles: LegacyProjectile[];
  smokeZones: LegacySmoke[];
  timestamp: number;
  tickRate: number;
}

/** A `game:state` for one player. */
export interface FilteredGameState {
  players: Record<string, LegacyPlayer | LegacyScore>;
  visiblePlayers: Record<string, LegacyPlayer>;
  walls?: WallSet;
  projectiles: LegacyProjectile[];
  smokeZones: LegacySmoke[];
  timestamp: number;
  tickRate: number;
  vision: LegacyVision;
}

export interface FilteredStateOptions {
  /**
   * `always` (default): every state has all walls. `changed`: they are left out while nothing has changed for this player
   * since the last state that had them, as the protocol has it, and come four times a second at most; a client that asks
   * for a full state needs `always`.
   */
  walls?: 'always' | 'changed';
}

/** For a host that wants more than the backend's constructor gives. */
export interface SystemOptions {
  /** Key of all the match's randomness, 0 to 2^53 - 1; by default one that nobody can guess. */
  seed?: number;
  /** Called with everything that is refused, beside {@link GameStateSystem.refusals}. */
  onRefusal?: (refusal: Refusal) => void;
  /** Epoch milliseconds; by default `Date.now`. */
  now?: () => number;
}

/** Ticks a second. */
const TICK_RATE = 60;
const MS_PER_TICK = 1000 / TICK_RATE;

/** Ticks that one update makes up for at most: a second. What is due beyond that is given up. */
const MOST_TICKS = 60;

/** Milliseconds by which a tick's timestamp may be off the host's clock before it follows it. */
const CLOCK_SLACK = 100;

/** Ticks between sets of walls to one player, who has an event for each hit besides: they are most of a state that has them. */
const WALLS_EVERY = 15;

/** Events kept for a host that does not drain them; of those for one player. */
const PENDING = 4096;
const PENDING_FOR_ONE = 1024;

/** Leavers whom events may still name. */
const LEAVERS = 32;

/** Characters of a player's id. */
const LONGEST_ID = 64;

/** The room counts kills and ends the match; the engine's own end is as far off as it can be. */
const KILL_TARGET = 10_000;

/** Takes sounds, for which today's protocol has no word: a match keeps 1,024 at most. Made when first needed. */
let unheard: Uint8Array | undefined;

/** Told to the player alone whom they concern, and so no news for all: they do not say whom they are about. */
const PRIVATE: ReadonlySet<string> = new Set(['weapon:rate_limited', 'weapon:heat:update', 'backend:respawn:denied']);

interface Member {
  readonly memberId: string;
  name: string;
  readonly player: PlayerId;
  readonly slot: number;
  readonly lastShot: Map<import('./engine.js').WeaponName, number>;
  readonly input: InputTranslator;
  readonly heat: HeatGauge;
  readonly walls: LegacyWalls;
  wallsVersion: number;
  /** The next state has walls in any case. */
  wallsDue: boolean;
  /** Walls have changed for the player since the last state that had them. */
  wallsChanged: boolean;
  /** Tick of that state. */
  wallsTick: number;
  /** Number of the newest input taken. */
  sequence: number;
  /** Tick of the last state made for the player. */
  stateTick: number;
  hasSpawned: boolean;
  /** A weapon:fire awaits its shot or refusal: refusals of the held trigger are no news. */
  awaitsShot: boolean;
  /** Told by knowledge, from the first time that the host asked on; undefined: not yet. */
  told: BoundedQueue<PendingEvent> | undefined;
  draft: Draft | undefined;
  live: LivePlayer;
  weapons: CarriedWeapons;
  /** As the match has the player, or had. */
  entry: LegacyPlayer | undefined;
  /** The player as those know the player who know as much. */
  known: { version: number; as: Partial<Record<Acquaintance, LegacyPlayer | LegacyScore>> };
}

/** A call of the engine was refused for what was asked; anything else is a fault and goes on its way. */
function isRefused(error: unknown): error is Error {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' && code !== 'PANIC' && code !== 'NODE';
}

/** Tests and tools leave the number out, clients never do. */
function numbered(input: unknown, last: number): unknown {
  if (typeof input !== 'object' || input === null || field(input, 'sequence') !== undefined) return input;
  return { keys: field(input, 'keys'), mouse: field(input, 'mouse'), sequence: (last + 1) >>> 0 };
}

/** The players of a room: a real `Map`, which the room's match alone writes. */
class Players extends Map<string, LivePlayer> {
  readonly #refuse: (reason: string) => void;
  #isOpen = false;

  constructor(refuse: (reason: string) => void) {
    super();
    this.#refuse = refuse;
  }

  /** Lets the match write. */
  open(write: (map: Map<string, LivePlayer>) => void): void {
    this.#isOpen = true;
    write(this);
    this.#isOpen = false;
  }

  override set(id: string, player: LivePlayer): this {
    if (this.#isOpen) return super.set(id, player);
    this.#refuse('players come in by createPlayer');
    return this;
  }

  override delete(id: string): boolean {
    if (this.#isOpen) return super.delete(id);
    this.#refuse('players go by removePlayer');
    return false;
  }

  override clear(): void {
    if (this.#isOpen) super.clear();
    else this.#refuse('players go by removePlayer');
  }
}

/** Walls by id: a `Map`, whose entries are its own properties as well, so that it can be written as JSON. */
function listing(walls: WallSet): Map<string, Readonly<LegacyWall>> {
  return Object.assign(new Map(Object.entries(walls)), walls);
}

/**
 * One lobby's match behind the surface that today's backend calls: a `GameRoom` makes one of these in place of its own
 * simulation object, and goes on as before. The engine plays by its `legacy` rules on a coarse reading of the map.
 *
 * Nothing that comes from a client throws: what does not fit is refused, changes nothing and is counted in
 * {@link GameStateSystem.refusals}. Only {@link GameStateSystem.createPlayer} throws, for an id that is none and for a
 * ninth player, and everything does where the environment names a map that cannot be played.
 */
export class GameStateSystem {
  readonly #seedGiven: number | undefined;
  readonly #now: () => number;
  readonly #refusals: Refusals;
  readonly #players: Players;
  readonly #members = new Map<string, Member>();
  readonly #byPlayer = new Map<PlayerId, Member>();
  readonly #pending = new BoundedQueue<PendingEvent>(PENDING);
  #world: World | undefined;
  #match: MatchId = 0;
  #room: RoomMap | undefined;
  #health = new Float32Array(0);
  #truth: LegacyWalls | undefined;
  #truthVersion = -1;
  #fullHealth = 0;
  #isDestroyed = false;
  #owedMs = 0;
  /** Epoch milliseconds of tick 0. */
  #originMs = 0;
  #ticksGivenUp = 0;
  /** Grows with everything that can change what is read. */
  #version = 0;
  #views: { version: number; of: Map<PlayerId, PlayerView> } | undefined;
  #knows: { version: number; rows: Uint8Array } | undefined;
  readonly #roll: Roll;

  /**
   * @param _physics the backend's physics object; the engine has its own
   * @param options beside what the backend gives
   */
  constructor(_physics?: unknown, options: SystemOptions = {}) {
    const [seed, now, onRefusal] = [within(field(options, 'seed'), Number.MAX_SAFE_INTEGER), field(options, 'now'), field(options, 'onRefusal')];
    this.#seedGiven = seed;
    this.#now = typeof now === 'function' ? now as () => number : Date.now;
    this.#refusals = new Refusals(typeof onRefusal === 'function' ? onRefusal as (refusal: Refusal) => void : undefined);
    this.#players = new Players((reason) => this.#refusals.add('getPlayers', reason));
    this.#roll = {
      msPerTick: MS_PER_TICK,
      epochMs: (tick) => Math.round(this.#originMs + tick * MS_PER_TICK),
      legacyId: (player) => this.#byPlayer.get(player)?.memberId ?? null,
      weapons: (player) => this.#world?.weapons(this.#match, player) ?? [],
    };
  }

  /**
   * Loads the map that `MAP_FILE` or `LOAD_MAP` names, `maps/NAME.png` under the working folder, or a built-in one if
   * neither is set, and makes the match. Whatever is called before does so first.
   *
   * @throws {MapFileError} the promise's, naming the variable, what was tried and what to do
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- a rejection, not a throw
  async initialize(): Promise<void> {
    this.#open();
  }

  /**
   * Lets a player in, placed at a spawn of the smaller team, with rifle and pistol. One who is in already stays.
   *
   * @throws `INVALID_ARGUMENT` for an id that is not 1 to 64 characters; `MATCH_FULL` for a ninth; `NOT_ALLOWED` after
   * {@link GameStateSystem.destroy}
   */
  createPlayer(id: string): LivePlayer {
    if (typeof id !== 'string' || id.length === 0 || id.length > LONGEST_ID || id === '__proto__') {
      throw Object.assign(new TypeError(`createPlayer: the id is ${named(id)}; it must be a string of 1 to ${LONGEST_ID} characters`), { code: 'INVALID_ARGUMENT' });
    }
    const there = this.#members.get(id);
    if (there !== undefined) return there.live;
    const world = this.#open();
    if (world === undefined) throw Object.assign(new Error('createPlayer: this match has been destroyed; make another GameStateSystem'), { code: 'NOT_ALLOWED' });
    this.#settle();
    // Whom the engine's events name must be known when they are read.
    const player = world.addPlayer(this.#match);
    world.listen(this.#match, player);
    const member = this.#enlist(id, player, world);
    this.#changed();
    this.#collect(world);
    return member.live;
  }

  /** The player's live view, the same for as long as the player is in; undefined: nobody has this id. */
  getPlayer(id: string): LivePlayer | undefined {
    return this.#players.get(id);
  }

  /** All players' live views by id; the same `Map` always. Players come and go by the calls for it alone. */
  getPlayers(): Map<string, LivePlayer> {
    return this.#players;
  }

  /** Lets a player go. Kills stay in the match; what the view read last stays in it. False: nobody has this id. */
  removePlayer(id: string): boolean {
    const [world, member] = [this.#world, this.#members.get(id)];
    if (world === undefined || member === undefined) return false;
    this.#settle();
    this.#part(member);
    world.removePlayer(this.#match, member.player);
    this.#members.delete(id);
    this.#players.open((players) => players.delete(id));
    // Leavers are forgotten, the oldest first, when events can no longer name them.
    const gone = [...this.#byPlayer.values()].filter((each) => this.#members.get(each.memberId) !== each);
    for (const each of gone.slice(0, Math.max(0, gone.length - LEAVERS))) this.#byPlayer.delete(each.player);
    this.#changed();
    this.#collect(world);
    return true;
  }

  /** Takes a client's `player:input`. One without `sequence` is the next. */
  handlePlayerInput(id: string, input: unknown): void {
    const acting = this.#acting('handlePlayerInput', id);
    if (acting === undefined) return;
    const { world, member } = acting;
    const payload = readPlayerInput(numbered(input, member.sequence));
    if (payload === undefined) return this.#refusals.add('handlePlayerInput', `${named(input)} is no player:input`);
    const { sequence, held, taps, mouseX, mouseY } = member.input.translate(payload, this.#now());
    const taken = world.pushInput(this.#match, member.player, sequence, held, taps, mouseX, mouseY, member.stateTick);
    if (taken) member.sequence = sequence;
    else this.#refusals.add('handlePlayerInput', `sequence ${sequence} is old or waits already`);
  }

  /** Takes a client's `weapon:fire`, with its `playerId`: one pull of the trigger, from the player's own place and facing. */
  handleWeaponFire(event: unknown): ActionResult {
    return this.#fire('handleWeaponFire', field(event, 'playerId'), field(event, 'chargeLevel'));
  }

  /** The older name of {@link GameStateSystem.handleWeaponFire}. */
  handlePlayerShoot(id: string, data?: unknown): ActionResult {
    return this.#fire('handlePlayerShoot', id, field(data, 'chargeLevel'));
  }

  handleWeaponReload(id: string): ActionResult {
    const acting = this.#alive('handleWeaponReload', id);
    if ('reason' in acting) return acting;
    const { world, member, view } = acting;
    const weapon = world.weapons(this.#match, member.player).find((each) => each.weapon === view.weapon)!;
    if (weapon.reloadMs === 0) return this.#no('handleWeaponReload', `the ${weapon.weapon} is not reloaded`);
    if (weapon.reloading) return this.#no('handleWeaponReload', 'it is being reloaded');
    if (weapon.ammo === weapon.maxAmmo) return this.#no('handleWeaponReload', 'the magazine is full');
    if (weapon.reserve === 0) return this.#no('handleWeaponReload', 'there are no rounds left');
    world.tap(this.#match, member.player, engine().Button.RELOAD);
    return { success: true, events: [] };
  }

  handleWeaponSwitch(id: string, toWeapon: unknown): ActionResult {
    const acting = this.#alive('handleWeaponSwitch', id);
    if ('reason' in acting) return acting;
    const { world, member } = acting;
    const place = world.weapons(this.#match, member.player).findIndex((each) => each.weapon === toWeapon);
    if (place < 0) return this.#no('handleWeaponSwitch', `${named(toWeapon)} is not carried`);
    world.tap(this.#match, member.player, engine().Button.SLOT1 << place);
    return { success: true, events: [] };
  }

  /** Takes a client's `grenade:throw`, with its `playerId`: throws what is in hand, if that can be thrown. */
  handleGrenadeThrow(event: unknown): ActionResult {
    return this.#throw('handleGrenadeThrow', field(event, 'playerId'), field(event, 'chargeLevel') ?? 1);
  }

  /** Places a player at a spawn of the own team at once, dead or alive, with the whole loadout. Null: nobody has this id. */
  respawnPlayerAtTeamSpawn(id: string): RespawnPayload | null {
    const acting = this.#acting('respawnPlayerAtTeamSpawn', id);
    return acting === undefined ? null : this.#spawn(acting.world, acting.member);
  }

  /** Grants a respawn to one who has been dead for long enough. Null: not dead, too early, or nobody has this id. */
  respawnPlayer(id: string): RespawnPayload | null {
    const acting = this.#acting('respawnPlayer', id);
    if (acting === undefined) return null;
    const { world, member } = acting;
    const view = this.#view(member);
    if (view === undefined || view.alive || world.tick(this.#match) < view.respawnTick) return null;
    return this.#spawn(world, member);
  }

  /** The team's spawn farthest from the nearest living enemy, px; for what is no team, of all spawns. */
  findSafeSpawnPoint(team: unknown): V2 {
    this.#open();
    this.#settle();
    const spawns = this.#room?.map.spawns() ?? [];
    const own = spawns.filter((spawn) => spawn.team === team);
    const foes = [...this.#all().values()].filter((view) => view.alive && view.team !== team);
    let best: { at: V2; distance: number } | undefined;
    for (const { x, y } of own.length > 0 ? own : spawns) {
      const distance = Math.min(...foes.map((foe) => Math.hypot(foe.x - x, foe.y - y)), Infinity);
      if (best === undefined || distance > best.distance) best = { at: v2(x, y), distance };
    }
    // A map has a spawn for each team, if there is one at all.
    return best?.at ?? { x: 0, y: 0 };
  }

  /** Kills a player, to nobody's credit. False: not alive, or nobody has this id. */
  debugKillPlayer(id: string): boolean {
    const acting = this.#alive('debugKillPlayer', id);
    if ('reason' in acting) return false;
    acting.world.killPlayer(this.#match, acting.member.player);
    this.#changed();
    this.#collect(acting.world);
    return true;
  }

  /**
   * Plays the ticks that have become due, 60 a second. After a stall an update makes up for a second at most; what is due
   * beyond that is given up, and `clock` says how much. A time that is not finite, or below 0, counts for nothing.
   *
   * @param deltaMs milliseconds since the last update
   */
  update(deltaMs: number): void {
    if (typeof deltaMs !== 'number' || !Number.isFinite(deltaMs) || deltaMs < 0) {
      return this.#refusals.add('update', `deltaMs is ${named(deltaMs)}; it must be a number from 0`);
    }
    const world = this.#open();
    if (world === undefined) return;
    this.#settle();
    this.#owedMs += deltaMs;
    // A billionth of a tick: thirds of milliseconds, added up, come to a little less than they should.
    const due = Math.floor(this.#owedMs / MS_PER_TICK + 1e-9);
    const ticks = Math.min(due, MOST_TICKS);
    this.#ticksGivenUp += due - ticks;
    this.#owedMs = Math.max(0, this.#owedMs - due * MS_PER_TICK);
    for (let tick = 0; tick < ticks; tick++) {
      world.step();
      this.#changed();
      this.#keepTime(world.tick(this.#match));
      this.#collect(world);
    }
  }

  /**
   * What has happened since the last call, whole: who did it and where, whoever may know. Sent to all it tells of players
   * who are neither seen nor heard, as today's backend does; {@link GameStateSystem.getEventsFor} tells each what that
   * player may know. The newest 4,096 are kept.
   */
  getPendingEvents(): PendingEvent[] {
    this.#settle();
    return this.#pending.drain();
  }

  /**
   * What a player has been told since the last call: what that player may know, in words that fit what the player's
   * states say. From the first call on, so that it is best called once when the player comes in. The newest 1,024 are kept.
   */
  getEventsFor(id: string): PendingEvent[] {
    const member = this.#members.get(id);
    if (member === undefined) return [];
    member.told ??= new BoundedQueue(PENDING_FOR_ONE);
    return member.told.drain();
  }

  /** {@link GameStateSystem.getFullGameState}; the backend has two names for it. */
  getState(): FullGameState {
    return this.getFullGameState();
  }

  /**
   * What one player may know, ready to be sent as `game:state`. To be read only: entries of players and walls are shared
   * with the states of others who know as much.
   * Null: nobody has this id.
   */
  getFilteredGameState(id: string, options: FilteredStateOptions = {}): FilteredGameState | null {
    const acting = this.#acting('getFilteredGameState', id);
    if (acting === undefined) return null;
    const { world, member } = acting;
    const own = this.#view(member);
    if (own === undefined) return null;
    const tick = world.tick(this.#match);
    const players: FilteredGameState['players'] = {};
    const visiblePlayers: FilteredGameState['visiblePlayers'] = {};
    for (const each of this.#members.values()) {
      const entry = this.#entryFor(member, each);
      if (entry === undefined) continue;
      players[each.memberId] = entry;
      if ('position' in entry) visiblePlayers[each.memberId] = entry;
    }
    const walls = this.#wallsFor(world, member, field(options, 'walls') !== 'changed');
    member.stateTick = tick;
    // By the player's own numbers where the player's own events are asked for, else by those of the events for all.
    const known = world.knownProjectiles(this.#match, member.player);
    const clouds = world.knownClouds(this.#match, member.player);
    if (member.told === undefined) {
      const flights = world.projectiles(this.#match);
      for (const one of known) one.number = flights.find((each) => each.x === one.x && each.y === one.y && each.weapon === one.weapon)?.number ?? one.number;
      const smoke = world.clouds(this.#match);
      for (const one of clouds) one.number = smoke.find((each) => each.x === one.x && each.y === one.y && each.bornTick === one.bornTick)?.number ?? one.number;
    }
    return {
      players,
      visiblePlayers,
      ...(walls === undefined ? {} : { walls }),
      projectiles: known.map((one) => projectileEntry(one, tick, this.#roll)),
      smokeZones: clouds.map((cloud) => smokeEntry(cloud, this.#roll)),
      timestamp: this.#roll.epochMs(tick),
      tickRate: TICK_RATE,
      vision: visionEntry(own, world.polygon(this.#match, member.player)),
    };
  }

  /** Everything about everybody: for the host alone, and not to be sent to players. */
  getFullGameState(): FullGameState {
    const world = this.#open();
    this.#settle();
    const players = Object.fromEntries([...this.#members.values()].map((member) => [member.memberId, this.#entry(member)]));
    return {
      players,
      visiblePlayers: { ...players },
      walls: this.#wallsNow(),
      projectiles: this.#projectiles(),
      smokeZones: world?.clouds(this.#match).map((cloud) => smokeEntry(cloud, this.#roll)) ?? [],
      timestamp: this.#roll.epochMs(world?.tick(this.#match) ?? 0),
      tickRate: TICK_RATE,
    };
  }

  /** The match anew with the same players: walls whole, kills and deaths 0, everybody at a spawn. What waits to be told is dropped. */
  // eslint-disable-next-line @typescript-eslint/require-await -- the surface's
  async resetAllState(): Promise<void> {
    const world = this.#open();
    if (world === undefined) return;
    this.#settle();
    world.resetMatch(this.#match, this.#seed());
    this.#changed();
    world.drainEvents(this.#match);
    world.drainTold(this.#match);
    this.#pending.drain();
    for (const [player, member] of this.#byPlayer) if (this.#members.get(member.memberId) !== member) this.#byPlayer.delete(player);
    for (const member of this.#members.values()) {
      member.lastShot.clear();
      member.heat.cool();
      member.told?.drain();
      member.awaitsShot = false;
      member.wallsDue = true;
    }
  }

  /** Whole walls, and everybody knows it. Whoever stands where one will be is placed at a spawn of the own team. */
  // eslint-disable-next-line @typescript-eslint/require-await -- the surface's
  async resetWallsFromMap(): Promise<void> {
    const [world, room] = [this.#open(), this.#room];
    if (world === undefined || room === undefined) return;
    this.#settle();
    const missing = new Set(room.map.missingSlices());
    for (const member of this.#members.values()) {
      const view = this.#view(member);
      if (view === undefined || !view.alive) continue;
      const isBuried = room.walls.walls.some((wall) => [0, 1, 2, 3, 4].some((index) => {
        const { x, y, width, height } = room.walls.sliceRect(wall.firstSlice + index);
        const [dx, dy] = [view.x - Math.max(x, Math.min(view.x, x + width)), view.y - Math.max(y, Math.min(view.y, y + height))];
        return !missing.has(wall.firstSlice + index) && Math.hypot(dx, dy) < BODY_RADIUS;
      }));
      if (isBuried) this.#spawn(world, member);
    }
    try {
      world.repairWalls(this.#match);
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.#refusals.add('resetWallsFromMap', error.message);
    }
    this.#changed();
    for (const member of this.#members.values()) member.wallsDue = true;
  }

  /** Figures of weapons, and weapons for a player's `weapons`. */
  getWeaponSystem(): { getWeaponConfig(type: unknown): WeaponConfig | undefined; createWeapon(type: unknown, config?: unknown): LegacyWeapon | undefined } {
    return {
      /** Undefined for what is no weapon. */
      getWeaponConfig: (type) => weaponConfig(type),
      /** Full, by the rule book's figures whatever `config` says; undefined for what is no weapon. */
      createWeapon: (type) => {
        const config = weaponConfig(type);
        return config === undefined ? undefined : createWeapon(config);
      },
    };
  }

  /** What flies, whoever may know of it. */
  getProjectileSystem(): { getProjectiles(): LegacyProjectile[]; clear(): void } {
    return {
      getProjectiles: () => {
        this.#settle();
        return this.#projectiles();
      },
      clear: () => {
        this.#world?.clearProjectiles(this.#match);
        this.#changed();
      },
    };
  }

  /** Walls as they are, whoever may know of it. */
  getDestructionSystem(): { getDestructionStats(): DestructionStats; getWalls(): Map<string, Readonly<LegacyWall>> } {
    return {
      getDestructionStats: () => {
        this.#open();
        return destructionStats(this.#world?.sliceHealth(this.#match, this.#health) ?? new Float32Array(0));
      },
      getWalls: () => {
        this.#open();
        return listing(this.#wallsNow());
      },
    };
  }

  /** Frees the match. From now on there is nobody in it, nothing happens, and only `createPlayer` throws. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#settle();
    for (const member of this.#members.values()) this.#part(member);
    this.#isDestroyed = true;
    this.#members.clear();
    this.#byPlayer.clear();
    this.#players.open((players) => players.clear());
    this.#pending.drain();
    this.#world?.dispose();
    this.#world = undefined;
    this.#truth = undefined;
    this.#changed();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** How often something was refused, and what and why the last time. */
  get refusals(): { readonly count: number; readonly last: Refusal | undefined } {
    return this.#refusals;
  }

  /** Ticks played, and ticks given up because a host was late by more than a second; events that nobody fetched in time. */
  get clock(): { tick: number; ticksGivenUp: number; eventsLost: number } {
    return { tick: this.#world?.tick(this.#match) ?? 0, ticksGivenUp: this.#ticksGivenUp, eventsLost: this.#pending.lost };
  }

  /** Name of the map; undefined before {@link GameStateSystem.initialize}. */
  get mapName(): string | undefined {
    return this.#room?.name;
  }

  /** Bytes of the engine's memory that the match takes, the shared map not counted; 0 once destroyed. */
  get matchBytes(): number {
    return this.#world?.matchBytes(this.#match) ?? 0;
  }

  /** The match, made when it is first needed; undefined once destroyed. */
  #open(): World | undefined {
    if (this.#world !== undefined || this.#isDestroyed) return this.#world;
    const room = mapFromEnvironment();
    const { World } = engine();
    const world = new World({ rules: 'legacy', tickRate: TICK_RATE, maxMatches: 1 });
    this.#match = world.createMatch(room.map, { seed: this.#seed(), killTarget: KILL_TARGET });
    this.#world = world;
    this.#room = room;
    this.#health = new Float32Array(room.map.sliceCount);
    this.#originMs = this.#now();
    this.#changed();
    return world;
  }

  #seed(): number {
    return this.#seedGiven ?? randomInt(2 ** 32);
  }

  /** Ticks follow the host's clock where the two part: a host that calls with a fixed time is a little off all day. */
  #keepTime(tick: number): void {
    const off = this.#now() - (this.#originMs + tick * MS_PER_TICK);
    if (Math.abs(off) > CLOCK_SLACK) this.#originMs += off - Math.sign(off) * CLOCK_SLACK;
  }

  #changed(): void {
    this.#version++;
  }

  #enlist(memberId: string, player: PlayerId, world: World): Member {
    const known = world.knownSliceHealth(this.#match, player, this.#health);
    const member = {
      memberId, name: memberId, player, slot: player % 8, lastShot: new Map(), input: new InputTranslator(), heat: new HeatGauge(),
      walls: new LegacyWalls(this.#room!.walls, known), wallsVersion: world.knownSlicesVersion(this.#match, player), wallsDue: true, wallsChanged: false, wallsTick: 0,
      sequence: 0, stateTick: 0, hasSpawned: false, awaitsShot: false, told: undefined, draft: undefined, entry: undefined, known: { version: -1, as: {} },
    } as unknown as Member;
    this.#fullHealth = Math.max(this.#fullHealth, world.player(this.#match, player).health);
    let seen = -1;
    member.weapons = new CarriedWeapons({
      news: () => {
        if (seen === this.#version || this.#members.get(memberId) !== member) return undefined;
        seen = this.#version;
        const view = this.#view(member);
        return view === undefined ? undefined : Object.values(weaponEntries(member, view, 'own', this.#roll));
      },
      written: () => {
        if (this.#members.get(memberId) !== member) this.#refusals.add('weapons', 'the player has left');
        else member.draft ??= {};
      },
      rounds: (type, ammo, reserve) => this.#writeRounds(member, type, ammo, reserve),
      refuse: (reason) => this.#refusals.add('weapons', reason),
    });
    const refusals = this.#refusals;
    const fullHealth = this.#fullHealth;
    member.live = livePlayer(memberId, {
      entry: () => this.#entry(member),
      draft: () => (this.#members.get(memberId) === member ? member.draft ??= {} : undefined),
      written: () => member.draft,
      refuse: (name, reason) => refusals.add(name, reason),
      weapons: member.weapons,
      fullHealth,
    });
    this.#members.set(memberId, member);
    this.#byPlayer.set(player, member);
    this.#players.open((players) => players.set(memberId, member.live));
    return member;
  }

  /** Keeps what the view shows. */
  #part(member: Member): void {
    this.#entry(member);
    void member.weapons.size;
    member.draft = undefined;
  }

  /** What hosts have written into views becomes the match's. */
  #settle(): void {
    if (this.#world === undefined) return;
    for (const member of this.#members.values()) {
      member.weapons.flushRounds();
      if (member.draft === undefined) continue;
      const { draft } = member;
      member.draft = undefined;
      this.#apply(member, draft);
      // An emptied map of weapons waits until something is in it.
      if (member.weapons.isWritten) member.draft = {};
    }
  }

  #apply(member: Member, draft: Draft): void {
    if (draft.name !== undefined) {
      member.name = draft.name;
      this.#changed();
    }
    const before = this.#view(member);
    if (before === undefined) return;
    if (draft.team !== undefined && draft.team !== before.team) this.#edit(member, 'team', { type: 'team', team: draft.team });
    const isAlive = draft.isAlive ?? (before.alive && draft.health !== 0);
    if (isAlive && !before.alive) this.#edit(member, 'isAlive', { type: 'revive' });
    if (!isAlive && before.alive) this.#edit(member, 'isAlive', { type: 'fell' });
    if (draft.health !== undefined && draft.health > 0) {
      if (isAlive) this.#edit(member, 'health', { type: 'health', points: Math.max(draft.health, 1 / 64) });
      else this.#refusals.add('health', 'the player is dead; write isAlive as well');
    }
    if (member.weapons.isWritten) this.#rearm(member);
    if (draft.x !== undefined || draft.y !== undefined) {
      this.#edit(member, 'position', { type: 'place', x: draft.x ?? before.x, y: draft.y ?? before.y });
    }
    if (draft.weaponId !== undefined) this.#hold(member, draft.weaponId);
    if (draft.kills !== undefined || draft.deaths !== undefined) {
      this.#edit(member, 'kills', { type: 'score', kills: draft.kills ?? before.kills, deaths: draft.deaths ?? before.deaths });
    }
  }

  /** The loadout that was written; what was in hand stays in hand if it is still carried. */
  #rearm(member: Member): void {
    const carried = this.#world!.weapons(this.#match, member.player).map((each) => each.weapon);
    const of = (slot: WeaponConfig['slot']): string => carried.find((type) => weaponConfig(type)?.slot === slot) ?? carried[0]!;
    const loadout: Loadout | undefined = member.weapons.takeLoadout({ primary: of('primary'), secondary: of('secondary'), support: [] });
    if (loadout === undefined) return;
    const inHand = this.#view(member)?.weapon;
    if (!this.#edit(member, 'weapons', { type: 'loadout', loadout })) return member.weapons.giveUp();
    member.weapons.flushRounds();
    if (inHand !== undefined && [loadout.primary, loadout.secondary, ...loadout.support].includes(inHand)) this.#hold(member, inHand);
  }

  #hold(member: Member, type: string): void {
    const place = this.#place(member, type);
    if (place < 0) this.#refusals.add('weaponId', `${named(type)} is not carried`);
    else this.#edit(member, 'weaponId', { type: 'hold', place });
  }

  #writeRounds(member: Member, type: string, ammo: number, reserve: number): void {
    const place = this.#world === undefined ? -1 : this.#place(member, type);
    if (place >= 0) this.#edit(member, 'weapons', { type: 'rounds', place, ammo, reserve });
  }

  #place(member: Member, type: string): number {
    return this.#world!.weapons(this.#match, member.player).findIndex((each) => each.weapon === type);
  }

  #edit(member: Member, what: string, edit: PlayerEdit): boolean {
    try {
      this.#world!.editPlayer(this.#match, member.player, edit);
      this.#changed();
      return true;
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.#refusals.add(what, error.message);
      return false;
    }
  }

  /** A player who is in a match that runs, with everything that was written in it. */
  #acting(what: string, id: unknown): { world: World; member: Member } | undefined {
    const world = this.#open();
    const member = typeof id === 'string' ? this.#members.get(id) : undefined;
    if (world === undefined || member === undefined) {
      this.#refusals.add(what, world === undefined ? 'the match has been destroyed' : `${named(id)} is no player`);
      return undefined;
    }
    this.#settle();
    return { world, member };
  }

  #alive(what: string, id: unknown): { world: World; member: Member; view: PlayerView } | (ActionResult & { reason: string }) {
    const acting = this.#acting(what, id);
    if (acting === undefined) return { success: false, events: [], reason: this.#refusals.last!.reason };
    const view = this.#view(acting.member);
    return view?.alive === true ? { ...acting, view } : this.#no(what, 'the player is dead');
  }

  #no(what: string, reason: string, events: PendingEvent[] = []): ActionResult & { reason: string } {
    this.#refusals.add(what, reason);
    return { success: false, events, reason };
  }

  #fire(what: string, id: unknown, chargeLevel: unknown): ActionResult {
    const acting = this.#alive(what, id);
    if ('reason' in acting) return acting;
    const { world, member, view } = acting;
    const weapon = world.weapons(this.#match, member.player).find((each) => each.weapon === view.weapon)!;
    if (weapon.reloadMs === 0 && typeof chargeLevel === 'number' && chargeLevel > 0) return this.#throw(what, id, chargeLevel);
    // The trigger is down in the stream of inputs: this says nothing new.
    if (member.input.firing) return { success: true, events: [] };
    const wait = Math.max(weapon.readyInTicks, weapon.reloading ? view.reloadTicks : 0);
    if (wait > 1 && weapon.ammo > 0) {
      const nextFireTime = this.#roll.epochMs(world.tick(this.#match) + wait);
      return this.#no(what, weapon.reloading ? 'it is being reloaded' : 'too soon', [{ type: 'weapon:rate_limited', data: { weaponType: weapon.weapon, nextFireTime } }]);
    }
    member.awaitsShot = true;
    world.tap(this.#match, member.player, engine().Button.FIRE);
    // Pulled all the same: the click of an empty magazine is heard.
    return weapon.ammo > 0 ? { success: true, events: [] } : this.#no(what, 'the magazine is empty');
  }

  #throw(what: string, id: unknown, chargeLevel: unknown): ActionResult {
    const acting = this.#alive(what, id);
    if ('reason' in acting) return acting;
    const { world, member, view } = acting;
    const weapon = world.weapons(this.#match, member.player).find((each) => each.weapon === view.weapon)!;
    const level = within(chargeLevel, 5);
    if (level === undefined || level < 1) return this.#no(what, `chargeLevel is ${named(chargeLevel)}; it must be 1 to 5`);
    if (weapon.reloadMs !== 0) return this.#no(what, `the ${weapon.weapon} is not thrown`);
    if (weapon.ammo === 0) return this.#no(what, `there is no ${weapon.weapon} left`);
    member.awaitsShot = true;
    world.throwItem(this.#match, member.player, level);
    return { success: true, events: [] };
  }

  /** The host has the payload from the call: for all, it is not told again. */
  #spawn(world: World, member: Member): RespawnPayload | null {
    if (!this.#edit(member, 'spawn', { type: 'spawn' })) return null;
    let payload: RespawnPayload | null = null;
    this.#collect(world, (event) => {
      if (event.type !== 'spawned' || event.player !== member.player) return false;
      const [packet] = toLegacy(event, { ...this.#truthContext(), spawn: (player) => this.#spawnOf(player, false) });
      payload = packet?.payload as RespawnPayload;
      return true;
    });
    return payload;
  }

  /** Takes what has happened out of the engine. `isTold`: the host knows of the event already. */
  #collect(world: World, isTold: (event: GameEvent) => boolean = () => false): void {
    world.readSounds(this.#match, unheard ??= new Uint8Array(1024 * engine().SOUND_BYTES));
    const context = this.#truthContext();
    const events = world.drainEvents(this.#match);
    for (const event of events) {
      this.#note(event);
      if (isTold(event)) continue;
      for (const { event: type, payload } of toLegacy(event, context)) {
        if (!PRIVATE.has(type) && payload !== undefined) this.#pending.push({ type, data: payload });
      }
    }
    const told = world.drainTold(this.#match);
    for (const member of this.#members.values()) {
      if (member.told === undefined) continue;
      const own = this.#contextFor(member);
      for (const event of told) {
        if ((event.to >> member.slot & 1) === 0 || (event.type === 'fire_refused' && !member.awaitsShot)) continue;
        for (const { event: type, payload } of toLegacy(event, own)) if (payload !== undefined) member.told.push({ type, data: payload });
      }
      const heat = member.heat.update(this.#view(member)?.heat ?? 0, world.tick(this.#match));
      if (heat !== undefined) member.told.push({ type: 'weapon:heat:update', data: heat });
    }
    for (const event of events) this.#close(event);
  }

  /** The books, before anybody is told. */
  #note(event: GameEvent): void {
    const member = event.player === undefined ? undefined : this.#byPlayer.get(event.player);
    if (member === undefined) return;
    if ((event.type === 'fired' || event.type === 'launched') && event.weapon !== undefined) member.lastShot.set(event.weapon, event.tick);
    if (event.type === 'spawned') member.heat.cool();
    if (event.type === 'overheated') member.heat.overheat(event.tick + (event.remainingTicks ?? 0));
  }

  /** The books, after everybody was told. */
  #close(event: GameEvent): void {
    const member = event.player === undefined ? undefined : this.#byPlayer.get(event.player);
    if (member === undefined) return;
    if (event.type === 'spawned') member.hasSpawned = true;
    if (event.type === 'fired' || event.type === 'launched' || event.type === 'fire_refused') member.awaitsShot = false;
  }

  #truthContext(): EventContext {
    return this.#context((member) => this.#entry(member));
  }

  #contextFor(receiver: Member): EventContext {
    return this.#context((member) => this.#entryFor(receiver, member));
  }

  #context(entryOf: (member: Member) => LegacyPlayer | LegacyScore | undefined): EventContext {
    const present = (player: PlayerId): Member | undefined => {
      const member = this.#byPlayer.get(player);
      return member !== undefined && this.#members.get(member.memberId) === member ? member : undefined;
    };
    return {
      walls: this.#room!.walls,
      msPerTick: MS_PER_TICK,
      epochMs: this.#roll.epochMs,
      legacyId: this.#roll.legacyId,
      teamOf: (player) => this.#byPlayer.get(player)?.entry?.team ?? this.#all().get(player)?.team ?? null,
      placeOf: (player) => {
        const member = present(player);
        const entry: Partial<LegacyPlayer> | undefined = member === undefined ? undefined : entryOf(member);
        return entry?.position === undefined ? null : { ...entry.position };
      },
      playerEntry: (player) => {
        const member = present(player);
        return member === undefined ? undefined : entryOf(member);
      },
      spawn: (player) => this.#spawnOf(player, this.#byPlayer.get(player)?.hasSpawned !== true),
    };
  }

  #spawnOf(player: PlayerId, isFirst: boolean): { health: number; team: TeamName; isFirst: boolean } | undefined {
    const view = this.#all().get(player);
    return view === undefined ? undefined : { health: view.health, team: view.team, isFirst };
  }

  #all(): Map<PlayerId, PlayerView> {
    if (this.#views?.version !== this.#version) {
      this.#views = { version: this.#version, of: new Map(this.#world?.players(this.#match).map((view) => [view.id, view])) };
    }
    return this.#views.of;
  }

  #view(member: Member): PlayerView | undefined {
    return this.#all().get(member.player);
  }

  /** The player as the match has the player; of a leaver, as it had. */
  #entry(member: Member): LegacyPlayer {
    const view = this.#members.get(member.memberId) === member ? this.#view(member) : undefined;
    // A body that has been on the field has a place, and everybody here has from the beginning.
    if (view !== undefined) member.entry = this.#as('own', member, view) as LegacyPlayer;
    return member.entry!;
  }

  #entryFor(receiver: Member, member: Member): LegacyPlayer | LegacyScore | undefined {
    const view = this.#view(member);
    const viewer = this.#view(receiver);
    if (view === undefined || viewer === undefined) return undefined;
    if (this.#knows?.version !== this.#version) this.#knows = { version: this.#version, rows: this.#world!.knows(this.#match) };
    const how = acquaintance(this.#knows.rows, { ...receiver, team: viewer.team }, { ...member, team: view.team });
    return this.#as(how, member, view);
  }

  #as(how: Acquaintance, member: Member, view: PlayerView): LegacyPlayer | LegacyScore {
    if (member.known.version !== this.#version) member.known = { version: this.#version, as: {} };
    return member.known.as[how] ??= playerEntry({ seat: member, view, acquaintance: how }, this.#roll);
  }

  #wallsFor(world: World, member: Member, always: boolean): WallSet | undefined {
    const version = world.knownSlicesVersion(this.#match, member.player);
    if (version !== member.wallsVersion) {
      member.wallsVersion = version;
      if (member.walls.update(world.knownSliceHealth(this.#match, member.player, this.#health))) member.wallsChanged = true;
    }
    const tick = world.tick(this.#match);
    if (!always && !member.wallsDue && !(member.wallsChanged && tick - member.wallsTick >= WALLS_EVERY)) return undefined;
    member.wallsDue = member.wallsChanged = false;
    member.wallsTick = tick;
    return member.walls.set;
  }

  #wallsNow(): WallSet {
    const [world, room] = [this.#world, this.#room];
    if (world === undefined || room === undefined) return {};
    const version = world.wallsVersion(this.#match);
    if (this.#truth === undefined) this.#truth = new LegacyWalls(room.walls, world.sliceHealth(this.#match, this.#health));
    else if (version !== this.#truthVersion) this.#truth.update(world.sliceHealth(this.#match, this.#health));
    this.#truthVersion = version;
    return this.#truth.set;
  }

  #projectiles(): LegacyProjectile[] {
    const world = this.#world;
    if (world === undefined) return [];
    const tick = world.tick(this.#match);
    return world.projectiles(this.#match).map((each) => projectileEntry({
      number: each.number, weapon: each.weapon, owner: each.owner, ownTeam: true, x: each.x, y: each.y, vx: each.vx, vy: each.vy,
      damage: BLAST_DAMAGE[each.weapon] ?? 0, sinceTick: each.bornTick,
      launch: { bornTick: each.bornTick, flown: each.flown, range: each.range, charge: each.charge, fuseTicks: each.fuseTicks },
    }, tick, this.#roll));
  }
}

/** px. Of a body, as the rule book has it; the engine refuses what this lets through. */
const BODY_RADIUS = 6;
