/// <reference lib="esnext.disposable" />

/**
 * The Trespasser engine for Node: matches of up to eight players on a playfield of 480 x 270 px, stepped all at once.
 *
 * Units, unless a field says otherwise: positions in playfield pixels (px), x to the right, y down; angles in radians,
 * 0 = +x, growing clockwise on screen; speeds in px/s; times in ticks of the world's rate.
 *
 * Every refused call throws an `Error` whose `code` is one of {@link EngineErrorCode} and whose message names the field
 * and its limit; nothing has changed then. Nothing is coerced: a number given as a string is refused. `undefined` is
 * the same as leaving an argument or a field out; `null` is not.
 *
 * What holds memory outside JavaScript's heap has `dispose`, and `[Symbol.dispose]` for `using`. Nothing leaks without: the
 * collector frees what nobody can reach, but in its own time.
 *
 * All calls are synchronous. A {@link World} belongs to the thread that made it; each worker thread makes its own.
 */

/** `code` of a thrown `Error`. */
export type EngineErrorCode =
  /** A match or player id that was never given out, or whose match or player is gone. */
  | 'STALE_ID'
  /** A ninth player. */
  | 'MATCH_FULL'
  /** More matches than `maxMatches`. */
  | 'WORLD_FULL'
  /** A value of the wrong type or out of its range; the message names both. */
  | 'INVALID_ARGUMENT'
  /** A name that is no weapon; the message lists them. */
  | 'UNKNOWN_WEAPON'
  /** A loadout against the rules; the message says against which. */
  | 'ILLEGAL_LOADOUT'
  /** Something that the player's present state does not allow; the message says when it is. */
  | 'NOT_ALLOWED'
  /** A damaged picture, a picture of the wrong size, a wall or spawn out of its limits. */
  | 'BAD_MAP'
  /** Bytes that are no saved match, or one of another version, map, rule set or tick rate. */
  | 'BAD_SNAPSHOT'
  /** Bytes that are no recording, a damaged one, or one of another map, rule set, tick rate or simulation; the message says where. */
  | 'BAD_REPLAY'
  /** A ticket's id, or one of its players, that waits in a queue already; the message names the other ticket. */
  | 'ALREADY_QUEUED'
  /** More tickets or offers than the queue was defined for. */
  | 'QUEUE_FULL'
  /** Bytes that are no message of the wire protocol; the message names the field. */
  | 'BAD_MESSAGE'
  /** A name that no built-in map or scene has; the message lists them. */
  | 'UNKNOWN_NAME'
  /** A defect of the engine. The world that it happened in refuses every further call with this code. */
  | 'PANIC'
  /** `dispose` has been called on the object, on the world or match that it belongs to, or on an argument. */
  | 'DISPOSED'
  /** Node itself refused an operation, for instance for want of memory. */
  | 'NODE'
  /**
   * Only from loading the package: no binary runs here. The message says what was tried, what there is and what to do; the
   * error has the fields `platform`, `arch`, `libc`, `tried` and `available`.
   */
  | 'ERR_NO_BINARY'
  /** Only from loading the package: the binary is of another version, `binary`, than the package, `expected`. */
  | 'ERR_BINARY_VERSION'
  /** Only from loading the package: the environment's `TRESPASSER_BINARY` is neither `plain` nor unset. */
  | 'ERR_BINARY_CHOICE';

/**
 * A match of one world: an opaque whole number below 2^52, never 0. Ids are not used again: once the match is
 * destroyed, its id throws `STALE_ID`.
 */
export type MatchId = number;

/**
 * A player of one match: an opaque whole number below 2^32, never 0. The low 3 bits are the slot, 0 to 7; the next
 * player in the slot has another id.
 */
export type PlayerId = number;

/** A side. */
export type TeamName = 'red' | 'blue';

/** A weapon, as in the protocol. */
export type WeaponName =
  | 'rifle'
  | 'smg'
  | 'shotgun'
  | 'battlerifle'
  | 'sniperrifle'
  | 'pistol'
  | 'revolver'
  | 'suppressedpistol'
  | 'machinegun'
  | 'antimaterialrifle'
  | 'grenadelauncher'
  | 'rocket'
  | 'grenade'
  | 'smokegrenade'
  | 'flashbang';

/** A kind of sound, as in the protocol. */
export type SoundKindName =
  | 'footstep_sneak'
  | 'footstep_walk'
  | 'footstep_run'
  | 'fire_rifle'
  | 'fire_smg'
  | 'fire_shotgun'
  | 'fire_battlerifle'
  | 'fire_sniperrifle'
  | 'fire_pistol'
  | 'fire_revolver'
  | 'fire_suppressedpistol'
  | 'fire_machinegun'
  | 'fire_antimaterialrifle'
  | 'fire_grenadelauncher'
  | 'fire_rocket'
  | 'reload'
  | 'switch'
  | 'empty'
  | 'throw'
  | 'impact_concrete'
  | 'impact_metal'
  | 'impact_wood'
  | 'impact_glass'
  | 'impact_border'
  | 'break_concrete'
  | 'break_metal'
  | 'break_wood'
  | 'break_glass'
  | 'bounce'
  | 'explosion'
  | 'flash'
  | 'hurt'
  | 'death';

/** What a wall is made of. */
export type MaterialName = 'concrete' | 'metal' | 'wood' | 'glass' | 'border';

/**
 * What a player carries. Weapon names are given as plain strings, as they come from clients: an unknown one throws
 * `UNKNOWN_WEAPON`, a weapon in a place that is not its own, or support items of more than 3 slots together, throw
 * `ILLEGAL_LOADOUT`.
 */
export interface Loadout {
  /** One of rifle, smg, shotgun, battlerifle, sniperrifle. */
  primary: string;
  /** One of pistol, revolver, suppressedpistol. */
  secondary: string;
  /**
   * At most 3 slots together: machinegun and antimaterialrifle take 3, grenadelauncher and rocket 2, the thrown ones 1.
   */
  support: string[];
}

/** An axis-aligned wall and its five slices. */
export interface WallInfo {
  /** Left edge, px. */
  x: number;
  /** Top edge, px. */
  y: number;
  /** Extent along x, px. */
  width: number;
  /** Extent along y, px. */
  height: number;
  /** What it is made of. */
  material: MaterialName;
  /**
   * `horizontal`: the five slices lie side by side along x, each `width / 5` wide. `vertical`: one under another
   * along y, each `height / 5` high.
   */
  orientation: 'horizontal' | 'vertical';
  /** Index of the first slice; the wall's slices are `firstSlice` to `firstSlice + 4`. Always 5 x the wall's index. */
  firstSlice: number;
}

/** A wall as a host gives it. */
export interface WallRect {
  /** Left edge, px, 0 to 480 - `width`. */
  x: number;
  /** Top edge, px, 0 to 270 - `height`. */
  y: number;
  /** px, 1 to 480. */
  width: number;
  /** px, 1 to 270. */
  height: number;
  /** Name of a {@link MaterialName}; any other string throws `INVALID_ARGUMENT`. */
  material: string;
}

/** Where players of a team appear: the centre of the body. */
export interface SpawnInfo {
  /** px, 6 to 474. */
  x: number;
  /** px, 6 to 264. */
  y: number;
  /** Whose players appear here. */
  team: TeamName;
}

/** How a picture is read. */
export interface MapOptions {
  /**
   * `fine` (default): every 10 x 10 px wall cell is a wall of its own with five slices 2 px wide. `coarse`: runs of up
   * to five cells make one 50 x 10 px wall with a slice a cell, as the legacy backend reads it.
   */
  reading?: 'fine' | 'coarse';
}

/** The immutable geometry that matches are played on. Shared: a thousand matches on one map hold one copy. */
export class GameMap {
  private constructor();

  /**
   * Reads a picture of 48 x 27 pixels, one for each 10 px cell, or of 480 x 270: #808080 concrete, #8B4513 wood,
   * #404040 metal, #87CEEB glass, #FF0000 red spawn, #0000FF blue spawn, #FFFF00 light. Any other colour is empty
   * floor and leaves a warning.
   *
   * @param bytes a PNG file
   * @throws `BAD_MAP` for another size, a damaged file, and a spawn inside a wall or without room;
   * `INVALID_ARGUMENT` if `bytes` is no `Uint8Array`
   */
  static fromPng(bytes: Uint8Array, options?: MapOptions): GameMap;

  /**
   * Takes walls and spawns as they are given. A wall is cut into slices along its long side, a square one along x.
   *
   * @param walls at most 1,600, within the playfield
   * @param spawns at most 64; a team without one gets one of its own
   * @throws `BAD_MAP` naming the wall or spawn, the field and the limit; `INVALID_ARGUMENT` for wrong types
   */
  static fromRects(walls: WallRect[], spawns?: SpawnInfo[]): GameMap;

  /**
   * One of the project's own maps.
   *
   * @throws `UNKNOWN_NAME` with the names there are
   */
  static builtin(name: string, options?: MapOptions): GameMap;

  /** Names for {@link GameMap.builtin}, from the smallest map to the largest. */
  static builtinNames(): string[];

  /** Hash of everything that a match can tell apart, 16 hex digits. The two readings of a picture differ in it. */
  readonly hash: string;
  /** Walls that it has. */
  readonly wallCount: number;
  /** 5 x {@link GameMap.wallCount}. */
  readonly sliceCount: number;
  /** What was read but probably not meant, such as unknown colours; for the author of the map. */
  readonly warnings: string[];

  /** All walls, in the order of their slices. */
  walls(): WallInfo[];

  /** All spawns; at least one a team. */
  spawns(): SpawnInfo[];

  /** Slices that do not stand when a match begins, ascending: `coarse` reading leaves the last ones of short runs out. */
  missingSlices(): number[];

  /**
   * Health of an intact slice, points; `Infinity` for the border, which nothing damages.
   *
   * @param slice 0 to {@link GameMap.sliceCount} - 1
   * @throws `INVALID_ARGUMENT` for any other value
   */
  maxHealth(slice: number): number;

