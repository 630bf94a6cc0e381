import type { CloudView, KnownProjectile, PlayerId, PlayerView, TeamName, WeaponName, WeaponView } from './engine.js';
import type { Acquaintance } from './knowledge.js';
import { type V2 } from './numbers.js';
export interface LegacyWeapon {
    id: string;
    type: string;
    currentAmmo: number;
    reserveAmmo: number;
    maxAmmo: number;
    maxReserve: number;
    damage: number;
    fireRate: number;
    reloadTime: number;
    isReloading: boolean;
    lastFireTime: number;
    accuracy: number;
    range: number;
}
export interface LegacyScore {
    id: string;
    name: string;
    team: TeamName;
    kills: number;
    deaths: number;
    isAlive: boolean;
}
export interface LegacyPlayer extends LegacyScore {
    position: V2;
    rotation: number;
    scale: V2;
    velocity: V2;
    health: number;
    armor: number;
    weaponId: string;
    weapons: Record<string, LegacyWeapon>;
    movementState: PlayerView['movement'];
    isADS: boolean;
    lastDamageTime: number;
    lastProcessedInput: number;
    deathTime: number | null;
    respawnTime: number | null;
    invulnerableUntil: number;
    killerId: string | null;
    transform: {
        position: V2;
        rotation: number;
        scale: V2;
    };
}
export interface LegacyVision {
    type: 'polygon';
    polygon: V2[];
    viewAngle: number;
    viewDirection: number;
    viewDistance: number;
    position: V2;
    fogOpacity: number;
}
export interface LegacyProjectile {
    id: string;
    position: V2;
    velocity: V2;
    type: string;
    ownerId: string | null;
    damage: number;
    timestamp: number;
    range: number;
    traveledDistance: number;
    isExploded: false;
    explosionRadius: number;
    chargeLevel: number;
    /** Milliseconds from the throw; null: none, or unknown to the receiver. */
    fuseTime: number | null;
}
export interface LegacySmoke {
    id: string;
    position: V2;
    radius: number;
    maxRadius: number;
    createdAt: number;
    duration: number;
    expansionTime: number;
    density: number;
    maxDensity: number;
    windDirection: 0;
    windSpeed: 0;
    driftPosition: V2;
    type: 'smoke';
}
/** What the pages of a state are written from. */
export interface Roll {
    readonly msPerTick: number;
    epochMs(tick: number): number;
    legacyId(player: PlayerId): string | null;
    weapons(player: PlayerId): WeaponView[];
}
/** Who a player is to a host of today's protocol, beside what the engine shows. */
export interface Person {
    /** What clients call the player: a socket's id, or the host's name for a bot. */
    readonly memberId: string;
    readonly name: string;
    /** Tick of the last shot per weapon. */
    readonly lastShot: ReadonlyMap<WeaponName, number>;
}
export interface Presence {
    seat: Person;
    view: PlayerView;
    acquaintance: Acquaintance;
}
export declare function playerEntry({ seat, view, acquaintance }: Presence, roll: Roll): LegacyPlayer | LegacyScore;
export declare function weaponEntries(seat: Person, view: PlayerView, acquaintance: Acquaintance, roll: Roll): Record<string, LegacyWeapon>;
/** What one receiver calls a projectile. Each counts for themselves: see {@link KnownProjectile.number}. */
export declare function projectileName(number: number): string;
/**
 * A projectile as the receiver may know it. Whoever did not see it leave the thrower sees a thing in flight and no more:
 * its age, its charge and the way behind it would tell where an unseen enemy stands.
 */
export declare function projectileEntry(known: KnownProjectile, tick: number, roll: Roll): LegacyProjectile;
/** `view.number` is the receiver's own. */
export declare function smokeEntry(view: CloudView, roll: Roll): LegacySmoke;
export declare function visionEntry(view: PlayerView, polygon: Float32Array): LegacyVision;
/** An entry of `players`, written once for all receivers to whom the player is known in the same way. */
export interface PlayerPage {
    /** `"id":{...}` */
    readonly json: string;
    /** Belongs to `visiblePlayers` too. */
    readonly isVisible: boolean;
}
export declare function playerPage(presence: Presence, roll: Roll): PlayerPage;
/** The parts of a state, each as the receiver may know it. */
export interface StateParts {
    own: PlayerView;
    players: readonly PlayerPage[];
    polygon: Float32Array;
    /** JSON of the full set; undefined where nothing is to be sent of them. */
    walls: string | undefined;
    projectiles: LegacyProjectile[];
    smokeZones: LegacySmoke[];
    tick: number;
    tickRate: number;
}
/**
 * A `game:state` as JSON. Put together from pages that are written once and kept, because most of a state is the same
 * as in the last one or in the next player's.
 */
export declare function stateJson(parts: StateParts, roll: Roll): string;
