/**
 * Today's JSON protocol: the shapes that the game reads, and the readers that make them from whatever arrived.
 *
 * A reader gets `unknown` and returns either a value in which every field has its stated type, every number is
 * finite and every list and string is bounded, or null. Nothing past this file checks again. Fields that the
 * client has no use for are not read. Positions are playfield px, angles radians (0 = +x, clockwise), times
 * epoch ms of the server's clock.
 */
import { DEFAULT_FOG_OPACITY, MATERIALS, SLICES_PER_WALL, type Material, type Team } from '../core/rules';
import { BEARINGS, CUTOFFS, cutoffHz, isSoundKind, soundDirection, type SoundKind } from '../core/sounds';

export interface Vec2 {
  readonly x: number;
  readonly y: number;
}

export type MovementState = 'idle' | 'walking' | 'running' | 'sneaking';

export interface WeaponState {
  readonly type: string;
  readonly currentAmmo: number;
  readonly reserveAmmo: number;
  readonly maxAmmo: number;
  /** ms */
  readonly reloadTime: number;
  readonly isReloading: boolean;
  /** Rounds a minute; 0: not told. */
  readonly fireRate: number;
  /** Epoch ms; 0: never. */
  readonly lastFireTime: number;
}

/** What a receiver that may see the player is told beyond name and score. */
export interface PlayerBody {
  readonly x: number;
  readonly y: number;
  readonly rotation: number;
  readonly health: number;
  readonly weaponId: string;
  readonly weapons: readonly WeaponState[];
  readonly movementState: MovementState;
  readonly isADS: boolean;
  readonly deathTime: number;
  readonly respawnTime: number;
  readonly invulnerableUntil: number;
  readonly killerId: string;
  readonly lastProcessedInput: number;
}

export interface PlayerState {
  readonly id: string;
  readonly name: string;
  readonly team: Team;
  readonly kills: number;
  readonly deaths: number;
  readonly isAlive: boolean;
  /** null for the unseen. */
  readonly body: PlayerBody | null;
}

export interface WallState {
  readonly id: string;
  /** Top left. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** true: slices follow each other along y, each as wide as the wall; false: along x. */
  readonly cutAlongY: boolean;
  readonly material: Material;
  /** Of one slice. */
  readonly maxHealth: number;
  /** SLICES_PER_WALL numbers, 0 where the mask says destroyed. */
  readonly sliceHealth: readonly number[];
}

export interface ProjectileState {
  readonly id: string;
  /** A weapon's type. */
  readonly type: string;
  readonly x: number;
  readonly y: number;
  /** px/s */
  readonly velocityX: number;
  readonly velocityY: number;
  /** Epoch ms; 0: no fuse, or not told. */
  readonly fuseAt: number;
}

export interface SmokeState {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** 0 to 1 */
  readonly density: number;
}

export interface VisionState {
  /** x, y, x, y, ...; an empty one means that nothing is lit. */
  readonly polygon: Float32Array;
  readonly fogOpacity: number;
}

export interface GameState {
  readonly timestamp: number;
  readonly players: readonly PlayerState[];
  /** null: nothing changed since the last state. Otherwise the full set. */
  readonly walls: readonly WallState[] | null;
  readonly projectiles: readonly ProjectileState[];
  readonly smoke: readonly SmokeState[];
  readonly vision: VisionState | null;
}

export type LobbyStatus = 'waiting' | 'playing' | 'finished';

export interface LobbyJoined {
  readonly lobbyId: string;
  readonly playerCount: number;
  readonly maxPlayers: number;
  readonly status: LobbyStatus;
}

export interface LobbyUpdate {
  readonly lobbyId: string;
  readonly playerCount: number;
  readonly maxPlayers: number;
  readonly status: LobbyStatus;
  readonly minimumPlayers: number;
  readonly mapName: string;
  readonly members: readonly { readonly id: string; readonly team: Team | null }[];
}

/** A lobby in the list. */
export interface LobbyInfo {
  readonly id: string;
  readonly playerCount: number;
  readonly maxPlayers: number;
  readonly gameMode: string;
  readonly mapName: string;
  readonly isPrivate: boolean;
  readonly passwordRequired: boolean;
  readonly status: LobbyStatus;
}

export interface MatchResultRow {
  readonly playerId: string;
  readonly playerName: string;
  readonly team: Team;
  readonly kills: number;
  readonly deaths: number;
  readonly damageDealt: number;
}

export interface MatchEnded {
  readonly winnerTeam: Team | null;
  readonly redKills: number;
  readonly blueKills: number;
  /** ms */
  readonly duration: number;
  readonly killTarget: number;
  readonly playerStats: readonly MatchResultRow[];
}