  /** Lets go of the geometry; matches on it keep it. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link GameMap.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** What a {@link World} is made with. */
export interface WorldOptions {
  /** Ticks a second, 20 to 240. Default 60. */
  tickRate?: number;
  /** The rule book: the game as designed (default), or what the legacy backend does. */
  rules?: 'standard' | 'legacy';
  /** Matches that the world may hold at once, 1 to 2^20. Default 65,536. Costs nothing until they are made. */
  maxMatches?: number;
  /** How often and how much {@link World.wirePackets} has. */
  wire?: WireOptions;
}

/** What each client is sent over the wire (`engine/src/net/PROTOCOL.md`). */
export interface WireOptions {
  /** Snapshots a second in action, 1 to 60; a frame is the whole number of ticks nearest to that. Default 20. */
  rate?: number;
  /** Snapshots a second while nothing changes for a player, 1 to `rate`. Default 4. */
  idleRate?: number;
  /** Bytes of payload a snapshot, averaged over a second, 20 to 1,000. Default 60. */
  budget?: number;
}

/** What a client's message brought. */
export interface WireReceived {
  /** Inputs taken that no message had brought before. */
  inputs: number;
  /** The message is of another epoch, or older than what is known already, and changed nothing. */
  stale: boolean;
  /** It acknowledged a frame that was never sent. */
  falseAck: boolean;
}

/** What a link has done since it was opened, and what it takes. */
export interface WireStats {
  /** Messages sent. */
  frames: number;
  /** Bytes of them. */
  bytes: number;
  /** Frames that the client has acknowledged. */
  acknowledged: number;
  /** Frames that the client has not taken. */
  lost: number;
  /** Messages of the client with an acknowledgement of what was never sent. */
  falseAcks: number;
  /** Messages of the client that were none. */
  badMessages: number;
  /** Messages of the client from an older epoch, or older than what was known. */
  stale: number;
  /** Bytes that may be sent at once; below 0 after more was due. */
  level: number;
  /** Bytes that the link takes in memory. */
  memory: number;
}

/** An enemy who is not there, as a client is told of one. */
export interface WireDecoy {
  /** Of the enemy whom it passes for. */
  slot: number;
  /** px */
  x: number;
  /** px */
  y: number;
}

/** Room that {@link World.wirePackets} needs. */
export interface WirePending {
  /** Rows of the index. */
  packets: number;
  /** Bytes of all messages together. */
  bytes: number;
}

/** What a match is made with. */
export interface MatchOptions {
  /** Key of all the match's randomness, a whole number from 0 to 2^53 - 1. Default 0. */
  seed?: number;
  /** Kills that win, 1 to 10,000. Default: the rule book's, 50. */
  killTarget?: number;
}

/** How a player joins. */
export interface PlayerOptions {
  /** Default: the smaller team, red where they are equal. */
  team?: TeamName;
  /** Default: rifle, pistol and nothing else. */
  loadout?: Loadout;
  /** `true` (default): placed at once. `false`: joins without a body, and is placed on pressing `Button.RESPAWN`. */
  spawn?: boolean;
}

/** A player as the host wants the player to be, in one respect: {@link World.editPlayer}. */
export type PlayerEdit =
  | {
      /**
       * The body is moved to the free spot nearest to there, by the walls as they stand, and stands still. A point outside
       * of the field is moved into it.
       */
      type: 'place';
      /** px. */
      x: number;
      /** px. */
      y: number;
    }
  | {
      /** Health left, of the living. */
      type: 'health';
      /** 1/64 to full health, in steps of 1/64. */
      points: number;
    }
  | {
      /** Lives again where the body lies, in full health, with what is in its hands. */
      type: 'revive';
    }
  | {
      /** Lies down dead: no death is counted, and no event tells of one. */
      type: 'fell';
    }
  | {
      /** What the score says of the player. The team's kills stay as they are. */
      type: 'score';
      /** 0 to 65,535. */
      kills: number;
      /** 0 to 65,535. */
      deaths: number;
    }
  | {
      /** The side, of the living too, who know the new side's players at once. */
      type: 'team';
      /** The new one. */
      team: TeamName;
    }
  | {
      /** What is carried, of the living too: full magazines, the primary weapon in hand. */
      type: 'loadout';
      /** A legal one. */
      loadout: Loadout;
    }
  | {
      /** The weapon in hand. */
      type: 'hold';
      /** 0 to 4, one that holds a weapon. */
      place: number;
    }
  | {
      /** Rounds of a weapon. */
      type: 'rounds';
      /** 0 to 4, one that holds a weapon. */
      place: number;
      /** In the magazine, at most a full one. */
      ammo: number;
      /** Besides, at most the rule book's. */
      reserve: number;
    }
  | {
      /** Placed at a spawn of the own team, as by a respawn that is granted, whether dead or alive. */
      type: 'spawn';
    };

/** How a bot joins and plays. */
export interface BotOptions extends PlayerOptions {
  /** 0 (slow and wild) to 1. Default 0.5. */
  skill?: number;
  /** Shoots at walls whenever it sees nobody. Default `false`. */
  wrecks?: boolean;
  /**
   * On a bad line: inputs get lost, come late, twice and in floods; now and then the bot leaves and joins anew, under
   * another id. Default `false`.
   */
  rough?: boolean;
}

/**
 * Buttons as bits, for held keys and for presses. Combine them with `|`.
 *
 * A button that goes down between two inputs counts as one press by itself; taps are for presses too short to be seen
 * as held.
 */
export const Button: {
  /** Walks up the screen: -y. */
  readonly UP: 1;
  /** Walks left: -x. */
  readonly LEFT: 2;
  /** Walks down the screen: +y. */
  readonly DOWN: 4;
  /** Walks right: +x. */
  readonly RIGHT: 8;
  /** Runs while walking, where the rules let it. */
  readonly RUN: 16;
  /** Wins over `RUN`. */
  readonly SNEAK: 32;
  /** Fires; for thrown weapons, held to charge, let go to throw. */
  readonly FIRE: 64;
  /** Each press turns aiming down sights on or off. */
  readonly AIM: 128;
  /** Reloads the weapon in hand. */
  readonly RELOAD: 256;
  /** Throws the thrown weapon in hand at once, as far as it is charged. */
  readonly THROW: 512;
  /** The primary weapon. */
  readonly SLOT1: 1024;
  /** The secondary weapon. */
  readonly SLOT2: 2048;
  /** The first support item. */
  readonly SLOT3: 4096;
  /** The second support item. */
  readonly SLOT4: 8192;
  /** The third support item. */
  readonly SLOT5: 16384;
  /** Asks for a respawn, or for the first spawn. */
  readonly RESPAWN: 32768;
};

/** Weapon names by number, as {@link World.readPlayers} gives numbers. */
export const WEAPONS: readonly WeaponName[];

/** Kinds of evidence: number n, as the C ABI and the engine count them, is entry n - 1. */
export const EVIDENCE_KINDS: readonly EvidenceKindName[];

/** Kinds of sound by number, as {@link World.readSounds} gives numbers. */
export const SOUND_KINDS: readonly SoundKindName[];

/** Bytes of one record of {@link World.readSounds}. */
export const SOUND_BYTES: 12;

/** Numbers that {@link World.soundField} gives: 27 rows of 48 cells of 10 x 10 px. */
export const SOUND_CELLS: 1296;

/** Bytes that {@link World.tiles} gives: a bit for each of 60 x 34 tiles. */
export const TILE_BYTES: 255;

/** Numbers of one row of the index of {@link World.wirePackets}. */
export const WIRE_COLUMNS: 5;

/** Bytes of one record of {@link World.pushInputs}. */
export const INPUT_BYTES: 40;

/** Numbers of one row of {@link World.readPlayers}. */
export const PLAYER_COLUMNS: 28;

/** A player as of the last tick. */
export interface PlayerView {
  /** What calls take. */
  id: PlayerId;
  /** 0 to 7: the row and bit in {@link World.sightMatrix}. */
  slot: number;
  /** The player's side. */
  team: TeamName;
  /** Centre of the body, px. */
  x: number;
  /** Centre of the body, px. */
  y: number;
  /** px/s. */
  vx: number;
  /** px/s. */
  vy: number;
  /** Radians, 0 = +x, clockwise on screen, -pi to pi. */
  facing: number;
  /** The cursor of the last input, px. */
  mouseX: number;
  /** The cursor of the last input, px. */
  mouseY: number;
  /** Points, in steps of 1/64; 0 when dead. */
  health: number;
  /** Has a body that can act. */
  alive: boolean;
  /** Has had a body in this match; `false`: waits for the first spawn. */
  placed: boolean;
  /** Aims down sights. */
  aiming: boolean;
  /** How the body moves. */
  movement: 'idle' | 'walking' | 'running' | 'sneaking';
  /** The weapon in hand. */
  weapon: WeaponName;
  /** Its place, 0 to 4: primary, secondary, support items. */
  slotInHand: number;
  /** Enemies killed. */
  kills: number;
  /** Times died. */
  deaths: number;
  /** Points dealt to enemies. */
  damageDealt: number;
  /** Sequence number of the last input that the simulation has applied. */
  lastSequence: number;
  /** Inputs thrown away because more than 12 waited. */
  droppedInputs: number;
  /** Inputs ignored because their sequence number was old or repeated. */
  ignoredInputs: number;
  /** Tick of the last damage taken; 0: none. */
  lastDamageTick: number;
  /** Tick of the last death; 0: none. */
  deathTick: number;
  /** Earliest tick in which a respawn is granted. Means something only while dead. */
  respawnTick: number;
  /** Tick that clients are shown as the respawn's. Means something only while dead. */
  respawnShownTick: number;
  /** First tick in which the player can be hurt. */
  invulnerableUntilTick: number;
  /** Who killed this player last; 0: nobody, or somebody who has left. */
  killer: PlayerId;
  /** Sight distance, px. */
  viewDistance: number;
  /** Full angle of the cone of sight, radians. */
  viewAngle: number;
  /** Heat of the machine gun, 0 to 100. */
  heat: number;
  /** Ticks until the magazine is full; 0: not reloading. */
  reloadTicks: number;
  /** Level of charge of the throw in hand, 1 to 5; 0: the trigger is not held. */
  charge: number;
  /** Blinded by a flash: sees nobody. */
  blind: boolean;
  /** What a flash takes from sight, 0 to 1. */
  sightImpairment: number;
  /** What a flash takes from hearing, 0 to 1. */
  hearingImpairment: number;
  /** What a flash takes from movement, 0 to 1. */
  movementImpairment: number;
}

/** A projectile in flight. */
export interface ProjectileView {
  /** Serial number in the match; see {@link GameEvent.projectile}. */
  number: number;
  /** What it was launched or thrown from. */
  weapon: WeaponName;
  /** Who launched it; 0: somebody who has left. */
  owner: PlayerId;
  /** Side of who launched it. */
  team: TeamName;
  /** Centre, px. */
  x: number;
  /** Centre, px. */
  y: number;
  /** px/s. */
  vx: number;
  /** px/s. */
  vy: number;
  /** px flown. */
  flown: number;
  /** px after which it goes off or comes to rest. */
  range: number;
  /** Level of charge it was thrown with, 1 to 5; 0: launched. */
  charge: number;
  /** Tick in which it was launched. */
  bornTick: number;
  /** Ticks until its fuse is over; `null`: no fuse. */
  fuseTicks: number | null;
}

/** A projectile in flight, as far as one player knows it. */
export interface KnownProjectile {
  /** The player's own number for it; see {@link ToldEvent.projectile}. */
  number: number;
  /** What it was launched or thrown from. */
  weapon: WeaponName;
  /** Who launched it; 0: somebody whom the player does not know now, or who has left. */
  owner: PlayerId;
  /** Launched by the player's own team. */
  ownTeam: boolean;
  /** Centre, px. */
  x: number;
  /** Centre, px. */
  y: number;
  /** px/s. */
  vx: number;
  /** px/s. */
  vy: number;
  /** Points that it deals at the centre of its blast. */
  damage: number;
  /** Tick in which the player learnt of it. */
  sinceTick: number;
  /** How it was launched; `null` for those who do not know, for its age and the way behind it would tell where from. */
  launch: KnownLaunch | null;
}

/** How a projectile was launched, and what follows from that. */
export interface KnownLaunch {
  /** Tick in which it was launched. */
  bornTick: number;
  /** px flown. */
  flown: number;
  /** px after which it goes off or comes to rest. */
  range: number;
  /** Level of charge it was thrown with, 1 to 5; 0: launched. */
  charge: number;
  /** Ticks until its fuse is over; `null`: no fuse. */
  fuseTicks: number | null;
}

/** A cloud of smoke. */
export interface CloudView {
  /** Serial number of the projectile that it rose from. */
  number: number;
  /** Centre, px. */
  x: number;
  /** Centre, px. */
  y: number;
  /** px, now. */
  radius: number;
  /** Opacity at the centre now, 0 to 1. */
  density: number;
  /** Tick in which it rose. */
  bornTick: number;
}

/** A weapon that a player carries. */
export interface WeaponView {
  /** Which one. */
  weapon: WeaponName;
  /** Rounds in the magazine. */
  ammo: number;
  /** Rounds besides. */
  reserve: number;
  /** Rounds in a full magazine. */
  maxAmmo: number;
  /** Rounds besides, at most. */
  maxReserve: number;
  /** A reload is under way. */
  reloading: boolean;
  /** Ticks until it can fire again, for its rate of fire alone. */
  readyInTicks: number;
  /** Points a shot at full damage, all pellets together. */
  damage: number;
  /** Rounds a minute. */
  rate: number;
  /** Milliseconds; 0: cannot be reloaded. */
  reloadMs: number;
  /** 0 to 1, standing still and not aiming. */
  accuracy: number;
  /** px. */
  range: number;
}

/** What a {@link GameEvent} tells of; the fields beside `tick` that each kind has. */
export type GameEventType =
  /** `player`; `team` if still in the match. */
  | 'player_joined'
  /** `player`, `x`, `y`. */
  | 'player_left'
  /** `player`, `x`, `y`, `invulnerableUntilTick`; `team` if still in the match. */
  | 'spawned'
  /** `player`, `remainingTicks`. */
  | 'respawn_denied'
  /** `player`, `weapon`, `x`, `y`, `dx`, `dy`, `ammo`, `isAiming`. */
  | 'fired'
  /** `player`, `weapon`, `remainingTicks`, `ammo` (0: an empty click). */
  | 'fire_refused'
  /** `player`, `target`, `weapon`, `x`, `y`, `targetX`, `targetY`, `pellet`, `damage`, `penetration`. */
  | 'hit_player'
  /** `player`, `weapon`, `slice`, `wall`, `x`, `y`, `dx`, `dy`, `pellet`, `damage`, `penetration`, `isStopped`. */
  | 'hit_wall'
  /** `player`, `weapon`, `x`, `y`, `dx`, `dy`, `pellet`, `penetration`. */
  | 'miss'
  /** `player`, `weapon`, `remainingTicks`. */
  | 'reload_started'
  /** `player`, `weapon`, `ammo`, `reserve`. */
  | 'reloaded'
  /** `player`, `weapon`, `fromWeapon`. */
  | 'switched'
  /** `player`, `isAiming`. */
  | 'aim_toggled'
  /** `target`, `weapon`, `x`, `y`, `damage`, `health`, `isKilled`; `player` (who did it) if still in the match. */
  | 'player_damaged'
  /** `target` (who died), `x`, `y`, `isTeamKill`; `player` if killed by somebody; `weapon` if killed by one. */
  | 'died'
  /** `weapon`, `slice`, `wall`, `x`, `y`, `damage`, `health`; `player` if still in the match. */
  | 'wall_damaged'
  /** `weapon`, `slice`, `wall`, `x`, `y`, `damage`, `health`, `heardBy`; `player` if still in the match. In place of the other for the hit that breaks the slice. */
  | 'slice_destroyed'
  /** `winner`. */
  | 'match_ended'
  /** `player`, `weapon`, `projectile`, `x`, `y`, `vx`, `vy`, `charge`, `ammo`. */
  | 'launched'
  /** `weapon`, `projectile`, `x`, `y`, `vx`, `vy`; `player` if still in the match; `slice`, `wall` or `target` if hit. */
  | 'bounced'
  /** `weapon`, `projectile`, `x`, `y`, `radius`; `player` if still in the match. */
  | 'exploded'
  /** `target` (who is dazzled), `weapon`, `x`, `y`, `intensity`, `blindTicks`, `totalTicks`, `distance`, `angle`, `isClear`; `player` if still in the match. */
  | 'dazzled'
  /** `player`, `weapon`, `remainingTicks`. */
  | 'overheated';

/** Something that happened. Fields that do not apply to the kind are absent. */
export interface GameEvent {
  /** What happened. */
  type: GameEventType;
  /** Tick in which it happened. */
  tick: number;
  /** Who did it; absent for nobody. May have left since. */
  player?: PlayerId;
  /** To whom. May have left since. */
  target?: PlayerId;
  /** With what. */
  weapon?: WeaponName;
  /** `switched`: what was in hand before. */
  fromWeapon?: WeaponName;
  /** Place of the event, px: the muzzle for `fired`, the impact for hits, the end of the flight for `miss`. */
  x?: number;
  /** See {@link GameEvent.x}. */
  y?: number;
  /** Direction of the flight, a unit vector. */
  dx?: number;
  /** See {@link GameEvent.dx}. */
  dy?: number;
  /** `hit_player`: where the target's centre stood for the shot, px. */
  targetX?: number;
  /** See {@link GameEvent.targetX}. */
  targetY?: number;
  /** Index of the slice: 5 x `wall` + 0 to 4. */
  slice?: number;
  /** Index of the wall in {@link GameMap.walls}. */
  wall?: number;
  /** Bit s: the player in slot s hears the slice break. */
  heardBy?: number;
  /** Points dealt, in steps of 1/64. */
  damage?: number;
  /** Points left: of the target (rounded up), or of the slice (in steps of 1/64). */
  health?: number;
  /** Which pellet of the shot, from 0. */
  pellet?: number;
  /** Walls and bodies that the bullet had passed before. */
  penetration?: number;
  /** Rounds left in the magazine. */
  ammo?: number;
  /** Rounds besides. */
  reserve?: number;
  /** The player's side. */
  team?: TeamName;
  /** Killer and victim are of one team. */
  isTeamKill?: boolean;
  /** `fired`: the shooter aims down sights. `aim_toggled`: it is on now. */
  isAiming?: boolean;
  /** The target died of it. */
  isKilled?: boolean;
  /** The bullet ended in this slice. */
  isStopped?: boolean;
  /** Ticks to wait: until the next shot, until a respawn is granted, until the gun has cooled; for `reload_started` its length. */
  remainingTicks?: number;
  /** First tick in which the player can be hurt. */
  invulnerableUntilTick?: number;
  /** Serial number of the projectile in the match. */
  projectile?: number;
  /** Velocity of the projectile; for `bounced` after it, px/s. */
  vx?: number;
  /** See {@link GameEvent.vx}. */
  vy?: number;
  /** Level of charge, 1 to 5; 0: launched, not thrown. */
  charge?: number;
  /** Radius of the effect, px. */
  radius?: number;
  /** Of a flash on its target, 0 to 1. */
  intensity?: number;
  /** Ticks that the target is blind. */
  blindTicks?: number;
  /** Ticks until the flash has left the target altogether. */
  totalTicks?: number;
  /** From the flash to the target, px. */
  distance?: number;
  /** Of the flash off the target's aim, radians. */
  angle?: number;
  /** No wall stood between the flash and its target. */
  isClear?: boolean;
  /** Who won; `null` for a draw. */
  winner?: TeamName | null;
}

/**
 * An event as some players learn of it. What they may not know is absent, as is what does not apply to the kind;
 * `heardBy` always is, and `projectile`, which `dazzled` has too, is what those who are told call it: each player counts
 * for themselves, from 1, because serial numbers would tell how much is thrown elsewhere.
 */
export interface ToldEvent extends GameEvent {
  /** Bit s: the player in slot s is told just this. */
  to: number;
}

/**
 * One sound for one listener: all that this listener may be told of it, and so neither who made it nor where.
 *
 * `aim` + `bearing` is a direction of the playfield, in 1/64 turns clockwise on screen from +x, modulo 64.
 */
export interface HeardSound {
  /** Tick in which it is heard. */
  tick: number;
  /** Slot of who hears it, 0 to 7. */
  listener: number;
  /** What makes it. */
  kind: SoundKindName;
  /** Loudness in 1/255, 1 to 255. */
  gain: number;
  /** Where it comes from, in 1/64 turns clockwise from `aim`, 0 to 63. 0 for what the own body makes. */
  bearing: number;
  /** Low-pass cutoff, 0 (dull) to 63 (nothing muffles it); {@link World.soundCutoffHz} gives it in Hz. */
  cutoff: number;
  /** The listener's aim in 1/64 turns clockwise from +x, 0 to 63, as of `tick`. */
  aim: number;
  /** The listener made the sound. */
  own: boolean;
}

/** How a sound made at one point arrives at another, exactly. For hosts; a player may not know it. */
export interface Arrival {
  /** Loudness, 0 to 1; 0 beyond what the kind carries. */
  gain: number;
  /** Low-pass cutoff, Hz. */
  cutoffHz: number;
  /** Where it comes from, px: the source, or where the last leg of the way round begins. */
  x: number;
  /** See {@link Arrival.x}. */
  y: number;
  /** Share that the walls on the straight line let through, 0 to 1. */
  through: number;
  /** The way round the corners: its length, px, and its quarter turns. `null`: the straight line is louder. */
  way: {
    /** px. */
    length: number;
    /** Quarter turns, whole. */
    turns: number;
  } | null;
}

/** Kills so far. */
export interface Score {
  /** Red's kills of blue. */
  red: number;
  /** Blue's kills of red. */
  blue: number;
  /** The match has ended: nobody is hurt and nobody respawns any more, until {@link World.resetMatch}. */
  over: boolean;
  /** `null` while it runs, and for a draw. */
  winner: TeamName | null;
}

/**
 * Matches of one rule book and tick rate.
 *
 * Methods that take ids throw `STALE_ID` for ids of matches or players that are gone, and `INVALID_ARGUMENT` for
 * values that are no whole numbers from 0 to 2^53 - 1.
 */
export class World {
  /** @throws `INVALID_ARGUMENT` naming the option and its limit */
  constructor(options?: WorldOptions);

