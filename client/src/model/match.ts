import { DEFAULT_FOG_OPACITY, DEFAULT_KILL_TARGET, EARLIEST_RESPAWN_MS, type Team } from '../core/rules';
import type {
  GameState,
  MatchEnded,
  PlayerBody,
  PlayerDied,
  PlayerDamaged,
  PlayerState,
  WeaponState,
} from '../net/protocol';
import { ServerClock } from './clock';
import { FlashEye } from './flash';
import { Hearing } from './hearing';
import { HeatGauge } from './heat';
import { HurtSigns } from './hurt';
import { OwnShots } from './ownShots';
import { ProjectileSet } from './projectiles';
import { SmokeSet } from './smoke';
import { Follower, Track, type PoseTrack } from './track';
import { WallSet } from './walls';

/** Local ms that a player who went out of sight takes to fade. */
export const FADE_MS = 300;
const FEED_LENGTH = 5;
/** Local ms */
const FEED_LIFE = 7000;

/** One player of the match, seen or not. Kept while the server lists them. */
export class MatchPlayer {
  name = '';
  team: Team = 'red';
  kills = 0;
  deaths = 0;
  alive = true;
  /** Dealt to others, as far as this client was told: a hit that nobody here may know of is not in it. */
  damage = 0;
  /** The newest state had a position, and the one before it. */
  seen = false;
  wasSeen = false;
  /** Local ms of the newest state with a position; -Infinity for never. */
  lastSeen = Number.NEGATIVE_INFINITY;
  /** The newest body told; null for one never seen. */
  body: PlayerBody | null = null;

  constructor(
    readonly id: string,
    public track: PoseTrack,
  ) {}

  /** 0 to 1, for drawing. */
  visibility(localMs: number): number {
    if (this.seen) return 1;
    const gone = localMs - this.lastSeen;
    return gone >= FADE_MS ? 0 : 1 - gone / FADE_MS;
  }
}

export interface FeedLine {
  readonly key: number;
  readonly killer: string;
  readonly killerTeam: Team | null;
  readonly victim: string;
  readonly victimTeam: Team;
  readonly weaponType: string;
  readonly isTeamKill: boolean;
  readonly involvesOwn: boolean;
  /** Local ms */
  readonly at: number;
}

/** How the own last life ended. */
export interface OwnDeath {
  /** Empty: by the own hand, or nobody's. */
  readonly killer: string;
  readonly killerTeam: Team | null;
  readonly weaponType: string;
  readonly isTeamKill: boolean;
}

export interface ReloadState {
  readonly weaponType: string;
  /** Local ms */
  readonly startedAt: number;
  readonly endsAt: number;
}

const NO_WEAPONS: readonly WeaponState[] = [];

/**
 * What this player knows of the match. Pure: no clock of its own, no network, no drawing. `localMs` is a monotonic
 * local time, the same everywhere.
 */
export class MatchModel {
  ownId = '';
  readonly clock = new ServerClock();
  readonly walls = new WallSet();
  readonly players = new Map<string, MatchPlayer>();
  readonly ownFollower = new Follower();
  readonly projectiles = new ProjectileSet();
  readonly smoke = new SmokeSet();
  readonly flash = new FlashEye();
  readonly heat = new HeatGauge();
  readonly hurt = new HurtSigns();
  readonly hearing = new Hearing();
  readonly ownShots = new OwnShots();
  /** x, y, x, y, ...; empty before the first state. */
  visionPolygon: Float32Array = new Float32Array(0);
  fogOpacity = DEFAULT_FOG_OPACITY;
  killTarget = DEFAULT_KILL_TARGET;
  /** States taken in since the match was entered. */
  stateCount = 0;
  result: MatchEnded | null = null;
  feed: FeedLine[] = [];
  reload: ReloadState | null = null;
  ownDeath: OwnDeath | null = null;
  /** Server epoch ms before which a respawn was refused; 0 when none was. */
  respawnDeniedUntil = 0;
  readonly score: Record<Team, number> = { red: 0, blue: 0 };

  private newTrack: () => PoseTrack = () => new Track();
  private feedKey = 0;
  private lastStateTime = 0;
  /** By weapon type; events tell of a shot before the next state does. */
  private readonly ammoSinceState = new Map<string, number>();
  /** By weapon type: local ms until which the server fires it no more. */
  private readonly cooling = new Map<string, number>();

  get own(): MatchPlayer | null {
    return this.players.get(this.ownId) ?? null;
  }

  get ownBody(): PlayerBody | null {
    return this.own?.body ?? null;
  }

  /** The weapon in hand; null for a dead or unequipped player. */
  get ownWeapon(): WeaponState | null {
    const body = this.ownBody;
    if (!body) return null;
    return body.weapons.find((weapon) => weapon.type === body.weaponId) ?? null;
  }