export interface ShotFired {
  readonly playerId: string;
  readonly weaponType: string;
  /** null where the receiver can't see it; the same in hits and misses. */
  readonly position: Vec2 | null;
  readonly direction: number | null;
  /** null where the server keeps it from us. */
  readonly ammoRemaining: number | null;
}

export interface ShotHit {
  readonly playerId: string;
  readonly weaponType: string;
  readonly position: Vec2 | null;
  readonly targetType: 'player' | 'wall';
  readonly targetId: string;
  /** Walls and bodies passed before this one. */
  readonly penetrationCount: number;
  readonly isPellet: boolean;
}

export interface ShotMiss {
  readonly playerId: string;
  readonly weaponType: string;
  readonly position: Vec2 | null;
  readonly direction: number | null;
  readonly isPellet: boolean;
}

export interface SliceDamage {
  readonly wallId: string;
  readonly sliceIndex: number;
  readonly newHealth: number;
  readonly isDestroyed: boolean;
  /** Who did it; empty where that is hidden. */
  readonly playerId: string;
  readonly position: Vec2 | null;
}

export interface PlayerDamaged {
  readonly playerId: string;
  readonly sourcePlayerId: string;
  readonly damage: number;
  readonly newHealth: number;
  readonly isExplosion: boolean;
  readonly position: Vec2 | null;
}

export interface PlayerDied {
  readonly playerId: string;
  readonly killerId: string;
  readonly weaponType: string;
  readonly isTeamKill: boolean;
  readonly damageType: string;
  /** Left out where the receiver did not see it. */
  readonly position: Vec2 | null;
  readonly timestamp: number;
}

export interface PlayerRespawned {
  readonly playerId: string;
  readonly position: Vec2 | null;
}

export interface WeaponsEquipped {
  readonly weapons: readonly string[];
  readonly currentWeapon: string;
}

export interface ProjectileCreated {
  readonly id: string;
  readonly type: string;
  readonly playerId: string;
  readonly position: Vec2;
  /** px/s */
  readonly velocity: Vec2;
  /** Epoch ms; 0: not told. */
  readonly timestamp: number;
}

export interface ProjectileExploded {
  readonly id: string;
  readonly kind: 'explosion' | 'smoke' | 'flash';
  readonly position: Vec2 | null;
  /** px */
  readonly radius: number;
}

export interface FlashPhases {
  readonly blindMs: number;
  readonly disorientedMs: number;
  readonly recoveringMs: number;
}

export interface FlashbangEffect {
  readonly position: Vec2 | null;
  readonly affected: readonly {
    readonly playerId: string;
    /** 0 to 1 */
    readonly intensity: number;
    readonly phases: FlashPhases;
  }[];
}

export interface HeardSound {
  readonly kind: SoundKind;
  /** Loudness at the ear, above 0, at most 1. */
  readonly gain: number;
  /** Radians in the world, from the listener to where it arrives from; of no meaning for what the own body makes. */
  readonly direction: number;
  /** Low-pass, Hz; OPEN_CUTOFF: none. */
  readonly cutoff: number;
  /** Made by the listener. */
  readonly own: boolean;
}

/** What reached the listener's ears: all that a client gets to know of whom it does not see. */
export interface SoundsHeard {
  readonly timestamp: number;
  readonly sounds: readonly HeardSound[];
}