  /** Ticks a second. */
  readonly tickRate: number;
  /** The instruction set in use: `scalar`, `sse2`, `avx2` or `avx512`. All give the same results, bit for bit. */
  readonly simd: string;
  /** Matches there are. */
  readonly matchCount: number;

  /** The ids of all matches. */
  matches(): MatchId[];

  /**
   * A new match with nobody in it.
   *
   * @throws `WORLD_FULL` beyond `maxMatches`; `INVALID_ARGUMENT`
   */
  createMatch(map: GameMap, options?: MatchOptions): MatchId;

  /** Ends a match at once and frees it. Its id and its players' ids are stale from now on. */
  destroyMatch(match: MatchId): void;

  /**
   * Starts a match anew with the same players: scores 0, walls restored, everybody placed who has been before. The
   * tick goes on counting.
   *
   * @param seed default: the match's last seed + 1
   */
  resetMatch(match: MatchId, seed?: number): void;

  /**
   * Lets a player in. One who joins a running match starts farthest from the nearest enemy, invulnerable for longer.
   *
   * @throws `MATCH_FULL` for a ninth; `UNKNOWN_WEAPON`, `ILLEGAL_LOADOUT`, `INVALID_ARGUMENT`
   */
  addPlayer(match: MatchId, options?: PlayerOptions): PlayerId;

  /** Lets a player or a bot go. Kills stay in the team's score. */
  removePlayer(match: MatchId, player: PlayerId): void;

  /**
   * Changes sides, before the first spawn or while dead.
   *
   * @throws `NOT_ALLOWED` while alive
   */
  setTeam(match: MatchId, player: PlayerId, team: TeamName): void;

  /**
   * Changes what a player carries, before the first spawn or while dead.
   *
   * @throws `NOT_ALLOWED` while alive; `UNKNOWN_WEAPON`, `ILLEGAL_LOADOUT`
   */
  setLoadout(match: MatchId, player: PlayerId, loadout: Loadout): void;

  /**
   * Queues an input: 1/60 s of its player's time. More than one a tick wait, 12 at most; beyond that the oldest are
   * dropped.
   *
   * @param sequence 0 to 2^32 - 1, grows by one an input, wraps
   * @param held buttons held, 0 to 65,535
   * @param taps presses since the input before, 0 to 65,535; each counts once
   * @param mouseX cursor, playfield px; rounded to 1/16 px and clamped to +-2000
   * @param mouseY cursor, playfield px; rounded to 1/16 px and clamped to +-2000
   * @param ackTick newest tick that the client had when it sampled this, 0 to 2^32 - 1; 0 (default): none
   * @returns `false`: the sequence number is old or waits already, and the input is ignored
   * @throws `INVALID_ARGUMENT` for values out of range, NaN and infinities
   */
  pushInput(
    match: MatchId,
    player: PlayerId,
    sequence: number,
    held: number,
    taps: number,
    mouseX: number,
    mouseY: number,
    ackTick?: number,
  ): boolean;

  /**
   * {@link World.pushInput} for many inputs at once, of any matches. `count` records of {@link INPUT_BYTES} bytes each,
   * little-endian:
   *
   * | bytes | what |
   * | --- | --- |
   * | 0..8 | match id, unsigned |
   * | 8..12 | player id, unsigned |
   * | 12..16 | sequence, unsigned |
   * | 16..18 | held buttons |
   * | 18..20 | taps |
   * | 20..24 | mouse x, float, px |
   * | 24..28 | mouse y, float, px |
   * | 28..32 | ack tick, unsigned; 0: none |
   * | 32 | written by this call: 1 accepted, 2 ignored as old or repeated, 3 stale match, 4 stale player, 5 mouse NaN or infinite, 6 bytes 33..40 not 0 |
   * | 33..40 | 0 |
   *
   * A record that is not accepted does not keep the others out.
   *
   * @returns how many were accepted
   * @throws `INVALID_ARGUMENT` if the buffer is no `Uint8Array` or too short; nothing has been pushed then
   */
  pushInputs(buffer: Uint8Array, count: number): number;

  /**
   * Presses buttons on a player's behalf outside the input stream, in the next tick.
   *
   * @param buttons 0 to 65,535
   */
  tap(match: MatchId, player: PlayerId, buttons: number): void;

  /**
   * Kills a player at once, credited to nobody; for debugging and for players who ask for it.
   *
   * @throws `NOT_ALLOWED` if the player is dead
   */
  killPlayer(match: MatchId, player: PlayerId): void;

  /**
   * Throws the thrown weapon in a player's hand in the next tick, as if the trigger had been held that long. Nothing
   * happens if something else is in hand.
   *
   * @param chargeLevel 1 to 5
   */
  throwItem(match: MatchId, player: PlayerId, chargeLevel: number): void;

  /**
   * Puts a weapon with full magazines into a living player's hands, whatever the loadout; for debugging. The next
   * respawn restores the loadout.
   *
   * @throws `NOT_ALLOWED` if the player is dead; `UNKNOWN_WEAPON`
   */
  giveWeapon(match: MatchId, player: PlayerId, weapon: string): void;

  /**
   * Makes a player what the host wants, past the rules of the game: for hosts that keep a book of players of their own, and
   * for debugging. Recordings have it; the guard does not hold it against the player.
   *
   * @throws `INVALID_ARGUMENT` naming the field and its limit; `NOT_ALLOWED` where the player has no body yet, does not
   * live, or lives already; for a loadout as {@link World.setLoadout}
   */
  editPlayer(match: MatchId, player: PlayerId, edit: PlayerEdit): void;

  /** Takes everything out of the air, without a bang. */
  clearProjectiles(match: MatchId): void;

  /**
   * Restores every slice in the middle of a match; for debugging.
   *
   * @throws `NOT_ALLOWED` while a living player stands where a slice would
   */
  repairWalls(match: MatchId): void;

  /**
   * Lets a bot in. It plays through {@link World.thinkBots}, by inputs like anybody else.
   *
   * @throws as {@link World.addPlayer}; `INVALID_ARGUMENT` for the skill
   */
  addBot(match: MatchId, options?: BotOptions): PlayerId;

  /**
   * Drives a player who is in the match already, until {@link World.releaseBot} or the player's removal: for somebody who
   * is away, and for measuring what people are sent.
   *
   * @param skill 0 (slow and wild) to 1
   * @throws `STALE_ID`; `INVALID_ARGUMENT` for the skill
   */
  adoptBot(match: MatchId, player: PlayerId, skill: number): void;

  /** Lets go of a player, who stays in the match. False: it was no bot. */
  releaseBot(match: MatchId, player: PlayerId): boolean;

  /** Whether a player is a bot of this world. */
  isBot(match: MatchId, player: PlayerId): boolean;

  /** Pushes one tick's inputs of all bots; once before each {@link World.step}. */
  thinkBots(): void;

  /** One tick of every match, on the calling thread. */
  step(): void;

  /** One tick of every match, on all cores. The same results as {@link World.step}, bit for bit. */
  stepParallel(): void;

  /**
   * The match's events since the last drain, in the order in which they happened. A match keeps the newest 4,096: drain
   * after every step.
   */
  drainEvents(match: MatchId): GameEvent[];

  /**
   * Whether {@link World.drainTold} has what a player is told. From the first call on, what the player may know is kept;
   * before, it is the map as it was at the beginning. Who has left is not listened for any more.
   *
   * @param on by default true
   */
  listen(match: MatchId, player: PlayerId, on?: boolean): void;