  get ownAmmo(): number {
    const weapon = this.ownWeapon;
    if (!weapon) return 0;
    return this.ammoOf(weapon);
  }

  /** In the order of the keys. */
  get ownWeapons(): readonly WeaponState[] {
    return this.ownBody?.weapons ?? NO_WEAPONS;
  }

  ammoOf(weapon: WeaponState): number {
    return this.ammoSinceState.get(weapon.type) ?? weapon.currentAmmo;
  }

  /** Share of the time between two shots that is still to pass, 0 to 1. */
  cooldown(weapon: WeaponState, localMs: number): number {
    const until = this.cooling.get(weapon.type);
    if (until === undefined || weapon.fireRate <= 0) return 0;
    return Math.min(1, Math.max(0, ((until - localMs) * weapon.fireRate) / 60_000));
  }

  applyState(state: GameState, localMs: number): void {
    this.clock.observe(state.timestamp, localMs);
    this.stateCount += 1;
    const stale = state.timestamp < this.lastStateTime && this.lastStateTime - state.timestamp < 5000;
    if (state.walls) this.walls.replace(state.walls);
    // On request or joining, a state can overtake the 20 Hz one; an older picture of players helps nobody.
    if (stale) return;
    this.lastStateTime = state.timestamp;

    for (const player of this.players.values()) player.seen = false;
    for (const entry of state.players) this.applyPlayer(entry, state.timestamp, localMs);
    if (state.players.length < this.players.size) {
      for (const id of this.players.keys()) {
        if (!state.players.some((entry) => entry.id === id)) this.players.delete(id);
      }
    }
    this.score.red = 0;
    this.score.blue = 0;
    for (const player of this.players.values()) this.score[player.team] += player.kills;

    this.projectiles.states(state.projectiles, state.timestamp);
    this.smoke.states(state.smoke);
    if (state.vision) {
      this.visionPolygon = state.vision.polygon;
      this.fogOpacity = state.vision.fogOpacity;
    }
    this.ammoSinceState.clear();
    const weapon = this.ownWeapon;
    if (this.reload && weapon && (weapon.type !== this.reload.weaponType || !weapon.isReloading)) {
      // The event announces a reload up to one state before the first state that shows it.
      if (localMs - this.reload.startedAt > 200) this.reload = null;
    } else if (!this.reload && weapon?.isReloading) {
      this.reload = { weaponType: weapon.type, startedAt: localMs, endsAt: localMs + weapon.reloadTime };
    }
  }

  /** How players' ways are kept from now on; those kept so far are in another source's time. */
  useTracks(newTrack: () => PoseTrack): void {
    this.newTrack = newTrack;
    for (const player of this.players.values()) {
      player.track = newTrack();
      const { body } = player;
      if (body) player.track.push(this.lastStateTime, body.x, body.y, body.rotation);
    }
  }

  removePlayer(id: string): void {
    this.players.delete(id);
  }

  shotFired(playerId: string, weaponType: string, ammoRemaining: number | null, localMs: number): void {
    if (playerId !== this.ownId) return;
    if (ammoRemaining !== null) this.ammoSinceState.set(weaponType, ammoRemaining);
    this.cool(weaponType, localMs);
  }

  /** The own gun fires, and the host has yet to say so. */
  shotPulled(weaponType: string, localMs: number): void {
    const weapon = this.ownWeapons.find(({ type }) => type === weaponType);
    if (weapon) this.ammoSinceState.set(weaponType, Math.max(0, this.ammoOf(weapon) - 1));
    this.cool(weaponType, localMs);
  }

  private cool(weaponType: string, localMs: number): void {
    const rate = this.ownWeapons.find((weapon) => weapon.type === weaponType)?.fireRate ?? 0;
    if (rate > 0) this.cooling.set(weaponType, localMs + 60_000 / rate);
  }

  /** @param nextFireTime epoch ms of the server's clock */
  rateLimited(weaponType: string, nextFireTime: number, localMs: number): void {
    const wait = nextFireTime - this.clock.at(localMs);
    if (wait > 0 && wait < 60_000) this.cooling.set(weaponType, localMs + wait);
  }

  weaponSwitched(playerId: string): void {
    // A switch cancels the reload.
    if (playerId === this.ownId) this.reload = null;
  }

  /** Counts a hit for the one who dealt it. */
  damaged(event: PlayerDamaged): void {
    if (event.sourcePlayerId === event.playerId) return;
    const source = this.players.get(event.sourcePlayerId);
    if (source) source.damage += Math.max(0, event.damage);
  }

  reloadStarted(playerId: string, weaponType: string, duration: number, localMs: number): void {
    if (playerId !== this.ownId) return;
    this.reload = { weaponType, startedAt: localMs, endsAt: localMs + duration };
  }