export interface ServerEvents {
  lobby_joined: LobbyJoined;
  lobby_state_update: LobbyUpdate;
  matchmaking_failed: { readonly reason: string };
  private_lobby_created: { readonly lobbyId: string };
  lobby_creation_failed: { readonly reason: string };
  lobby_join_failed: { readonly reason: string };
  lobby_list: readonly LobbyInfo[];
  /** A start that was asked for is refused. */
  test_start_failed: { readonly reason: string };
  left_lobby: { readonly reason: string };
  /** A match of the matchmaker's is over for this player; `finished`, or why there is no place. */
  'match:return': {
    readonly reason: string;
    /** Of `finished`: whose account each row of the results is. */
    readonly accounts: readonly { readonly memberId: string; readonly playerId: string }[];
  };
  match_starting: { readonly countdown: number };
  match_start_cancelled: { readonly reason: string };
  match_started: { readonly killTarget: number };
  match_ended: MatchEnded;
  'player:join:success': { readonly playerId: string; readonly team: Team };
  'player:join:failed': { readonly reason: string };
  'auth-failed': { readonly reason: string };
  'game:state': GameState;
  'weapon:fired': ShotFired;
  'weapon:hit': ShotHit;
  'weapon:miss': ShotMiss;
  'weapon:reload': { readonly playerId: string; readonly weaponType: string; readonly reloadTime: number };
  'weapon:reloaded': {
    readonly playerId: string;
    readonly weaponType: string;
    readonly currentAmmo: number;
    readonly reserveAmmo: number;
  };
  'wall:damaged': SliceDamage;
  'wall:destroyed': SliceDamage;
  'player:damaged': PlayerDamaged;
  'backend:player:died': PlayerDied;
  'backend:player:respawned': PlayerRespawned;
  'backend:respawn:denied': { readonly remainingTime: number };
  'weapon:switched': { readonly playerId: string; readonly toWeapon: string };
  'weapon:equipped': WeaponsEquipped;
  'weapon:rate_limited': { readonly weaponType: string; readonly nextFireTime: number };
  'weapon:heat:update': { readonly weaponType: string; readonly heatLevel: number; readonly isOverheated: boolean };
  'grenade:thrown': { readonly playerId: string; readonly weaponType: string; readonly ammoRemaining: number | null };
  'projectile:created': ProjectileCreated;
  'projectile:updated': { readonly id: string; readonly position: Vec2 };
  'projectile:exploded': ProjectileExploded;
  'explosion:created': { readonly position: Vec2; readonly radius: number };
  FLASHBANG_EFFECT: FlashbangEffect;
  'player:left': { readonly playerId: string };
  /** Sent to who said `sounds: true` when ready. */
  sounds: SoundsHeard;
  /** The binary protocol is to be had: over a WebSocket at `path`, with the ticket. */
  'wire:ready': WireReady;
  'wire:refused': { readonly reason: string };
  /** Who is who, for those on the binary protocol, where players go by their slots. */
  'wire:roster': readonly WireRosterEntry[];
}

export interface WireReady {
  /** Begins with a slash. */
  readonly path: string;
  readonly ticket: string;
  readonly version: number;
  /** Content hash of the map, 16 hex digits. */
  readonly map: string;
}

export interface WireRosterEntry {
  /** 0 to 7 */
  readonly slot: number;
  readonly id: string;
  readonly name: string;
  readonly team: Team;
}

export type ServerEventName = keyof ServerEvents;

/** Exactly as the server reads it; the sampler keeps one and overwrites it, so a sender must not hold on to it. */
export interface PlayerInput {
  keys: {
    w: boolean;
    a: boolean;
    s: boolean;
    d: boolean;
    shift: boolean;
    ctrl: boolean;
    r: boolean;
    g: boolean;
    '1': boolean;
    '2': boolean;
    '3': boolean;
    '4': boolean;
  };
  mouse: {
    /** Playfield px. */
    x: number;
    y: number;
    /** Bit 1 left, bit 2 right, as in a DOM MouseEvent. */
    buttons: number;
    leftPressed: boolean;
    rightPressed: boolean;
    leftReleased: boolean;
    rightReleased: boolean;
  };
  sequence: number;
  timestamp: number;
}

export interface EquipRequest {
  readonly primary: string;
  readonly secondary: string;
  readonly support: readonly string[];
}

export interface ClientEvents {
  'client:ready': { timestamp: number; userAgent: string; sounds: true };
  find_match: { gameMode: string; isPrivate: boolean };
  create_private_lobby: { gameMode: string; password?: string; maxPlayers: number };
  join_lobby: { lobbyId: string; password?: string };
  get_lobby_list: { showPrivate: boolean; showFull: boolean; showInProgress: boolean; gameMode?: string };
  'admin:force_start_match': { lobbyId: string; reason: string };
  leave_lobby: undefined;
  'player:join': { loadout: EquipRequest & { readonly team: Team }; playerName: string; timestamp: number };
  'player:input': PlayerInput;
  /** Granted before the first spawn and while dead. */
  'weapon:equip': EquipRequest;
  'weapon:switch': { toWeapon: string };
  'player:respawn': undefined;
  request_game_state: Record<string, never>;
  /** In a match: asks for the binary protocol. */
  'wire:open': { version: number };
}

export type ClientEventName = keyof ClientEvents;

/* Readers. The limits are far above what a match of 8 needs and far below what would stall a frame. */

const MAX_PLAYER_ENTRIES = 64;
const MAX_WALLS = 4096;
const MAX_POLYGON_POINTS = 2048;
const MAX_THINGS = 256;
const MAX_SOUNDS = 256;
const MAX_LOBBIES = 200;
const MAX_ID = 64;
const MAX_NAME = 24;
/** Of one match. */
const MAX_ACCOUNTS = 8;
const MAX_TEXT = 200;
/** px; what is farther outside the playfield is not a place. */
const FAR = 4096;

