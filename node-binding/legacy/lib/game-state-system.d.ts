/// <reference lib="esnext.disposable" preserve="true" />
import { type WeaponConfig } from './armoury.js';
import { type DestructionStats, type LegacyWall } from './catalogue.js';
import { type TeamName } from './engine.js';
import { type LivePlayer } from './live-player.js';
import { type V2 } from './numbers.js';
import { type Refusal } from './refusals.js';
import { type LegacyPlayer, type LegacyProjectile, type LegacyScore, type LegacySmoke, type LegacyVision, type LegacyWeapon } from './state.js';
import { type WallSet } from './walls.js';
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
/**
 * One lobby's match behind the surface that today's backend calls: a `GameRoom` makes one of these in place of its own
 * simulation object, and goes on as before. The engine plays by its `legacy` rules on a coarse reading of the map.
 *
 * Nothing that comes from a client throws: what does not fit is refused, changes nothing and is counted in
 * {@link GameStateSystem.refusals}. Only {@link GameStateSystem.createPlayer} throws, for an id that is none and for a
 * ninth player, and everything does where the environment names a map that cannot be played.
 */
export declare class GameStateSystem {
    #private;
    /**
     * @param _physics the backend's physics object; the engine has its own
     * @param options beside what the backend gives
     */
    constructor(_physics?: unknown, options?: SystemOptions);
    /**
     * Loads the map that `MAP_FILE` or `LOAD_MAP` names, `maps/NAME.png` under the working folder, or a built-in one if
     * neither is set, and makes the match. Whatever is called before does so first.
     *
     * @throws {MapFileError} the promise's, naming the variable, what was tried and what to do
     */
    initialize(): Promise<void>;
    /**
     * Lets a player in, placed at a spawn of the smaller team, with rifle and pistol. One who is in already stays.
     *
     * @throws `INVALID_ARGUMENT` for an id that is not 1 to 64 characters; `MATCH_FULL` for a ninth; `NOT_ALLOWED` after
     * {@link GameStateSystem.destroy}
     */
    createPlayer(id: string): LivePlayer;
    /** The player's live view, the same for as long as the player is in; undefined: nobody has this id. */
    getPlayer(id: string): LivePlayer | undefined;
    /** All players' live views by id; the same `Map` always. Players come and go by the calls for it alone. */
    getPlayers(): Map<string, LivePlayer>;
    /** Lets a player go. Kills stay in the match; what the view read last stays in it. False: nobody has this id. */
    removePlayer(id: string): boolean;
    /** Takes a client's `player:input`. One without `sequence` is the next. */
    handlePlayerInput(id: string, input: unknown): void;
    /** Takes a client's `weapon:fire`, with its `playerId`: one pull of the trigger, from the player's own place and facing. */
    handleWeaponFire(event: unknown): ActionResult;
    /** The older name of {@link GameStateSystem.handleWeaponFire}. */
    handlePlayerShoot(id: string, data?: unknown): ActionResult;
    handleWeaponReload(id: string): ActionResult;
    handleWeaponSwitch(id: string, toWeapon: unknown): ActionResult;
    /** Takes a client's `grenade:throw`, with its `playerId`: throws what is in hand, if that can be thrown. */
    handleGrenadeThrow(event: unknown): ActionResult;
    /** Places a player at a spawn of the own team at once, dead or alive, with the whole loadout. Null: nobody has this id. */
    respawnPlayerAtTeamSpawn(id: string): RespawnPayload | null;
    /** Grants a respawn to one who has been dead for long enough. Null: not dead, too early, or nobody has this id. */
    respawnPlayer(id: string): RespawnPayload | null;
    /** The team's spawn farthest from the nearest living enemy, px; for what is no team, of all spawns. */
    findSafeSpawnPoint(team: unknown): V2;
    /** Kills a player, to nobody's credit. False: not alive, or nobody has this id. */
    debugKillPlayer(id: string): boolean;
    /**
     * Plays the ticks that have become due, 60 a second. After a stall an update makes up for a second at most; what is due
     * beyond that is given up, and `clock` says how much. A time that is not finite, or below 0, counts for nothing.
     *
     * @param deltaMs milliseconds since the last update
     */
    update(deltaMs: number): void;
    /**
     * What has happened since the last call, whole: who did it and where, whoever may know. Sent to all it tells of players
     * who are neither seen nor heard, as today's backend does; {@link GameStateSystem.getEventsFor} tells each what that
     * player may know. The newest 4,096 are kept.
     */
    getPendingEvents(): PendingEvent[];
    /**
     * What a player has been told since the last call: what that player may know, in words that fit what the player's
     * states say. From the first call on, so that it is best called once when the player comes in. The newest 1,024 are kept.
     */
    getEventsFor(id: string): PendingEvent[];
    /** {@link GameStateSystem.getFullGameState}; the backend has two names for it. */
    getState(): FullGameState;
    /**
     * What one player may know, ready to be sent as `game:state`. To be read only: entries of players and walls are shared
     * with the states of others who know as much.
     * Null: nobody has this id.
     */
    getFilteredGameState(id: string, options?: FilteredStateOptions): FilteredGameState | null;
    /** Everything about everybody: for the host alone, and not to be sent to players. */
    getFullGameState(): FullGameState;
    /** The match anew with the same players: walls whole, kills and deaths 0, everybody at a spawn. What waits to be told is dropped. */
    resetAllState(): Promise<void>;
    /** Whole walls, and everybody knows it. Whoever stands where one will be is placed at a spawn of the own team. */
    resetWallsFromMap(): Promise<void>;
    /** Figures of weapons, and weapons for a player's `weapons`. */
    getWeaponSystem(): {
        getWeaponConfig(type: unknown): WeaponConfig | undefined;
        createWeapon(type: unknown, config?: unknown): LegacyWeapon | undefined;
    };
    /** What flies, whoever may know of it. */
    getProjectileSystem(): {
        getProjectiles(): LegacyProjectile[];
        clear(): void;
    };
    /** Walls as they are, whoever may know of it. */
    getDestructionSystem(): {
        getDestructionStats(): DestructionStats;
        getWalls(): Map<string, Readonly<LegacyWall>>;
    };
    /** Frees the match. From now on there is nobody in it, nothing happens, and only `createPlayer` throws. */
    destroy(): void;
    [Symbol.dispose](): void;
    /** How often something was refused, and what and why the last time. */
    get refusals(): {
        readonly count: number;
        readonly last: Refusal | undefined;
    };
    /** Ticks played, and ticks given up because a host was late by more than a second; events that nobody fetched in time. */
    get clock(): {
        tick: number;
        ticksGivenUp: number;
        eventsLost: number;
    };
    /** Name of the map; undefined before {@link GameStateSystem.initialize}. */
    get mapName(): string | undefined;
    /** Bytes of the engine's memory that the match takes, the shared map not counted; 0 once destroyed. */
    get matchBytes(): number;
}