  /**
   * What the players who are listened for have been told since the last drain, in the order in which it happened: the
   * events that they may know of, with the rest taken out. Each is told at most once to each player. What a player who has
   * left would have been told is gone. A match keeps the newest 4,096: drain after every step.
   */
  drainTold(match: MatchId): ToldEvent[];

  /**
   * Who knows whom: 8 rows; bit t of row v: slot v knows where slot t is and how it does. Oneself, the team once placed,
   * and enemies in sight. Of all others score, name and whether they live may be told, and nothing else.
   */
  knows(match: MatchId): Uint8Array;

  /**
   * Health of every slice as a player knows it, points; 0: gone, `Infinity`: border. Damage that is seen happening is
   * known at once; what happened out of sight is looked for 10 times a second.
   *
   * @param out as in {@link World.sliceHealth}
   * @throws `INVALID_ARGUMENT` if `out` is shorter than {@link GameMap.sliceCount}
   */
  knownSliceHealth(match: MatchId, player: PlayerId, out?: Float32Array): Float32Array;

  /** Grows with every change of what a player knows of slices, and with nothing else. */
  knownSlicesVersion(match: MatchId, player: PlayerId): number;

  /** The projectiles that a player knows, by the player's own numbers; none for one who is not listened for. */
  knownProjectiles(match: MatchId, player: PlayerId): KnownProjectile[];

  /**
   * The clouds, all of which everybody knows, with the numbers that the player has for what they rose from; none for one
   * who is not listened for.
   */
  knownClouds(match: MatchId, player: PlayerId): CloudView[];

  /**
   * What the match's players have heard since the last drain, in the order in which it happened: an entry for each
   * sound and listener. Those of one tick come listener by listener, in an order that says nothing of who made them; what
   * a player who has left would have heard is gone. A match keeps the newest 1,024: drain after every step.
   */
  drainSounds(match: MatchId): HeardSound[];

  /**
   * {@link World.drainSounds} without making objects: a record of {@link SOUND_BYTES} bytes for each entry,
   * little-endian.
   *
   * | bytes | what |
   * | --- | --- |
   * | 0..4 | tick, unsigned |
   * | 4 | slot of the listener |
   * | 5 | kind, an index of {@link SOUND_KINDS} |
   * | 6 | gain, 1 to 255 |
   * | 7 | bearing, 0 to 63 |
   * | 8 | cutoff, 0 to 63 |
   * | 9 | aim, 0 to 63 |
   * | 10 | bits: 1 own |
   * | 11 | 0 |
   *
   * @param out 1,024 x {@link SOUND_BYTES} bytes are enough in any case
   * @returns records written
   * @throws `INVALID_ARGUMENT` if `out` is no `Uint8Array` or too short for all that waits, which goes on waiting then
   */
  readSounds(match: MatchId, out: Uint8Array): number;

  /** Entries that wait to be drained, at most 1,024, and those that go with a player who has left. */
  pendingSounds(match: MatchId): number;

  /**
   * How a sound made at one point arrives at another, px, with the walls as they are now; the same from either end but
   * for where it comes from. Points outside the playfield are moved to its edge.
   *
   * @param kind a {@link SoundKindName}, as a plain string
   * @throws `INVALID_ARGUMENT` for an unknown kind, with the kinds there are, and for a coordinate that is not a finite
   * number
   */
  soundBetween(match: MatchId, kind: string, x1: number, y1: number, x2: number, y2: number): Arrival;

  /**
   * Gain, 0 to 1, of a sound made at a point, px, in the middle of every cell of 10 x 10 px: index `row * 48 + column`.
   * For pictures and level design: it takes milliseconds.
   *
   * @param kind a {@link SoundKindName}, as a plain string
   * @param out filled and given back, so that no array is made; as a view of its beginning if it is longer than needed
   * @throws `INVALID_ARGUMENT` as {@link World.soundBetween}, and if `out` is shorter than {@link SOUND_CELLS}
   */
  soundField(match: MatchId, kind: string, x: number, y: number, out?: Float32Array): Float32Array;

  /**
   * Hz that {@link HeardSound.cutoff} stands for, by the world's rules.
   *
   * @param cutoff 0 to 63
   */
  soundCutoffHz(cutoff: number): number;

  /** Ticks played. */
  tick(match: MatchId): number;

  /** Kills so far, and whether the match is over. */
  score(match: MatchId): Score;

  /** A player as of the last tick. */
  player(match: MatchId, player: PlayerId): PlayerView;

  /** Everybody in the match, by slot. */
  players(match: MatchId): PlayerView[];

  /**
   * Everybody in the match, by slot, without making objects: a row of {@link PLAYER_COLUMNS} numbers each.
   *
   * | column | what |
   * | --- | --- |
   * | 0 | slot |
   * | 1 | team: 0 red, 1 blue |
   * | 2, 3 | x, y, px |
   * | 4, 5 | velocity, px/s |
   * | 6 | facing, radians |
   * | 7 | health, points |
   * | 8 | bits: 1 alive, 2 placed, 4 aiming, 8 invulnerable, 16 reloading, 32 blind |
   * | 9 | movement: 0 idle, 1 sneaking, 2 walking, 3 running |
   * | 10 | weapon, an index of {@link WEAPONS} |
   * | 11 | place of the weapon in hand, 0 to 4 |
   * | 12, 13 | its rounds in the magazine and besides |
   * | 14 | ticks until the magazine is full |
   * | 15 | heat, 0 to 100 |
   * | 16, 17 | kills, deaths |
   * | 18 | damage dealt, points |
   * | 19 | low 24 bits of the last sequence number |
   * | 20 | sight distance, px |
   * | 21 | full angle of the cone, radians |
   * | 22 | row of the sight matrix |
   * | 23 | dead: ticks until a respawn is granted; else 0 |
   * | 24 | level of charge of the throw in hand |
   * | 25, 26, 27 | what a flash takes from sight, hearing, movement |
   *
   * @param out takes 8 x {@link PLAYER_COLUMNS} numbers in any case
   * @returns rows written
   * @throws `INVALID_ARGUMENT` if `out` is no `Float32Array` or too short for the players there are
   */
  readPlayers(match: MatchId, out: Float32Array): number;

  /** What a player carries: primary, secondary, support items. */
  weapons(match: MatchId, player: PlayerId): WeaponView[];

  /** Whether a player sees an enemy. `false` for team mates, who are known anyway. */
  sees(match: MatchId, viewer: PlayerId, target: PlayerId): boolean;
  /**
   * Whether a straight line between two points, px, passes all standing slices that stop sight; smoke does not count.
   * Points outside the playfield are moved to its edge.
   * @throws `STALE_ID`; `INVALID_ARGUMENT` for a coordinate that is not a finite number
   */
  lineIsClear(match: MatchId, x1: number, y1: number, x2: number, y2: number): boolean;
  /**
   * Optical depth of the smoke between two points, px: 0 is clear air, and a line of sight ends at 0.5.
   * @throws `STALE_ID`; `INVALID_ARGUMENT` for a coordinate that is not a finite number
   */
  smokeBetween(match: MatchId, x1: number, y1: number, x2: number, y2: number): number;

  /** 8 bytes: bit t of byte v says that slot v sees the enemy in slot t. */
  sightMatrix(match: MatchId): Uint8Array;

  /** Everything in flight. */
  projectiles(match: MatchId): ProjectileView[];

  /** All smoke. */
  clouds(match: MatchId): CloudView[];

  /**
   * The outline of what a living player sees now: x,y pairs in px, the player first, then clockwise on screen, arcs cut
   * every 10 degrees. The cone alone: who is seen close by is in {@link World.sees}. Empty for the dead; the player
   * alone before the first tick.
   *
   * @param out filled and given back as a view of its beginning, so that no array is made
   * @throws `INVALID_ARGUMENT` if `out` is too short; the message says what is needed
   */
  polygon(match: MatchId, player: PlayerId, out?: Float32Array): Float32Array;

  /**
   * The tiles of 8 x 8 px whose centres lie within {@link World.polygon}: bit `i & 7` of byte `i >> 3` for tile
   * `i = y * 60 + x`, 60 columns and 34 rows. No bits for the dead.
   *
   * @param out filled and given back, so that no array is made; as a view of its beginning if it is longer than needed
   * @throws `INVALID_ARGUMENT` if `out` is shorter than {@link TILE_BYTES}
   */
  tiles(match: MatchId, player: PlayerId, out?: Uint8Array): Uint8Array;

  /** Grows with every change of any slice, so that a host knows when to look. Wraps at 2^32. */
  wallsVersion(match: MatchId): number;

  /**
   * Health of every slice, points; 0: gone, `Infinity`: border.
   *
   * @param out filled and given back, so that no array is made; as a view of its beginning if it is longer than needed
   * @throws `INVALID_ARGUMENT` if `out` is shorter than {@link GameMap.sliceCount}
   */
  sliceHealth(match: MatchId, out?: Float32Array): Float32Array;

  /** Ticks a frame: messages are sent in ticks that are multiples of it. */
  readonly wireStep: number;

  /**
   * Opens a player's link: from the next frame on, {@link World.wirePackets} has what this player's client is to get. One
   * that is open is opened anew, with the next epoch.
   */
  wireOpen(match: MatchId, player: PlayerId): void;

  /** Closes a player's link; nothing happens if none is open. */
  wireClose(match: MatchId, player: PlayerId): void;

  /**
   * While a link is held nothing is written for it: for a client that has not taken the last message yet. Nothing queues
   * up; the next snapshot says how things are then.
   */
  wireHold(match: MatchId, player: PlayerId, held: boolean): void;

  /**
   * Whether a player's client is sent decoys: enemies who are not there, where the player cannot see them, whom an honest
   * client never draws. For players under suspicion. Nothing happens if no link is open; it ends with the player's leaving.
   */
  wireBait(match: MatchId, player: PlayerId, on: boolean): void;

  /** The decoy that a player's client is shown in the newest frame, if it is shown one. */
  wireDecoy(match: MatchId, player: PlayerId): WireDecoy | null;

  /**
   * Takes one message of a player's client.
   *
   * @throws `BAD_MESSAGE` naming the field, for bytes that are no message: nothing has changed then; `NOT_ALLOWED` if no
   * link is open; `INVALID_ARGUMENT` if `bytes` is no `Uint8Array`
   */
  wireReceive(match: MatchId, player: PlayerId, bytes: Uint8Array): WireReceived;

  /** What a link has done; `null` if none is open. */
  wireStats(match: MatchId, player: PlayerId): WireStats | null;

  /** Room that {@link World.wirePackets} needs after the last step. */
  wirePending(): WirePending;

  /**
   * All that the last step has to send, of all matches, for all clients: match by match, slot by slot; until the next
   * step. A row of {@link WIRE_COLUMNS} numbers for each message:
   *
   * | column | what |
   * | --- | --- |
   * | 0, 1 | match id, low and high 32 bits |
   * | 2 | player id |
   * | 3, 4 | where the message begins in `bytes`, and its length, bytes |
   *
   * @param bytes the messages, one behind the other
   * @param index in memory of its own
   * @returns messages written
   * @throws `INVALID_ARGUMENT` if one of the arrays is too short for all of them; nothing is lost then, the message says
   * what is needed, and so does {@link World.wirePending}
   */
  wirePackets(bytes: Uint8Array, index: Uint32Array): number;

  /**
   * Hash of everything that the match's future depends on, 16 hex digits. The same inputs give the same hash on every
   * machine and in every binding.
   */
  hash(match: MatchId): string;

  /** {@link GameMap.hash} of the map that the match is on. */
  mapHash(match: MatchId): string;

  /** Bytes of memory that the match takes for itself, the shared map not counted. */
  matchBytes(match: MatchId): number;

  /** The whole match as bytes, for {@link World.restore}. Bots' thoughts and events that wait are no part of it. */
  save(match: MatchId): Uint8Array;

  /**
   * Turns a match back into what was saved: players, ids, walls, scores, tick.
   *
   * @param bytes from {@link World.save} of a match on the same map, under the same rules and tick rate
   * @throws `BAD_SNAPSHOT` naming the part at fault; the match is as before then
   */
  restore(match: MatchId, bytes: Uint8Array): void;

  /**
   * Takes a snapshot of a match, to be turned back to: a copy in memory, without the checks that bytes need.
   *
   * @param into filled and given back, so that nothing is made
   */
  snapshot(match: MatchId, into?: Snapshot): Snapshot;

  /**
   * Turns a match back, or on, to a snapshot of it or of another match on the same map. Events and sounds that wait and
   * are of later ticks are taken back; open links begin a new epoch; bots' thoughts stay as they are.
   *
   * @throws `BAD_SNAPSHOT` for one of nothing, of other rules, tick rate or map; the match is as before then
   */
  rollback(match: MatchId, to: Snapshot): void;