type Raw = Readonly<Record<string, unknown>>;

function record(value: unknown): Raw | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : null;
}

function num(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

function text(value: unknown, limit: number): string {
  if (typeof value !== 'string') return '';
  // Control and bidirectional characters would let one name rewrite the line that it stands in.
  return value.slice(0, limit).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '');
}

function id(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_ID ? value : null;
}

function place(value: unknown): Vec2 | null {
  const raw = record(value);
  if (!raw) return null;
  const { x, y } = raw;
  if (typeof x !== 'number' || typeof y !== 'number') return null;
  // Also false for NaN.
  return Math.abs(x) <= FAR && Math.abs(y) <= FAR ? { x, y } : null;
}

/** A direction comes as an angle or, from some events of the old backend, as a vector. */
function angle(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const vector = place(value);
  return vector ? Math.atan2(vector.y, vector.x) : null;
}

/** A whole number from `least` to `most`, or null. */
function whole(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

function team(value: unknown): Team | null {
  return value === 'red' || value === 'blue' ? value : null;
}

function lobbyStatus(value: unknown): LobbyStatus {
  return value === 'playing' || value === 'finished' ? value : 'waiting';
}

/** Own values of an object, or the elements of an array, at most `limit` of them. */
function values(value: unknown, limit: number): readonly unknown[] {
  if (Array.isArray(value)) return value.length <= limit ? value : value.slice(0, limit);
  const raw = record(value);
  if (!raw) return [];
  const all = Object.values(raw);
  return all.length <= limit ? all : all.slice(0, limit);
}

function readWeapon(value: unknown): WeaponState | null {
  const raw = record(value);
  const type = raw && id(raw['type'] ?? raw['id']);
  if (!raw || !type) return null;
  return {
    type,
    currentAmmo: num(raw['currentAmmo'], 0),
    reserveAmmo: num(raw['reserveAmmo'], 0),
    maxAmmo: num(raw['maxAmmo'], 0),
    reloadTime: num(raw['reloadTime'], 0),
    isReloading: raw['isReloading'] === true,
    fireRate: num(raw['fireRate'], 0),
    lastFireTime: num(raw['lastFireTime'], 0),
  };
}

function readMovement(value: unknown): MovementState {
  return value === 'walking' || value === 'running' || value === 'sneaking' ? value : 'idle';
}

function readBody(raw: Raw): PlayerBody | null {
  const transform = record(raw['transform']);
  const position = place(raw['position']) ?? place(transform?.['position']);
  if (!position) return null;
  const weapons: WeaponState[] = [];
  for (const entry of values(raw['weapons'], 16)) {
    const weapon = readWeapon(entry);
    if (weapon) weapons.push(weapon);
  }
  return {
    x: position.x,
    y: position.y,
    rotation: num(raw['rotation'], num(transform?.['rotation'], 0)),
    health: num(raw['health'], 0),
    weaponId: text(raw['weaponId'], MAX_ID),
    weapons,
    movementState: readMovement(raw['movementState']),
    isADS: raw['isADS'] === true,
    deathTime: num(raw['deathTime'], 0),
    respawnTime: num(raw['respawnTime'], 0),
    invulnerableUntil: num(raw['invulnerableUntil'], 0),
    killerId: text(raw['killerId'], MAX_ID),
    lastProcessedInput: num(raw['lastProcessedInput'], 0),
  };
}

export function readPlayer(value: unknown): PlayerState | null {
  const raw = record(value);
  const playerId = raw && id(raw['id']);
  const side = raw && team(raw['team']);
  if (!raw || !playerId || !side) return null;
  return {
    id: playerId,
    name: text(raw['name'], MAX_NAME).trim() || 'Player',
    team: side,
    kills: num(raw['kills'], 0),
    deaths: num(raw['deaths'], 0),
    isAlive: raw['isAlive'] !== false,
    body: readBody(raw),
  };
}

export function readWall(value: unknown): WallState | null {
  const raw = record(value);
  const wallId = raw && id(raw['id']);
  const position = raw && place(raw['position']);
  if (!raw || !wallId || !position) return null;
  const width = num(raw['width'], 0);
  const height = num(raw['height'], 0);
  if (width <= 0 || height <= 0 || width > FAR || height > FAR) return null;
  const material = MATERIALS.find((name) => name === raw['material']) ?? 'concrete';
  const maxHealth = Math.max(1e-3, num(raw['maxHealth'], 100));
  const mask = Array.isArray(raw['destructionMask']) ? (raw['destructionMask'] as unknown[]) : [];
  const healths = Array.isArray(raw['sliceHealth']) ? (raw['sliceHealth'] as unknown[]) : [];
  const sliceHealth: number[] = [];
  for (let i = 0; i < SLICES_PER_WALL; i += 1) {
    const destroyed = mask[i] === 1 || mask[i] === true;
    // A standing slice keeps a trace of health even where a rounded number says 0: the mask is what bodies obey.
    sliceHealth.push(destroyed ? 0 : Math.max(1e-3, num(healths[i], maxHealth)));
  }
  return {
    id: wallId,
    x: position.x,
    y: position.y,
    width,
    height,
    cutAlongY: raw['orientation'] === 'vertical' || (raw['orientation'] !== 'horizontal' && height > width),
    material,
    maxHealth,
    sliceHealth,
  };
}

function readVision(value: unknown): VisionState | null {
  const raw = record(value);
  if (!raw) return null;
  const points = values(raw['polygon'], MAX_POLYGON_POINTS);
  const polygon = new Float32Array(points.length * 2);
  let used = 0;
  for (const point of points) {
    const vertex = place(point);
    if (!vertex) continue;
    polygon[used] = vertex.x;
    polygon[used + 1] = vertex.y;
    used += 2;
  }
  return {
    polygon: used === polygon.length ? polygon : polygon.slice(0, used),
    fogOpacity: Math.min(1, Math.max(0, num(raw['fogOpacity'], Number.NaN))) || DEFAULT_FOG_OPACITY,
  };
}

export function readGameState(value: unknown): GameState | null {
  const raw = record(value);
  if (!raw || (!record(raw['players']) && !Array.isArray(raw['players']))) return null;
  const players: PlayerState[] = [];
  for (const entry of values(raw['players'], MAX_PLAYER_ENTRIES)) {
    const player = readPlayer(entry);
    if (player) players.push(player);
  }
  let walls: WallState[] | null = null;
  if (record(raw['walls']) || Array.isArray(raw['walls'])) {
    const entries = values(raw['walls'], MAX_WALLS);
    walls = [];
    for (const entry of entries) {
      const wall = readWall(entry);
      if (wall) walls.push(wall);
    }
    // A present set that leaves every wall out would open the whole map: nonsense is not taken for an empty map.
    if (walls.length === 0 && entries.length > 0) walls = null;
  }
  const projectiles: ProjectileState[] = [];
  for (const entry of values(raw['projectiles'], MAX_THINGS)) {
    const thing = record(entry);
    const thingId = thing && id(thing['id']);
    const position = thing && place(thing['position']);
    if (!thing || !thingId || !position || thing['isExploded'] === true) continue;
    const velocity = place(thing['velocity']);
    const fuse = num(thing['fuseTime'], 0);
    const born = num(thing['timestamp'], 0);
    projectiles.push({
      id: thingId,
      type: text(thing['type'], MAX_ID),
      x: position.x,
      y: position.y,
      velocityX: velocity?.x ?? 0,
      velocityY: velocity?.y ?? 0,
      fuseAt: fuse > 0 && born > 0 ? born + fuse : 0,
    });
  }
  const smoke: SmokeState[] = [];
  for (const entry of values(raw['smokeZones'], MAX_THINGS)) {
    const zone = record(entry);
    const zoneId = zone && id(zone['id']);
    const position = zone && (place(zone['driftPosition']) ?? place(zone['position']));
    if (!zone || !zoneId || !position) continue;
    smoke.push({
      id: zoneId,
      x: position.x,
      y: position.y,
      radius: Math.min(480, Math.max(0, num(zone['radius'], 0))),
      density: Math.min(1, Math.max(0, num(zone['density'], 0))),
    });
  }
  return { timestamp: num(raw['timestamp'], 0), players, walls, projectiles, smoke, vision: readVision(raw['vision']) };
}

function readSliceDamage(value: unknown): SliceDamage | null {
  const raw = record(value);
  const wallId = raw && id(raw['wallId']);
  const sliceIndex = raw ? num(raw['sliceIndex'], -1) : -1;
  if (!raw || !wallId || !Number.isInteger(sliceIndex) || sliceIndex < 0 || sliceIndex >= SLICES_PER_WALL) return null;
  const newHealth = Math.max(0, num(raw['newHealth'], 0));
  return {
    wallId,
    sliceIndex,
    newHealth,
    isDestroyed: raw['isDestroyed'] === true || newHealth <= 0,
    playerId: text(raw['playerId'], MAX_ID),
    position: place(raw['position']),
  };
}

function readMatchEnded(value: unknown): MatchEnded | null {
  const raw = record(value);
  if (!raw) return null;
  const playerStats: MatchResultRow[] = [];
  for (const entry of values(raw['playerStats'], MAX_PLAYER_ENTRIES)) {
    const row = record(entry);
    const playerId = row && id(row['playerId']);
    const side = row && team(row['team']);
    if (!row || !playerId || !side) continue;
    playerStats.push({
      playerId,
      playerName: text(row['playerName'], MAX_NAME).trim() || 'Player',
      team: side,
      kills: num(row['kills'], 0),
      deaths: num(row['deaths'], 0),
      damageDealt: num(row['damageDealt'], 0),
    });
  }
  return {
    winnerTeam: team(raw['winnerTeam']),
    redKills: num(raw['redKills'], 0),
    blueKills: num(raw['blueKills'], 0),
    duration: num(raw['duration'], 0),
    killTarget: num(raw['killTarget'], 0),
    playerStats,
  };
}

function readSound(value: unknown, aim: number): HeardSound | null {
  const raw = record(value);
  if (!raw || !isSoundKind(raw['kind'])) return null;
  const gain = whole(raw['gain'], 1, 255);
  const bearing = whole(raw['bearing'], 0, BEARINGS - 1);
  const cutoff = whole(raw['cutoff'], 0, CUTOFFS - 1);
  if (gain === null || bearing === null || cutoff === null) return null;
  return {
    kind: raw['kind'],
    gain: gain / 255,
    direction: soundDirection(aim, bearing),
    cutoff: cutoffHz(cutoff),
    own: raw['own'] === true,
  };
}

/** Nobody is kept from seeing for longer than 10 s, whatever a server says. */
function phaseMs(value: unknown): number {
  return Math.min(10_000, Math.max(0, num(value, 0)));
}

function readReason(value: unknown): { reason: string } {
  return { reason: text(record(value)?.['reason'], MAX_TEXT) };
}

export const READERS: { readonly [K in ServerEventName]: (value: unknown) => ServerEvents[K] | null } = {
  lobby_joined(value) {
    const raw = record(value);
    const lobbyId = raw && id(raw['lobbyId']);
    if (!raw || !lobbyId) return null;
    return {
      lobbyId,
      playerCount: num(raw['playerCount'], 1),
      maxPlayers: num(raw['maxPlayers'], 8),
      status: raw['isInProgress'] === true ? 'playing' : lobbyStatus(raw['status']),
    };
  },
  lobby_state_update(value) {
    const raw = record(value);
    const lobbyId = raw && id(raw['lobbyId']);
    if (!raw || !lobbyId) return null;
    const members: { id: string; team: Team | null }[] = [];
    for (const entry of values(raw['players'], MAX_PLAYER_ENTRIES)) {
      const member = record(entry);
      const memberId = member && id(member['id']);
      if (member && memberId) members.push({ id: memberId, team: team(member['team']) });
    }
    return {
      lobbyId,
      playerCount: num(raw['playerCount'], members.length),
      maxPlayers: num(raw['maxPlayers'], 8),
      status: lobbyStatus(raw['status']),
      minimumPlayers: num(raw['minimumPlayers'], 2),
      mapName: text(raw['mapName'], MAX_NAME),
      members,
    };
  },
  matchmaking_failed: readReason,
  private_lobby_created(value) {
    const lobbyId = id(record(value)?.['lobbyId']);
    return lobbyId ? { lobbyId } : null;
  },
  lobby_creation_failed: readReason,
  lobby_join_failed: readReason,
  lobby_list(value) {
    const raw = record(value);
    if (!raw || !Array.isArray(raw['lobbies'])) return null;
    const lobbies: LobbyInfo[] = [];
    for (const entry of values(raw['lobbies'], MAX_LOBBIES)) {
      const lobby = record(entry);
      const lobbyId = lobby && id(lobby['id']);
      if (!lobby || !lobbyId) continue;
      lobbies.push({
        id: lobbyId,
        playerCount: Math.max(0, num(lobby['playerCount'], 0)),
        maxPlayers: Math.max(1, num(lobby['maxPlayers'], 8)),
        gameMode: text(lobby['gameMode'], MAX_NAME),
        mapName: text(lobby['mapName'], MAX_NAME),
        isPrivate: lobby['isPrivate'] === true,
        passwordRequired: lobby['passwordRequired'] === true,
        status: lobbyStatus(lobby['status']),
      });
    }
    return lobbies;
  },
  test_start_failed: (value) => ({ reason: text(record(value)?.['error'], MAX_TEXT) }),
  left_lobby: readReason,
  'match:return'(value) {
    const accounts = record(value)?.['accounts'];
    return {
      ...readReason(value),
      accounts: (Array.isArray(accounts) ? values(accounts, MAX_ACCOUNTS) : []).flatMap((entry) => {
        const raw = record(entry);
        const memberId = raw && id(raw['memberId']);
        const playerId = raw && id(raw['playerId']);
        return memberId && playerId ? [{ memberId, playerId }] : [];
      }),
    };
  },
  match_starting: (value) => ({ countdown: Math.max(0, num(record(value)?.['countdown'], 0)) }),
  match_start_cancelled: readReason,
  match_started: (value) => ({ killTarget: num(record(value)?.['killTarget'], 0) }),
  match_ended: readMatchEnded,
  'player:join:success'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    const side = raw && team(raw['team']);
    return playerId && side ? { playerId, team: side } : null;
  },
  'player:join:failed': readReason,
  'auth-failed': readReason,
  'game:state': readGameState,
  'weapon:fired'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    const ammo = raw['ammoRemaining'];
    return {
      playerId,
      weaponType: text(raw['weaponType'], MAX_ID),
      position: place(raw['position']),
      direction: angle(raw['direction']),
      ammoRemaining: typeof ammo === 'number' && Number.isFinite(ammo) ? ammo : null,
    };
  },
  'weapon:hit'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    return {
      playerId,
      weaponType: text(raw['weaponType'], MAX_ID),
      position: place(raw['position']),
      targetType: raw['targetType'] === 'player' ? 'player' : 'wall',
      targetId: text(raw['targetId'], MAX_ID),
      penetrationCount: Math.max(0, num(raw['penetrationCount'], 0)),
      isPellet: typeof raw['pelletIndex'] === 'number',
    };
  },
  'weapon:miss'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    return {
      playerId,
      weaponType: text(raw['weaponType'], MAX_ID),
      position: place(raw['position']),
      direction: angle(raw['direction']),
      isPellet: typeof raw['pelletIndex'] === 'number',
    };
  },
  'weapon:reload'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    return {
      playerId,
      weaponType: text(raw['weaponType'], MAX_ID),
      reloadTime: Math.min(60_000, Math.max(0, num(raw['reloadTime'], 0))),
    };
  },
  'weapon:reloaded'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    return {
      playerId,
      weaponType: text(raw['weaponType'], MAX_ID),
      currentAmmo: num(raw['currentAmmo'], 0),
      reserveAmmo: num(raw['reserveAmmo'], 0),
    };
  },
  'wall:damaged': readSliceDamage,
  'wall:destroyed': readSliceDamage,
  'player:damaged'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    return {
      playerId,
      sourcePlayerId: text(raw['sourcePlayerId'], MAX_ID),
      damage: num(raw['damage'], 0),
      newHealth: Math.max(0, num(raw['newHealth'], 0)),
      isExplosion: raw['damageType'] === 'explosion',
      position: place(raw['position']),
    };
  },
  'backend:player:died'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    return {
      playerId,
      killerId: text(raw['killerId'], MAX_ID),
      weaponType: text(raw['weaponType'], MAX_ID),
      isTeamKill: raw['isTeamKill'] === true,
      damageType: text(raw['damageType'], MAX_ID),
      position: place(raw['position']),
      timestamp: num(raw['timestamp'], 0),
    };
  },
  'backend:player:respawned'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    return raw && playerId ? { playerId, position: place(raw['position']) } : null;
  },
  'backend:respawn:denied': (value) => ({
    remainingTime: Math.min(60_000, Math.max(0, num(record(value)?.['remainingTime'], 0))),
  }),
  'weapon:switched'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    return raw && playerId ? { playerId, toWeapon: text(raw['toWeapon'], MAX_ID) } : null;
  },
  'weapon:equipped'(value) {
    const raw = record(value);
    if (!raw) return null;
    const weapons: string[] = [];
    for (const entry of values(raw['weapons'], 16)) {
      // By type, or with the state that the old backend put there.
      const type = id(entry) ?? id(record(entry)?.['type']);
      if (type) weapons.push(type);
    }
    return { weapons, currentWeapon: text(raw['currentWeapon'], MAX_ID) };
  },
  'weapon:rate_limited'(value) {
    const raw = record(value);
    return raw && { weaponType: text(raw['weaponType'], MAX_ID), nextFireTime: num(raw['nextFireTime'], 0) };
  },
  'weapon:heat:update'(value) {
    const raw = record(value);
    if (!raw) return null;
    return {
      weaponType: text(raw['weaponType'], MAX_ID),
      heatLevel: Math.min(1000, Math.max(0, num(raw['heatLevel'], 0))),
      isOverheated: raw['isOverheated'] === true,
    };
  },
  'grenade:thrown'(value) {
    const raw = record(value);
    const playerId = raw && id(raw['playerId']);
    if (!raw || !playerId) return null;
    const ammo = raw['ammoRemaining'];
    return {
      playerId,
      weaponType: text(raw['weaponType'], MAX_ID),
      ammoRemaining: typeof ammo === 'number' && Number.isFinite(ammo) ? ammo : null,
    };
  },
  'projectile:created'(value) {
    const raw = record(value);
    const thingId = raw && id(raw['id']);
    const position = raw && place(raw['position']);
    if (!raw || !thingId || !position) return null;
    return {
      id: thingId,
      type: text(raw['type'], MAX_ID),
      playerId: text(raw['playerId'], MAX_ID),
      position,
      velocity: place(raw['velocity']) ?? { x: 0, y: 0 },
      timestamp: Math.max(0, num(raw['timestamp'], 0)),
    };
  },
  'projectile:updated'(value) {
    const raw = record(value);
    const thingId = raw && id(raw['id']);
    const position = raw && place(raw['position']);
    return thingId && position ? { id: thingId, position } : null;
  },
  'projectile:exploded'(value) {
    const raw = record(value);
    const thingId = raw && id(raw['id']);
    if (!raw || !thingId) return null;
    const kind = raw['type'];
    return {
      id: thingId,
      kind: kind === 'smoke' || kind === 'flash' ? kind : 'explosion',
      position: place(raw['position']),
      radius: Math.min(400, Math.max(1, num(raw['radius'], 40))),
    };
  },
  FLASHBANG_EFFECT(value) {
    const raw = record(value);
    if (!raw) return null;
    const affected: FlashbangEffect['affected'][number][] = [];
    for (const entry of values(raw['affectedPlayers'], MAX_PLAYER_ENTRIES)) {
      const player = record(entry);
      const playerId = player && id(player['playerId']);
      if (!player || !playerId) continue;
      const phases = record(player['phases']);
      affected.push({
        playerId,
        intensity: Math.min(1, Math.max(0, num(player['intensity'], 0))),
        phases: {
          blindMs: phaseMs(phases?.['blindDuration']),
          disorientedMs: phaseMs(phases?.['disorientedDuration']),
          recoveringMs: phaseMs(phases?.['recoveringDuration']),
        },
      });
    }
    return { position: place(raw['position']), affected };
  },
  'explosion:created'(value) {
    const raw = record(value);
    const position = raw && place(raw['position']);
    return raw && position ? { position, radius: Math.min(400, Math.max(1, num(raw['radius'], 40))) } : null;
  },
  'player:left'(value) {
    const playerId = id(record(value)?.['playerId']);
    return playerId ? { playerId } : null;
  },
  sounds(value) {
    const raw = record(value);
    const aim = raw && whole(raw['aim'], 0, BEARINGS - 1);
    if (!raw || aim === null || !Array.isArray(raw['sounds'])) return null;
    const sounds: HeardSound[] = [];
    for (const entry of values(raw['sounds'], MAX_SOUNDS)) {
      // One of a kind that a newer server has takes nothing from the others.
      const sound = readSound(entry, aim);
      if (sound) sounds.push(sound);
    }
    return { timestamp: num(raw['timestamp'], 0), sounds };
  },
  'wire:ready'(value) {
    const raw = record(value);
    const path = raw && text(raw['path'], MAX_TEXT);
    const ticket = raw && id(raw['ticket']);
    const map = raw && raw['map'];
    // A path of the same origin, whatever a server says.
    if (!raw || !path || !/^\/(?!\/)[\w\-./]*$/.test(path) || !ticket || typeof map !== 'string' || !/^[0-9a-f]{16}$/.test(map)) return null;
    return { path, ticket, version: num(raw['version'], 0), map };
  },
  'wire:refused': readReason,
  'wire:roster'(value) {
    if (!Array.isArray(value)) return null;
    const roster: WireRosterEntry[] = [];
    for (const entry of values(value, MAX_PLAYER_ENTRIES)) {
      const raw = record(entry);
      const slot = raw && whole(raw['slot'], 0, 7);
      const memberId = raw && id(raw['id']);
      const side = raw && team(raw['team']);
      if (!raw || slot === null || !memberId || !side) continue;
      roster.push({ slot, id: memberId, name: text(raw['name'], MAX_NAME).trim() || 'Player', team: side });
    }
    return roster;
  },
};