  reloadEnded(playerId: string, weaponType: string, currentAmmo: number): void {
    if (playerId !== this.ownId) return;
    this.reload = null;
    this.ammoSinceState.set(weaponType, currentAmmo);
  }

  playerDied(event: PlayerDied, localMs: number): void {
    const victim = this.players.get(event.playerId);
    if (!victim) return;
    victim.alive = false;
    const killer = event.killerId === event.playerId ? undefined : this.players.get(event.killerId);
    this.feed.push({
      key: (this.feedKey += 1),
      killer: killer?.name ?? '',
      killerTeam: killer?.team ?? null,
      victim: victim.name,
      victimTeam: victim.team,
      weaponType: event.weaponType || event.damageType,
      isTeamKill: event.isTeamKill,
      involvesOwn: event.playerId === this.ownId || event.killerId === this.ownId,
      at: localMs,
    });
    if (this.feed.length > FEED_LENGTH) this.feed.shift();
    if (event.playerId === this.ownId) {
      this.ownDeath = {
        killer: killer?.name ?? '',
        killerTeam: killer?.team ?? null,
        weaponType: event.weaponType || event.damageType,
        isTeamKill: event.isTeamKill,
      };
      this.reload = null;
      this.respawnDeniedUntil = 0;
      this.heat.reset();
      this.cooling.clear();
    }
  }

  playerRespawned(playerId: string): void {
    const player = this.players.get(playerId);
    if (!player) return;
    player.alive = true;
    player.track.clear();
    if (playerId !== this.ownId) return;
    this.ownDeath = null;
    this.ownFollower.clear();
    this.flash.reset();
    this.heat.reset();
    this.hurt.clear();
    this.cooling.clear();
  }

  respawnDenied(remainingMs: number, localMs: number): void {
    this.respawnDeniedUntil = this.clock.at(localMs) + remainingMs;
  }

  /** ms until the server grants a respawn, as far as the client knows; 0 when it should now. */
  respawnWait(localMs: number): number {
    const body = this.ownBody;
    if (!body) return 0;
    const earliest = Math.max(body.deathTime > 0 ? body.deathTime + EARLIEST_RESPAWN_MS : 0, this.respawnDeniedUntil);
    return Math.max(0, earliest - this.clock.at(localMs));
  }

  /** ms until the respawn time that the server shows; 0 when past. */
  respawnShown(localMs: number): number {
    const body = this.ownBody;
    return body ? Math.max(0, body.respawnTime - this.clock.at(localMs)) : 0;
  }

  pruneFeed(localMs: number): void {
    while (this.feed.length > 0 && localMs - this.feed[0]!.at > FEED_LIFE) this.feed.shift();
  }

  /** Red's players then blue's, best first. */
  standings(): MatchPlayer[] {
    return [...this.players.values()].sort(
      (a, b) =>
        (a.team === b.team ? 0 : a.team === 'red' ? -1 : 1) ||
        b.kills - a.kills ||
        a.deaths - b.deaths ||
        b.damage - a.damage ||
        (a.name < b.name ? -1 : 1),
    );
  }

  /** Before the next match of the lobby, or after a lost connection. The kill target stays. */
  reset(): void {
    this.players.clear();
    this.walls.clear();
    this.ownFollower.clear();
    this.projectiles.clear();
    this.smoke.clear();
    this.flash.reset();
    this.heat.reset();
    this.hurt.clear();
    this.hearing.clear();
    this.ownShots.clear();
    this.cooling.clear();
    this.visionPolygon = new Float32Array(0);
    this.stateCount = 0;
    this.result = null;
    this.feed = [];
    this.ownDeath = null;
    this.reload = null;
    this.respawnDeniedUntil = 0;
    this.score.red = 0;
    this.score.blue = 0;
    this.lastStateTime = 0;
    this.ammoSinceState.clear();
  }

  private applyPlayer(entry: PlayerState, serverMs: number, localMs: number): void {
    let player = this.players.get(entry.id);
    if (!player) {
      player = new MatchPlayer(entry.id, this.newTrack());
      this.players.set(entry.id, player);
    }
    player.name = entry.name;
    player.team = entry.team;
    player.kills = entry.kills;
    player.deaths = entry.deaths;
    player.alive = entry.isAlive;
    if (!entry.body) {
      player.wasSeen = false;
      return;
    }
    // Where one went out of sight and where one came back are not joined by a way, but for a moment's.
    if (!player.wasSeen && localMs - player.lastSeen > FADE_MS) player.track.clear();
    player.wasSeen = true;
    player.seen = true;
    player.lastSeen = localMs;
    player.body = entry.body;
    player.track.push(serverMs, entry.body.x, entry.body.y, entry.body.rotation);
    if (entry.id === this.ownId) this.ownFollower.target(entry.body.x, entry.body.y, localMs);
  }
}