  /**
   * Turns a match back and plays `ticks` ticks anew with these inputs; other matches stay where they are.
   *
   * @param inputs `count` records as of {@link World.pushInputs}, each with the tick, unsigned, in bytes 36..40: one more
   * than the match's tick when it was pushed. Ascending, after the snapshot's tick and at most `ticks` later. Byte 32 is not
   * looked at, so that records that were pushed can be kept and given their tick.
   * @throws `BAD_SNAPSHOT` as {@link World.rollback}; `NOT_ALLOWED` while clients are linked or the match is recorded;
   * `STALE_ID` for a player who is not in the snapshot; `INVALID_ARGUMENT` for a record of another match or out of order.
   * Nothing has changed then
   */
  resimulate(match: MatchId, from: Snapshot, ticks: number, inputs?: Uint8Array, count?: number): void;

  /**
   * Begins to write a match down. Nothing is written to a disk: {@link World.drainReplay} hands over the bytes. A recording
   * that begins before the first tick and before the first player is smaller.
   *
   * @throws `NOT_ALLOWED` if the match is being recorded; `INVALID_ARGUMENT` naming the option
   */
  record(match: MatchId, options?: RecordOptions): void;

  /** What the recording of a match has done so far; `null`: there is none. */
  recording(match: MatchId): RecordingStats | null;

  /**
   * Writes down what the host knows of a player, or of the match if `player` is left out, with the present tick.
   *
   * @param key 1 to 32 bytes of UTF-8
   * @param value at most 256 bytes; a recording takes 256 labels
   * @throws `NOT_ALLOWED` if the match is not being recorded
   */
  replayLabel(match: MatchId, player: PlayerId | undefined, key: string, value: string): void;

  /**
   * Hands over what has been finished since the last drain, a second of match time each. All that is drained, one behind
   * the other, and what {@link World.endRecording} gives is the file; a file that ends early is read up to its last whole
   * second.
   *
   * @param buffer at least as long as {@link RecordingStats.waiting}, at most {@link RecordOptions.limit}
   * @returns bytes written
   * @throws `NOT_ALLOWED` if the match is not being recorded; `INVALID_ARGUMENT` if the buffer is too short, and nothing is
   * lost then
   */
  drainReplay(match: MatchId, buffer: Uint8Array): number;

  /** Ends the recording of a match. @returns the rest of the file @throws `NOT_ALLOWED` if it is not being recorded */
  endRecording(match: MatchId): Uint8Array;

  /**
   * Watches a match's players for what no honest player does, from now on; anew if it is watched. Changes nothing in the
   * match or on the wire.
   *
   * @throws `INVALID_ARGUMENT` naming the field and its limit
   */
  guard(match: MatchId, options?: GuardOptions): void;

  /** Watches a match no more; evidence that waits is gone. */
  unguard(match: MatchId): void;

  /**
   * Leaves a player unwatched, or watches again: for bots and others whom the host drives.
   *
   * @throws `NOT_ALLOWED` if the match is not guarded
   */
  guardPlayer(match: MatchId, player: PlayerId, on: boolean): void;

  /** Evidence since the last drain, oldest first. None for a match that is not guarded. */
  drainEvidence(match: MatchId): EvidenceDrain;

  /** How a player stands; clear in a match that is not guarded. */
  standing(match: MatchId, player: PlayerId): PlayerStanding;

  /** How all players of a match stand, by slot. */
  standings(match: MatchId): PlayerStanding[];

  /**
   * Says where the decoy stands that a player's client alone is sent, or, without a place, that there is none: for hosts
   * that make their own. The wire says it by itself.
   *
   * @throws `NOT_ALLOWED` if the match is not guarded
   */
  setDecoy(match: MatchId, player: PlayerId, x?: number, y?: number): void;

  /** Ends all matches and frees everything now, not when the collector comes. Also for a world that has panicked. Every later call on it or its handles throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link World.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** A match at one moment, as a plain object: what {@link Match.view} gives. */
export interface MatchView {
  /** What calls of {@link World} take. */
  id: MatchId;
  /** Ticks played. */
  tick: number;
  /** Kills so far. */
  score: Score;
  /** Everybody in it, by slot. */
  players: PlayerView[];
  /** Everything in flight. */
  projectiles: ProjectileView[];
  /** All smoke. */
  clouds: CloudView[];
}

/** An input of {@link Player.input}. */
export interface PlayerInput {
  /** Buttons held, of {@link Button}, 0 to 65,535; default 0. */
  held?: number;
  /** Presses since the input before, 0 to 65,535; default 0. */
  taps?: number;
  /** Cursor, playfield px. */
  mouseX: number;
  /** Cursor, playfield px. */
  mouseY: number;
  /** Newest tick that the client had when it sampled this, 0 to 2^32 - 1; default 0: none. */
  ackTick?: number;
}

/**
 * A match with the world that it is in: the calls of {@link World} without the id, for code that is easier to read with an
 * object in hand. It holds two references and nothing else, so that a host may mix both ways, and make a handle whenever it
 * wants one. The buffers of many matches ({@link World.pushInputs}, {@link World.wirePackets}) are the world's.
 *
 * Methods throw `DISPOSED` after {@link Match.dispose}, and `STALE_ID` if the match was destroyed in another way.
 */
export class Match {
  /**
   * Makes a match, as {@link World.createMatch}.
   *
   * @throws as {@link World.createMatch}; `INVALID_ARGUMENT` if `world` is no {@link World}
   */
  constructor(world: World, map: GameMap, options?: MatchOptions);

  /**
   * A handle on a match that there is.
   *
   * @throws `STALE_ID`; `INVALID_ARGUMENT` if `world` is no {@link World}
   */
  static of(world: World, id: MatchId): Match;

  /** The world that it is in. */
  readonly world: World;

  /** What calls of {@link World} take. */
  readonly id: MatchId;

  /** Ticks played. */
  readonly tick: number;

  /** Bytes of memory that it takes for itself: {@link World.matchBytes}. */
  readonly bytes: number;

  /** Lets a player in: {@link World.addPlayer}. */
  addPlayer(options?: PlayerOptions): Player;

  /** Lets a bot in: {@link World.addBot}. */
  addBot(options?: BotOptions): Player;

  /**
   * A handle on a player who is there.
   *
   * @throws `STALE_ID`
   */
  player(id: PlayerId): Player;

  /** Handles on everybody in the match, by slot. */
  players(): Player[];

  /** The match as of the last tick, as a plain object. */
  view(): MatchView;

  /** Starts anew with the same players: {@link World.resetMatch}. */
  reset(seed?: number): void;

  /** Writes down what the host knows of the match: {@link World.replayLabel}. */
  replayLabel(key: string, value: string): void;

  /** Events since the last drain: {@link World.drainEvents}. */
  drainEvents(): GameEvent[];

  /** What players who are listened for have been told since the last drain: {@link World.drainTold}. */
  drainTold(): ToldEvent[];

  /** What players have heard since the last drain: {@link World.drainSounds}. */
  drainSounds(): HeardSound[];

  /** The same as bytes: {@link World.readSounds}. */
  readSounds(out: Uint8Array): number;

  /** Entries that wait to be drained: {@link World.pendingSounds}. */
  pendingSounds(): number;

  /** How a sound made at one point arrives at another: {@link World.soundBetween}. */
  soundBetween(kind: string, x1: number, y1: number, x2: number, y2: number): Arrival;

  /** Gain of a sound in every cell: {@link World.soundField}. */
  soundField(kind: string, x: number, y: number, out?: Float32Array): Float32Array;

  /** Everybody as rows of numbers: {@link World.readPlayers}. */
  readPlayers(out: Float32Array): number;

  /** Whether walls let a line of sight pass: {@link World.lineIsClear}. */
  lineIsClear(x1: number, y1: number, x2: number, y2: number): boolean;

  /** Smoke between two points: {@link World.smokeBetween}. */
  smokeBetween(x1: number, y1: number, x2: number, y2: number): number;

  /** Who sees whom: {@link World.sightMatrix}. */
  sightMatrix(): Uint8Array;

  /** Who knows whom: {@link World.knows}. */
  knows(): Uint8Array;

  /** Everything in flight: {@link World.projectiles}. */
  projectiles(): ProjectileView[];

  /** All smoke: {@link World.clouds}. */
  clouds(): CloudView[];

  /** Grows with every change of a slice: {@link World.wallsVersion}. */
  wallsVersion(): number;

  /** Health of every slice: {@link World.sliceHealth}. */
  sliceHealth(out?: Float32Array): Float32Array;

  /** Restores every slice: {@link World.repairWalls}. */
  repairWalls(): void;

  /** Takes everything out of the air: {@link World.clearProjectiles}. */
  clearProjectiles(): void;

  /** Hash of everything that the future depends on: {@link World.hash}. */
  hash(): string;

  /** Hash of the map: {@link World.mapHash}. */
  mapHash(): string;

  /** The whole match as bytes: {@link World.save}. */
  save(): Uint8Array;

  /** Back to what was saved: {@link World.restore}. */
  restore(bytes: Uint8Array): void;

  /** A copy in memory to turn back to: {@link World.snapshot}. */
  snapshot(into?: Snapshot): Snapshot;

  /** Back to a snapshot: {@link World.rollback}. */
  rollback(to: Snapshot): void;

  /** Back to a snapshot, and on with these inputs: {@link World.resimulate}. */
  resimulate(from: Snapshot, ticks: number, inputs?: Uint8Array, count?: number): void;

  /** Begins to write the match down: {@link World.record}. */
  record(options?: RecordOptions): void;

  /** What the recording has done: {@link World.recording}. */
  recording(): RecordingStats | null;

  /** Hands over what has been written: {@link World.drainReplay}. */
  drainReplay(buffer: Uint8Array): number;

  /** Ends the recording: {@link World.endRecording}. */
  endRecording(): Uint8Array;

  /** Watches for what no honest player does: {@link World.guard}. */
  guard(options?: GuardOptions): void;

  /** Watches no more: {@link World.unguard}. */
  unguard(): void;

  /** Evidence since the last drain: {@link World.drainEvidence}. */
  drainEvidence(): EvidenceDrain;

  /** How all players stand: {@link World.standings}. */
  standings(): PlayerStanding[];

  /** Kills so far, and whether it is over: {@link World.score}. */
  score(): Score;

  /** Destroys the match, if it is still there: {@link World.destroyMatch}. Every later call throws `DISPOSED`. */
  dispose(): void;

  /** {@link Match.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * A player with the match that he or she is in: the calls of {@link World} without the ids.
 *
 * Methods throw `DISPOSED` after {@link Player.dispose} or the match's, and `STALE_ID` if the player has left in another way.
 */
export class Player {
  private constructor();

  /** The match that the player is in. */
  readonly match: Match;

  /** What calls of {@link World} take. */
  readonly id: PlayerId;

  /** 0 to 7: the row and bit in {@link World.sightMatrix}. */
  readonly slot: number;

  /** The player as of the last tick, as a plain object. */
  view(): PlayerView;

  /**
   * Queues an input with the sequence number after the last one, which is this handle's, or the last one that was applied:
   * for hosts whose clients do not count. Of two handles on one player only one may do so.
   *
   * @returns its sequence number
   * @throws as {@link World.pushInput}
   */
  input(input: PlayerInput): number;

  /** Whether the player sees an enemy: {@link World.sees}. @throws `INVALID_ARGUMENT` for a player of another match */
  sees(target: Player): boolean;

  /** Makes the player what the host wants: {@link World.editPlayer}. */
  edit(edit: PlayerEdit): void;

  /** Kills the player at once: {@link World.killPlayer}. */
  kill(): void;

  /** Watches the player, or no more: {@link World.guardPlayer}. */
  watch(on: boolean): void;

  /** Changes sides: {@link World.setTeam}. */
  setTeam(team: TeamName): void;

  /** Changes what the player carries: {@link World.setLoadout}. */
  setLoadout(loadout: Loadout): void;

  /** Queues an input with a sequence number of the caller's: {@link World.pushInput}. */
  pushInput(sequence: number, held: number, taps: number, mouseX: number, mouseY: number, ackTick?: number): boolean;

  /** Presses buttons on the player's behalf: {@link World.tap}. */
  tap(buttons: number): void;

  /** Throws what is in hand: {@link World.throwItem}. */
  throwItem(chargeLevel: number): void;

  /** Puts a weapon into the player's hands: {@link World.giveWeapon}. */
  giveWeapon(weapon: string): void;

  /** What the player carries: {@link World.weapons}. */
  weapons(): WeaponView[];

  /** The outline of what the player sees: {@link World.polygon}. */
  polygon(out?: Float32Array): Float32Array;

  /** The tiles that the player sees: {@link World.tiles}. */
  tiles(out?: Uint8Array): Uint8Array;

  /** Whether {@link Match.drainTold} has what the player is told: {@link World.listen}. */
  listen(on?: boolean): void;

  /** Health of every slice as the player knows it: {@link World.knownSliceHealth}. */
  knownSliceHealth(out?: Float32Array): Float32Array;

  /** Grows with what the player knows of slices: {@link World.knownSlicesVersion}. */
  knownSlicesVersion(): number;

  /** Projectiles that the player knows: {@link World.knownProjectiles}. */
  knownProjectiles(): KnownProjectile[];

  /** Clouds with the player's numbers: {@link World.knownClouds}. */
  knownClouds(): CloudView[];

  /** Opens the player's link: {@link World.wireOpen}. */
  wireOpen(): void;

  /** Closes it: {@link World.wireClose}. */
  wireClose(): void;

  /** Holds it: {@link World.wireHold}. */
  wireHold(held: boolean): void;

  /** Sends decoys over it: {@link World.wireBait}. */
  wireBait(on: boolean): void;

  /** The decoy that is shown: {@link World.wireDecoy}. */
  wireDecoy(): WireDecoy | null;

  /** Takes a message of the player's client: {@link World.wireReceive}. */
  wireReceive(bytes: Uint8Array): WireReceived;

  /** What the link has done: {@link World.wireStats}. */
  wireStats(): WireStats | null;

  /** How the player stands: {@link World.standing}. */
  standing(): PlayerStanding;

  /** Says where the host's own decoy stands: {@link World.setDecoy}. */
  setDecoy(x?: number, y?: number): void;

  /** Writes down what the host knows of the player: {@link World.replayLabel}. */
  replayLabel(key: string, value: string): void;

  /** Lets a bot drive the player: {@link World.adoptBot}. */
  adoptBot(skill: number): void;

  /** Lets the bot go: {@link World.releaseBot}. */
  releaseBot(): boolean;

  /** Whether a bot drives the player: {@link World.isBot}. */
  isBot(): boolean;

  /** Lets the player go, if still there: {@link World.removePlayer}. Every later call throws `DISPOSED`. */
  dispose(): void;

  /** {@link Player.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** A player whom one knows in a frame. */
export interface WirePlayer {
  /** px, exact to 1/16. */
  x: number;
  /** px, exact to 1/16. */
  y: number;
  /** 1/256 turn clockwise from +x; 0 for oneself, who knows better. */
  facing: number;
  /** Percent of full health, rounded up. */
  health: number;
  /** In hand; `null`: none. */
  weapon: WeaponName | null;
  /** How the body moves. */
  gait: 'idle' | 'sneaking' | 'walking' | 'running';
  /** Aims down sights. */
  aiming: boolean;
  /** Has a body that can act. */
  alive: boolean;
  /** A reload is under way. */
  reloading: boolean;
  /** Cannot be hurt. */
  protected: boolean;
}

/** How a link begins: section 2.1 of `engine/src/net/PROTOCOL.md`, the rules by section 2.2. */
export interface WireWelcome {
  /** 0 to 3. */
  epoch: number;
  /** {@link GameMap.hash}. */
  map: string;
  /** 16 hex digits. */
  rulesHash: string;
  /** Frame in which it was sent. */
  frame: number;
  /** Ticks a second. */
  tickRate: number;
  /** Ticks a frame. */
  step: number;
  /** The player's own. */
  slot: number;
  /** Of the map. */
  slices: number;
  /** Kills that win. */
  killTarget: number;
  /** What a client needs to walk, look and draw by the same rules. */
  rules: {
    /** How bodies move. */
    movement: {
      /** px/s. */
      sneak: number;
      /** px/s. */
      walk: number;
      /** px/s. */
      run: number;
      /** Angle off the aim up to which running is running, radians; `null`: any. */
      runArc: number | null;
      /** Factor of the speed while aiming down sights. */
      aimSpeed: number;
      /** Nobody runs while aiming down sights. */
      aimStopsRun: boolean;
      /** Share of the speed that is left a tick after without input. */
      stop: number;
      /** px/s below which a body is idle. */
      idle: number;
    };
    /** Inputs that a player has time for, a second. */
    inputsPerSecond: number;
    /** What a player sees. */
    vision: {
      /** Full angle, radians. */
      cone: number;
      /** px. */
      distance: number;
      /** Seen whatever the facing, px. */
      close: number;
      /** How looking far off stretches sight; `null`: it does not. */
      look: {
        /** Distance of the cursor up to which nothing changes, px. */
        near: number;
        /** Distance of the cursor from which the stretch is full, px. */
        far: number;
        /** Sight distance at full stretch, px. */
        distance: number;
        /** Full angle at full stretch, radians. */
        cone: number;
      } | null;
    };
    /** Clouds of smoke. */
    smoke: {
      /** px, when it has expanded. */
      radius: number;
      /** ms. */
      lifeMs: number;
      /** ms, at the beginning. */
      expandMs: number;
      /** ms, at the end. */
      fadeMs: number;
      /** Highest opacity, 0 to 1. */
      density: number;
      /** Share of the opacity that is lost at the edge, 0 to 1. */
      edge: number;
      /** Optical depth at which a line of sight ends. */
      depth: number;
      /** Way for which opacity counts once, px. */
      unit: number;
    };
    /** Flashbangs. */
    flash: {
      /** Blind, disoriented, recovering at full intensity, ms. */
      phasesMs: number[];
      /** What being blind at full intensity takes from sight, hearing and movement, 0 to 1. */
      impair: number[];
    };
    /** Share of its speed that a thrown weapon keeps after a second on its way. */
    throwFriction: number;
    /** Lowest and highest cutoff of sounds, Hz. */
    cutoffHz: number[];
  };
}

/**
 * What happened once. By `type`: `sound` has `own`, `kind`, `gain` (1/255), `direction` (1/64 turn clockwise from +x, 0
 * for own ones), `cutoff` (0 to 63); `fired` `who`, `weapon`, `x`, `y`, `direction` (1/256 turn); `impact` `who`,
 * `weapon`, `what` (0 nothing, 1 wall, 2 body, 3 a body that is not told), `x`, `y`, `whose`; `hurt` `who`, `by`,
 * `weapon`, `points`; `died` `who`, `by`, `weapon`, `x`, `y`; `exploded` `who`, `weapon`, `x`, `y`; `bounced` `weapon`,
 * `x`, `y`; `thrown` `who`, `weapon`; `denied` `what` (0 an empty click, 1 too soon to fire, 2 too soon to respawn, 3
 * overheated). Players are slots, places px; `null`: not told.
 */
export interface WireMessage {
  /** Tick in which it happened. */
  tick: number;
  /** What happened. */
  type: 'sound' | 'fired' | 'impact' | 'hurt' | 'died' | 'exploded' | 'bounced' | 'thrown' | 'denied';
  [field: string]: unknown;
}

/** All that a client of the wire knows. Ticks are the match's. */
export interface WireState {
  /** How the link began. */
  welcome: WireWelcome;
  /** Newest frame taken. */
  frame: number;
  /** Tick of the newest frame. */
  tick: number;
  /** Lowest 8 bits of the number of the last input applied. */
  input: number;
  /** Inputs that held keys have stood in for. */
  ahead: number;
  /** By slot; `null`: not known in this frame. */
  players: (WirePlayer | null)[];
  /** Slices that are not as on the map: number, and level from 0 (whole) to 4 (gone). */
  levels: [number, number][];
  /** By slot. */
  scores: ({
    /** The player's side. */
    team: TeamName;
    /** Has a body that can act. */
    alive: boolean;
    /** Enemies killed. */
    kills: number;
    /** Times died. */
    deaths: number;
  } | null)[];
  /** Red's, blue's. */
  teamKills: [number, number];
  /** 0 red, 1 blue, 2 nobody; `null`: the match goes on. */
  winner: number | null;
  /** The own inventory: primary, secondary, support. */
  items: ({
    /** Which one. */
    weapon: WeaponName;
    /** In the magazine. */
    rounds: number;
    /** Besides. */
    reserve: number;
  } | null)[];
  /** The own hands. */
  hands: {
    /** Of what is in them, 0 to 4. */
    place: number;
    /** Level of charge of a throw, 0 to 5. */
    charge: number;
    /** Tick in which the reload ends; 0: none. */
    reloadEnd: number;
    /** Of the machine gun at `heatTick`, percent. */
    heat: number;
    /** See `heat`. */
    heatTick: number;
    /** Tick in which an overheated gun fires again; 0: it does. */
    silenceEnd: number;
  };
  /** The own life. */
  life: {
    /** First tick in which one can be hurt; 0: already. */
    protectedUntil: number;
    /** Dead: tick from which a respawn is granted; `null`: alive. */
    respawnAt: number | null;
    /** Slot of who killed one; `null`: nobody, or not told. */
    killer: number | null;
  };
  /** The flash that one suffers from; `null`: none. */
  flash: {
    /** Tick in which it went off. */
    tick: number;
    /** 0 to 1. */
    intensity: number;
  } | null;
  /** Those known in flight, as recorded at their `tick`. */
  projectiles: {
    /** The player's own number for it. */
    number: number;
    /** What it was launched or thrown from. */
    weapon: WeaponName;
    /** Launched by the own team. */
    ownTeam: boolean;
    /** px. */
    x: number;
    /** px. */
    y: number;
    /** px/s. */
    vx: number;
    /** px/s. */
    vy: number;
    /** As of which it is told. */
    tick: number;
  }[];
  /** All smoke. */
  clouds: {
    /** The player's own number for what it rose from. */
    number: number;
    /** px. */
    x: number;
    /** px. */
    y: number;
    /** Tick in which it rose. */
    born: number;
  }[];
  /** The last request answered; `null`: none. */
  answer: {
    /** Of the request. */
    number: number;
    /** 0 done, 1 not now, 2 not allowed by the rules. */
    result: number;
  } | null;
  /** The own motion to the bit, if asked for. */
  exact: {
    /** As of which it is told. */
    tick: number;
    /** px. */
    x: number;
    /** px. */
    y: number;
    /** px/s. */
    vx: number;
    /** px/s. */
    vy: number;
  } | null;
  /** Of the newest snapshot, oldest first. */
  messages: WireMessage[];
}

/**
 * The reference client of the wire (`engine/src/net/PROTOCOL.md`): takes a host's messages and makes a client's. For bots,
 * load tests, and tests of other clients. About 8 KB, and a byte for each slice of the map, whatever comes.
 */
export class WireClient {
  /** One that knows nothing yet. */
  constructor();

  /** Bytes of memory that it takes. */
  readonly memory: number;

  /**
   * Takes one message of the host. `ignored`: of another epoch, repeated, overtaken, or against a base that is not there.
   *
   * @throws `BAD_MESSAGE` naming the field; nothing has changed then
   */
  receive(bytes: Uint8Array): 'welcome' | 'snapshot' | 'farewell' | 'ignored';

  /** All that is known; `null` before the first welcome. */
  state(): WireState | null;

  /**
   * Makes an input: 1/60 s of the player's time, sent by every {@link WireClient.write} until a snapshot confirms it.
   *
   * @param held buttons held, 0 to 65,535
   * @param taps presses since the input before, 0 to 65,535
   * @param mouseX cursor, playfield px
   * @param mouseY cursor, playfield px
   * @returns its number, from 1 in every epoch
   */
  input(held: number, taps: number, mouseX: number, mouseY: number): number;

  /** Asks for a loadout, and for a side if one is named, until an answer comes. @returns the number of the request */
  requestLoadout(loadout: Loadout, team?: TeamName): number;

  /** Asks for a respawn until an answer comes. @returns the number of the request */
  requestRespawn(): number;

  /** Asks for {@link WireState.exact} until it comes. */
  requestExact(): void;

  /**
   * The message that is to be sent now; no bytes before the first welcome.
   *
   * @param view ticks between the newest frame and what the player saw at the last input, 0 to 4,095; default 0
   */
  write(view?: number): Uint8Array;

  /** Frees its memory now, not when the collector comes. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link WireClient.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** One who plays in a scene: options for {@link World.addBot}. */
export interface SceneRole extends Required<BotOptions> {
  /** What the bot carries. */
  loadout: {
    /** Rifle and the like. */
    primary: WeaponName;
    /** Pistol and the like. */
    secondary: WeaponName;
    /** At most 3 slots together. */
    support: WeaponName[];
  };
}

/** A scene as data, for hosts that build it with their own calls. */
export interface SceneScript {
  /** Name of a built-in map, which is read finely. */
  map: string;
  /** Of the match. */
  seed: number;
  /** Of the match. Whoever plays on when it is over begins it anew, with the seed after the match's own. */
  killTarget: number;
  /** Of the world, ticks a second. */
  tickRate: number;
  /** Of the world. */
  rules: 'standard' | 'legacy';
  /** In the order in which they join. */
  roles: SceneRole[];
}

/**
 * Plays a scene of the project and gives the hash of its match, 16 hex digits: the same in every binding. Takes the
 * calling thread for as long as that lasts.
 *
 * @param ticks of 1/60 s, 0 to 2^32 - 1
 * @throws `UNKNOWN_NAME` with the names there are
 */
export function runScene(name: string, ticks: number): string;

/** @throws `UNKNOWN_NAME` with the names there are */
export function sceneScript(name: string): SceneScript;

/** Names for {@link runScene} and {@link sceneScript}. */
export function sceneNames(): string[];

/** Version of the engine, the same in every binding. */
export const version: string;

/**
 * The processors that the loaded binary was compiled for: `x86-64-v3`, or any of an architecture, as `x86_64` and `aarch64`.
 * It is chosen when the package is loaded; all play the same to the bit.
 */
export const builtFor: string;

/** A match as it was between two ticks: {@link World.snapshot}, {@link World.rollback}. Used again and again it allocates nothing. */
export class Snapshot {
  /** Of nothing yet. */
  constructor();

  /** Tick of the match it is of; 0 for one of nothing. */
  readonly tick: number;

  /** Bytes of memory that it takes; the collector knows of them. */
  readonly bytes: number;

  /** Frees its memory now, not when the collector comes. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link Snapshot.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** Something that a host wants to find in a recording again. */
export interface ReplayLabel {
  /** Slot of the player it is about; `null`: the match. */
  slot: number | null;
  /** 1 to 32 bytes of UTF-8. */
  key: string;
  /** At most 256 bytes of UTF-8. */
  value: string;
}

/** How a match is written down. */
export interface RecordOptions {
  /** Seconds of match time from one keyframe to the next, 1 to 3,600; default 300. More often: quicker seeks, a larger file. */
  keyframeSeconds?: number;
  /** Bytes that may wait to be drained, 65,536 to 2^30; default 262,144. A recording that would exceed them stops. */
  limit?: number;
  /** At most 128: a key of 1 to 32 bytes, a value of at most 256; without a slot, of the match. */
  labels?: {
    /** 1 to 32 bytes of UTF-8. */
    key: string;
    /** At most 256 bytes of UTF-8. */
    value: string;
    /** 0 to 7, of the player it is about; left out: the match. */
    slot?: number;
  }[];
}

/** What a recording has done and takes. */
export interface RecordingStats {
  /** Ticks written down. */
  ticks: number;
  /** Operations written down, inputs included. */
  ops: number;
  /** Of them, inputs. */
  inputs: number;
  /** Bytes of whole parts so far, drained or waiting. */
  total: number;
  /** Bytes that wait to be drained. */
  waiting: number;
  /** Bytes of memory that it takes. */
  memory: number;
  /** It has stopped by itself: more than {@link RecordOptions.limit} bytes waited, or 16,384 operations between two ticks. */
  stopped: boolean;
}

/** What stands at the beginning of a recording, and how it ends. */
export interface ReplayInfo {
  /** Of the format. */
  version: number;
  /** Number of the simulation; one of another can be read and not played. */
  simulation: number;
  /** Version of the engine that wrote it. */
  engine: string;
  /** Ticks a second. */
  tickRate: number;
  /** The match's when the recording began. */
  seed: number;
  /** Kills that win. */
  killTarget: number;
  /** Name of the rule set. */
  rules: string;
  /** 16 hex digits. */
  rulesHash: string;
  /** {@link GameMap.hash} of the map. */
  mapHash: string;
  /** The match's tick when the recording began; the recording's count on from there. */
  firstTick: number;
  /** Tick of the last whole second, or of the end. */
  lastTick: number;
  /** Ticks from one keyframe to the next. */
  keyframeTicks: number;
  /** Ticks of the keyframes; the first is where it begins. */
  keyframes: number[];
  /** Those given at the beginning. */
  labels: ReplayLabel[];
  /** It has its end mark. */
  complete: boolean;
  /** Bytes after the last whole part; 0 if complete. */
  lostBytes: number;
  /** Of the file. */
  bytes: number;
}

/** A second of a recording. */
export interface ReplaySecond {
  /** Tick of the recording at its end. */
  tick: number;
  /** {@link World.hash} then; `null` where the match was restored before it could be taken. */
  hash: string | null;
}

/** What has been done to a match, inputs left out. */
export interface ReplayEntry {
  /** The first tick of the recording that can see it. */
  tick: number;
  /**
   * `join`: `slot`, `team`, `loadout`, `spawn`; `leave`, `kill`: `slot`; `team`: `slot`, `team`; `loadout`: `slot`, `loadout`;
   * `give`: `slot`, `weapon`; `tap`: `slot`, `buttons`; `throw`: `slot`, `level`; `edit`: `slot`, `edit`; `reset`: `seed`;
   * `label`: `key`, `value` and, if of a player, `slot`; `repair`: the walls; `clear`: all in the air; `restored`: the whole
   * state was replaced.
   */
  type: 'join' | 'leave' | 'team' | 'loadout' | 'give' | 'kill' | 'tap' | 'throw' | 'repair' | 'clear' | 'edit' | 'reset' | 'label' | 'restored';
  /** Whom it concerns, 0 to 7. */
  slot?: number;
  /** The side joined or changed to. */
  team?: TeamName;
  /** What the player was given to carry. */
  loadout?: Loadout;
  /** Placed at once. */
  spawn?: boolean;
  /** What the player was given. */
  weapon?: WeaponName;
  /** Buttons pressed on the player's behalf. */
  buttons?: number;
  /** Level of charge. */
  level?: number;
  /** Which of {@link PlayerEdit}. */
  edit?: PlayerEdit['type'];
  /** The match's from then on. */
  seed?: number;
  /** Of the label. */
  key?: string;
  /** Of the label. */
  value?: string;
}

/** Where a recording and what became of it part. */
export interface Divergence {
  /** Tick at the end of the first second that differs. */
  tick: number;
  /** Tick at which both were last the same. */
  good: number;
  /** Hash in the file. */
  expected: string;
  /** Hash that was computed. */
  found: string;
}

/** How {@link Replay.verify} reports. */
export interface VerifyOptions {
  /** Called on this thread with the ticks played so far. */
  onProgress?: (ticks: number) => void;
}

/** What {@link Replay.verify} has found. */
export interface Verified {
  /** Ticks played. */
  ticks: number;
  /** Hashes compared. */
  hashes: number;
  /** The first second that differs; `null`: none. */
  divergence: Divergence | null;
}

/** A recording that has been read: every part is whole. */
export class Replay {
  private constructor();

  /**
   * Finds all parts of a recording and checks their sums. The bytes are copied. A file that ends in the middle of a part is
   * not damaged: {@link ReplayInfo.complete}.
   *
   * @throws `BAD_REPLAY` naming part, place and tick
   */
  static open(bytes: Uint8Array): Replay;

  /** What stands at its beginning, and how it ends. */
  info(): ReplayInfo;

  /** Its seconds, in their order. */
  seconds(): ReplaySecond[];

  /**
   * Who came and went, what the host did, labels.
   *
   * @throws `BAD_REPLAY` for operations that are damaged
   */
  timeline(): ReplayEntry[];

  /**
   * Plays all of it on all cores and compares every hash; returns when it is done.
   *
   * @param options `onProgress` is called on this thread with the ticks played so far, out of
   * {@link ReplayInfo.lastTick} less {@link ReplayInfo.firstTick}; what it throws is thrown when the threads have ended
   * @throws `BAD_REPLAY` for another map or simulation, and for damage; `UNKNOWN_NAME` for a rule set that this engine has not
   */
  verify(map: GameMap, options?: VerifyOptions): Verified;

  /**
   * Makes a match of the recording's beginning in a world of the same rules and tick rate.
   *
   * @throws `BAD_REPLAY` as {@link Replay.verify}, and for another tick rate; `WORLD_FULL`
   */
  begin(world: World, map: GameMap): Playback;

  /** Frees its memory now, not when the collector comes; playbacks that began keep what they need. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link Replay.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * A recording being played in a match of its own, which may be looked at as any other. Every call takes the world that it
 * began in.
 */
export class Playback {
  private constructor();

  /** The match that it plays in. It stays until {@link World.destroyMatch}. */
  readonly match: MatchId;

  /** Tick of the recording that was played, or fed, last. */
  readonly tick: number;

  /** The first second played whose hash differs; `null`: none. */
  readonly divergence: Divergence | null;

  /**
   * Plays one tick of this match alone.
   *
   * @returns false: the recording has ended
   * @throws `BAD_REPLAY` for damage; `STALE_ID` if the match is gone
   */
  step(world: World): boolean;

  /**
   * Does what was done before the next tick; to be followed by {@link World.step} and {@link Playback.check}. For many
   * recordings in one world: feed all, step once, check all.
   *
   * @returns false: the recording has ended
   */
  feed(world: World): boolean;

  /** After the step that follows {@link Playback.feed}: compares the hash where the recording has one. */
  check(world: World): void;

  /**
   * Goes to a tick of the recording, forwards or back.
   *
   * @throws `INVALID_ARGUMENT` for a tick that is not in the recording
   */
  seek(world: World, tick: number): void;

  /** Frees its memory now, not when the collector comes. Its match stays until {@link World.destroyMatch}. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link Playback.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** A kind of evidence. What is measured, its unit and its limit stand at `Kind` of the engine's documentation. */
export type EvidenceKindName =
  | 'speed'
  | 'jump'
  | 'input flood'
  | 'message flood'
  | 'byte flood'
  | 'bad messages'
  | 'future ack'
  | 'backward ack'
  | 'cursor'
  | 'chord'
  | 'click rate'
  | 'click rhythm'
  | 'hidden aim'
  | 'hidden track'
  | 'hidden shot'
  | 'reaction'
  | 'trigger'
  | 'snap'
  | 'lock'
  | 'decoy'
  | 'position';

/** How a match is watched. */
export interface GuardOptions {
  /** What no honest client exceeds. */
  limits?: {
    /** Share by which an honest client's clock may be fast, 0 to 0.1; default 0.005. */
    drift?: number;
    /** Seconds that a client may come to be ahead, 0.1 to 10; default 0.5. */
    slackS?: number;
    /** Times that the host pushes each input at most, 1 to 16; default 1. */
    repeats?: number;
    /** Messages a second, 20 to 1,000; default 90. */
    messagesPerS?: number;
    /** Bytes of messages a second, 100 to 1,000,000; default 8,000. */
    bytesPerS?: number;
    /** Presses of the trigger a second, 5 to 60; default 15. */
    clicksPerS?: number;
  };
  /** What is advised at which score. */
  policy?: {
    /** What a piece of a kind adds to the score, by its grade, 0 to 100; default 0.5. */
    weights?: Partial<Record<EvidenceKindName, number>>;
    /** Seconds in which what a kind has added halves, 1 to 86,400; default 120, of statistical kinds 300. */
    halfLivesS?: Partial<Record<EvidenceKindName, number>>;
    /** Scores from which on something is advised, ascending; `Infinity`: never. Defaults 0.4, 1, 3 and 10. */
    suspect?: number;
    /** See `suspect`. */
    flag?: number;
    /** See `suspect`. */
    kick?: number;
    /** See `suspect`. */
    ban?: number;
    /** Whether what is merely improbable counts for kicks and bans; default no. */
    kickOnStatistics?: boolean;
    /** See `kickOnStatistics`. */
    banOnStatistics?: boolean;
  };
}

/** A piece of evidence. */
export interface Evidence {
  /** Of whom. */
  player: PlayerId;
  /** Tick after which, or in which, it was found. */
  tick: number;
  /** Of what. */
  kind: EvidenceKindName;
  /** What was measured; unit by kind. */
  value: number;
  /** The limit it is held against; same unit. */
  limit: number;
  /** How much it says, above 0 to 1. */
  grade: number;
}

/** What {@link World.drainEvidence} gives. */
export interface EvidenceDrain {
  /** Oldest first. */
  evidence: Evidence[];
  /** Pieces that were lost because more than 64 waited; those still count. */
  lost: number;
}

/** How a player stands. Acting on it is the host's business. */
export interface PlayerStanding {
  /** Who. */
  player: PlayerId;
  /** The gravest that the policy has advised so far. */
  verdict: 'clear' | 'suspect' | 'flag' | 'kick' | 'ban';
  /** Now, of evidence of all kinds. */
  score: number;
  /** Of kinds that are not statistical. */
  certain: number;
  /** Pieces so far. */
  evidence: number;
  /** The kind that weighs most now. */
  worst: EvidenceKindName | null;
  /** Tick in which the player was first flagged; 0: not yet. */
  flagTick: number;
  /** Suspect, and not flagged yet: {@link World.wireBait}. */
  wantsDecoy: boolean;
}

/** What a client says of its place. */
export interface PositionClaim {
  /** Centre of the body, px. */
  x: number;
  /** Centre of the body, px. */
  y: number;
  /** The client's clock, ms, from any moment on; finite. */
  timeMs: number;
  /** How it says it moves. */
  movement: 'idle' | 'sneaking' | 'walking' | 'running';
}

/** What a claim is worth. */
export interface CheckedPosition {
  /** Where the body may be taken to stand: as claimed, or as far towards it as it can have come. */
  x: number;
  /** See {@link CheckedPosition.x}. */
  y: number;
  /** `null`: the claim stands. */
  fault: 'outside' | 'speed' | 'teleport' | 'wall' | 'dead' | null;
  /** Of the kind `position`, if there is a fault; it is not in {@link World.standing}. */
  evidence: Evidence | null;
}

/** What a {@link PositionGuard} allows. */
export interface PositionGuardOptions {
  /** Share by which a way may be longer than its gait allows, 0 to 1; default 0.1. */
  tolerance?: number;
  /** px for rounding, 0 to 10; default 0.5. */
  rounding?: number;
  /** Seconds of the client's time that can be saved up, 0.1 to 10; default 2. */
  savedS?: number;
}

/**
 * Judges positions that clients claim, for hosts that accept them; one for each match. Better is not to: the engine moves
 * bodies by inputs.
 */
export class PositionGuard {
  /** @throws `INVALID_ARGUMENT` naming the option and its limit */
  constructor(options?: PositionGuardOptions);

  /**
   * Judges a claim by the match as of its last tick. The first of a player, or of a life, is held against where the engine
   * has the body. Coordinates that are no numbers of the playfield, NaN among them, are faults and not errors.
   */
  check(world: World, match: MatchId, player: PlayerId, claim: PositionClaim): CheckedPosition;

  /** Forgets a player's claims, as after the host has moved the body. */
  forget(player: PlayerId): void;

  /** Forgets all claims. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link PositionGuard.dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** What is thought of a player. Keep both numbers as they are. */
export interface Rating {
  /** Skill, points, within 10,000 of 0; 400 points are ten wins to one. */
  value: number;
  /** How far the skill may be off, one standard deviation, points, 0 to 10,000; Elo knows none. */
  deviation: number;
}

/** A team, or a single player, and where it came in. */
export interface TeamResult {
  /** 1: the first, to 8. Equal places are a draw. */
  place: number;
  /** At most 8 players in all teams together. */
  members: Rating[];
}

/** What a rating system is made with; points. */
export type RatingOptions =
  | {
      /** How sure it is counts: a Bayesian approximation (Weng and Lin). Default. */
      system?: 'weng-lin';
      /** Value of a newcomer, -5,000 to 5,000; default 1,500. */
      newcomer?: number;
      /** Deviation of a newcomer, 10 to 5,000; default 200. */
      deviation?: number;
      /** Luck in a single player's result, 100 to 5,000; default 122.8, by which 400 points are ten to one. */
      beta?: number;
      /** How luck grows with a team's size, 0 to 1; default 1/2. */
      growth?: number;
      /** What a pair among n teams is worth, (n - 1)^-crowd, 0 to 1; default 1/2. */
      crowd?: number;
      /** How far skill drifts with a match, 0 to 500; default 5. */
      drift?: number;
      /** How far skill drifts in a day without one, 0 to 500; default 10. */
      rest?: number;
    }
  | {
      /** One number a player, after Arpad Elo. */
      system: 'elo';
      /** Value of a newcomer, -5,000 to 5,000; default 1,500. */
      newcomer?: number;
      /** The most that a match moves a player of equal teams, 1 to 400; default 32. */
      k?: number;
    };

/**
 * Ratings by results, of 2 to 8 teams with at most 8 players together. Ratings out of range, NaN among them, and empty teams
 * are refused with `INVALID_ARGUMENT`.
 */
export class RatingSystem {
  /** Default: Weng-Lin, which knows how sure it is of each player. */
  constructor(options?: RatingOptions);

  /** Which system. */
  readonly name: 'weng-lin' | 'elo';

  /** The rating of a player who has not played. */
  newcomer(): Rating;

  /** Rates a finished match. @returns new ratings in the same order; those given stay as they are */
  rate(teams: TeamResult[]): Rating[][];

  /** The chance of each team to be first; they sum to 1. */
  winChances(teams: Rating[][]): number[];

  /** How even a match would be: 0, decided before it begins, to 1. */
  quality(teams: Rating[][]): number;

  /** The rating after days without a match, 0 to 36,525: less sure, but with Elo. */
  rest(rating: Rating, days: number): Rating;

  /** What to show and to rank by: Elo's value, or Weng-Lin's less three deviations. */
  points(rating: Rating): number;

  /** Places of 2 to 8 teams by their kills: the most is first, equals share a place. */
  static places(kills: number[]): number[];
}

/**
 * A host's number for a ticket, player or match, 0 to 2^64 - 1: a string of decimal digits, or a whole number up to
 * 2^53 - 1. What the queue hands out is always a string.
 */
export type QueueId = string | number;

/** A way to play: how many in two teams. */
export interface QueueMode {
  /** 1 to 32 bytes of UTF-8, no other mode's. */
  name: string;
  /** Players of a match at least, 2 to `most`. Default 2. */
  least?: number;
  /** Players of a full match: 2, 4, 6 or 8. Default 8. */
  most?: number;
}

/**
 * What a match must be like, by how long the ticket has waited that it is made for; `w` is that in seconds.
 *
 * - rating away from its own, points: `spread + doubt * deviation + spreadPerS * w`
 * - chance of the favourite: `favourite + favouritePerS * w`, at most 1
 * - ping above the own best, ms, for everybody by the own waiting: `pingMs + pingPerS * w`
 * - players: the mode's most until `fullMs`, falling evenly to the mode's least at `smallMs`
 *
 * From `patienceMs` on, and for a ticket with priority at once, everybody of its mode in any region that both reach will do,
 * the nearest by rating first.
 */
export interface QueuePolicy {
  /** How ratings predict results. Default: Weng-Lin with its defaults. */
  rating?: RatingOptions;
  /** Points that ratings may be apart at once, 0 to 20,000. Default 100. */
  spread?: number;
  /** Points more for each second of waiting, 0 to 20,000. Default 20. */
  spreadPerS?: number;
  /** How many deviations of the ticket's own rating come on top, 0 to 10. Default 0.5. */
  doubt?: number;
  /** Predicted chance of the likelier team at most, at once, 0.5 to 1. Default 0.6. */
  favourite?: number;
  /** The same for each second of waiting, 0 to 1. Default 0.01. */
  favouritePerS?: number;
  /** Milliseconds of ping above the own best region's at once, 0 to 10,000. Default 30. */
  pingMs?: number;
  /** Milliseconds of ping more for each second of waiting, 0 to 10,000. Default 5. */
  pingPerS?: number;
  /** Milliseconds of waiting until which only a full match will do, 0 to `smallMs`. Default 5,000. */
  fullMs?: number;
  /** Milliseconds of waiting from which on the mode's least will do, to `patienceMs`. Default 15,000. */
  smallMs?: number;
  /** Milliseconds of waiting from which on everybody will do, 0 to 30,000. Default 25,000. */
  patienceMs?: number;
  /** Players by which teams may differ for who has no patience left, 0 to 3. Default 3. */
  uneven?: number;
}

/** What a {@link MatchQueue} is made with. */
export interface MatchQueueOptions {
  /** 1 to 64. Default: `standard` of 2 to 8. */
  modes?: QueueMode[];
  /** Names of 1 to 8 regions, 1 to 32 bytes of UTF-8 each. Default: `local`. */
  regions?: string[];
  /** What makes a match good enough, and when. */
  policy?: QueuePolicy;
  /** Tickets at most, 1 to 65,536. Default 16,384. */
  maxTickets?: number;
  /** Running matches with open slots at most, 0 to 16,384. Default 4,096. */
  maxOffers?: number;
  /** Bytes of the log that may wait to be drained, at least 4,096; 0, the default: no log. A log that would exceed it stops. */
  logLimit?: number;
}

/** A player and what is thought of them; the rating's value is kept to 1/256 point. */
export interface QueueMember {
  /** Who. */
  player: QueueId;
  /** What is thought of the player, by the system of {@link RatingSystem}. */
  rating: Rating;
}

/** A party that wants to play. */
export interface QueueTicket {
  /** Of no other ticket that waits. Among tickets of the same time the lowest comes first. */
  id: QueueId;
  /** Name of one of the queue's modes. Default: the first. */
  mode?: string;
  /**
   * By name of region the ping of the party's worst off, ms, above 0 to 9,999, rounded up. A region that is left out, or 0,
   * is out of reach; one at least is not.
   */
  pings: Record<string, number>;
  /** 1 to 4 players, at most a team of the mode, who play on one team. */
  players: QueueMember[];
  /** When it began to wait, ms, by the clock that {@link MatchQueue.form} is given: a whole number from 0. */
  enqueuedMs: number;
  /** To the front, and in a match by the next form call if anybody is there: for those whose server was lost. Default false. */
  priority?: boolean;
  /** Would join a match that is running. Default false. */
  backfill?: boolean;
  /** At most 8 players with or against whom none of the party plays. */
  blocks?: QueueId[];
}

/** Open slots of a running match. */
export interface QueueOffer {
  /** The match. A second offer of the same match takes the place of the first. */
  id: QueueId;
  /** Name of one of the queue's modes. Default: the first. */
  mode?: string;
  /** Name of one of the queue's regions. */
  region: string;
  /** Open slots of each team; with its players at most a team of the mode; one at least is open. */
  free: {
    /** Red's. */
    red: number;
    /** Blue's. */
    blue: number;
  };
  /** Who plays for red; together with blue at least one does. */
  red: QueueMember[];
  /** Who plays for blue. */
  blue: QueueMember[];
}

/** A player's place in a match. */
export interface FormedSeat {
  /** The ticket that the player came with. */
  ticket: string;
  /** Who. */
  player: string;
  /** The side to play for. */
  team: TeamName;
  /** How long the ticket waited. */
  waitedMs: number;
}

/** A match to be held, or players for one that is being held. */
export interface FormedMatch {
  /** Name of the mode. */
  mode: string;
  /** Where the worst ping is lowest. */
  region: string;
  /** The running match whose open slots these players take; `null`: a new one. */
  running: string | null;
  /** Predicted chance that red wins, 0 to 1, of everybody in the match. */
  chance: number;
  /** Highest less lowest rating of everybody in the match, points. */
  spread: number;
  /** The new players, in the order of their slots: red's first, parties side by side. */
  seats: FormedSeat[];
}

/** How much of a queue is taken, and what it has done since it was made. */
export interface QueueStats {
  /** Tickets that wait. */
  tickets: number;
  /** Their players. */
  players: number;
  /** Offers with an open slot. */
  offers: number;
  /** Form calls. */
  forms: number;
  /** New matches. */
  matches: number;
  /** Tickets that joined a running match. */
  backfills: number;
  /** Bytes of the log that wait to be drained. */
  logWaiting: number;
}

/** What has been handed over of a log. */
export interface QueueLogPart {
  /** What has been written since the last drain; all of them, one after the other, are the log. */
  bytes: Uint8Array;
  /** Bytes of the log so far, these included. */
  total: number;
  /** More than the limit would have waited: the log has ended before that call. What was written is whole. */
  stopped: boolean;
}

/** A log played again. */
export interface QueueReplay {
  /** Every match, with the time of its form call. */
  matches: {
    /** What `form` was called with. */
    nowMs: number;
    /** What it gave. */
    match: FormedMatch;
  }[];
  /** {@link MatchQueue.hash} after the last call. */
  hash: string;
  /** After the last call. */
  stats: QueueStats;
  /** Calls in the log. */
  calls: number;
  /** Bytes at its end that are no whole record, for its host died or still writes. */
  lost: number;
}

/**
 * Who plays with whom: tickets in, matches of two fair teams out. It reads no clock; the same calls give the same matches, in
 * whatever order tickets of the same time were added, on every platform.
 *
 * Once a ticket's patience is over, it is in a match by the end of the next {@link form} call, if that finds another ticket of
 * the same mode that reaches a region that it reaches and that neither blocks. So nobody waits longer than
 * {@link QueuePolicy.patienceMs} and the time between two calls, if anybody is there.
 *
 * Every refused call throws an `Error` with a `code` and changes nothing.
 */
export class MatchQueue {
  /** @throws `INVALID_ARGUMENT` naming the field and its limit */
  constructor(options?: MatchQueueOptions);

  /**
   * The queue as it was after the last call of a log, for a host that was ended; it keeps no log itself.
   *
   * @throws `BAD_REPLAY` as {@link MatchQueue.replay}
   */
  static restore(log: Uint8Array): MatchQueue;

  /**
   * Plays a log again and compares every form call.
   *
   * @throws `BAD_REPLAY` naming part and byte: no log, another version, damage, or matches that are not those of the log
   */
  static replay(log: Uint8Array): QueueReplay;

  /**
   * A ticket begins to wait.
   *
   * @throws `INVALID_ARGUMENT` naming field and limit; `ALREADY_QUEUED` if its id or one of its players waits, naming the other
   * ticket; `QUEUE_FULL`
   */
  add(ticket: QueueTicket): void;

  /** A ticket waits no more. @returns false: it did not wait, or is in a match already */
  cancel(ticket: QueueId): boolean;

  /** New pings of a ticket, as {@link QueueTicket.pings}. @throws `STALE_ID` for one that does not wait */
  updatePings(ticket: QueueId, pings: Record<string, number>): void;

  /**
   * Open slots of a running match, or what has become of them: say so again whenever somebody leaves or has joined. Slots that
   * form calls have given away are no longer in it.
   *
   * @throws `INVALID_ARGUMENT` naming field and limit; `QUEUE_FULL`
   */
  offer(offer: QueueOffer): void;

  /** No more open slots of this match. @returns false: there was no offer, or it has been filled */
  withdraw(running: QueueId): boolean;

  /**
   * The matches that can be made now, the longest waiting first; their tickets wait no more.
   *
   * @param nowMs the host's clock, by which tickets were enqueued: a whole number from 0
   */
  form(nowMs: number): FormedMatch[];

  /** Whether a ticket waits. */
  waits(ticket: QueueId): boolean;

  /** The ticket with which a player waits; `null`: none. */
  ticketOf(player: QueueId): string | null;

  /** The open slots that are left of an offer; `null`: none. */
  free(running: QueueId): QueueOffer['free'] | null;

  /** What it has done so far, and what waits. */
  stats(): QueueStats;

  /** Of all matches formed so far, in order, 16 hexadecimal digits: queues with the same hash have formed the same. */
  hash(): string;

  /** What has been written of the log since the last drain: nothing if the queue keeps none. */
  drainLog(): QueueLogPart;

  /** Frees its memory now, not when the collector comes. Every later call throws `DISPOSED`. Harmless the second time. */
  dispose(): void;

  /** {@link MatchQueue.dispose}, for `using`. */
  [Symbol.dispose](): void;
}
