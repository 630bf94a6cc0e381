import { EARLIEST_RESPAWN_MS, SLICES_PER_WALL, weaponInfo } from '../core/rules';
import { LOWEST_CUTOFF, OPEN_CUTOFF, SOUND_KINDS } from '../core/sounds';
import type { MatchModel } from '../model/match';
import { GONE, KnownSlices, MapGeometry, type MapFile } from '../predict/geometry';
import { DrawClock, Interpolation } from '../predict/interpolation';
import { Movement } from '../predict/movement';
import { Prediction } from '../predict/prediction';
import { Trigger } from '../predict/trigger';
import { coneOf, Sightline, Visibility, type Cone } from '../predict/visibility';
import {
  AS_THE_MAP, Button, EventType, Gait, NO_WEAPON, PER_PX, RecordType, SLOTS, StateBit, weaponName, weaponNumber, WireReceiver, WireSender,
  type Flight, type WireMessage,
} from '../wire';
import type {
  EquipRequest, FlashPhases, GameState, HeardSound, MovementState, PlayerBody, PlayerInput, PlayerState, ProjectileState, ServerEventName,
  ServerEvents, SmokeState, Vec2, WallState, WeaponState,
  WireRosterEntry,
} from './protocol';

/** ms of the host's clock at tick 0: times of 0 mean "never" to the model. */
const EPOCH_MS = 1_000_000;
/** ms that a respawn is shown later than it is granted, as today's servers do. */
const SHOWN_LATER_MS = 2000;
/** Health that a damage level stands for, of 100: the middle of its range. */
const LEVEL_HEALTH = [100, 65, 40, 15, 0] as const;
const GAITS: readonly MovementState[] = ['idle', 'sneaking', 'walking', 'running'];
const PELLETS = weaponNumber('shotgun');
const FIRST_THROWN = weaponNumber('grenade');
const TURN = 2 * Math.PI;
/** px; and ms of a fuse. */
const BLAST: Readonly<Record<string, number>> = { grenade: 40, grenadelauncher: 40, rocket: 50, smokegrenade: 60, flashbang: 120 };
const FUSE: Readonly<Record<string, number>> = { grenade: 3000, grenadelauncher: 3000, smokegrenade: 2000, flashbang: 1500 };
/**
 * Inputs that go up together while nothing changes: 20 messages a second. While the trigger is held, 30: a shot is aimed by
 * the newest input that has come.
 */
const INPUTS_A_MESSAGE = 3;
const INPUTS_A_MESSAGE_FIRING = 2;
/** Shots that wait for the next frame; a page that draws none forgets them. */
const FIRED_MOST = 16;
/** ms without a message up after which whatever comes down is answered by one without inputs: a hidden page makes none. */
const SILENT_MS = 100;
/** ms after the own death in which the event that tells of it may still come. */
const DEATH_TOLD_MS = 700;
/** ticks in which something that hit or blew up explains a slice that breaks, and px. */
const CAUSE_TICKS = 20;
const CAUSES = 16;
const CAUSE_PX = 14;
/** ticks in which what was remembered of the walls is told anew, after a link opened: nothing breaks then. */
const SETTLING_TICKS = 60;

export type Emit = <K extends ServerEventName>(event: K, payload: ServerEvents[K]) => void;

/** What of the binary protocol the drawing needs beyond the events: once a frame. */
export interface PlayView {
  /** True from the first state on. */
  readonly isLive: boolean;
  /** Takes over what the model leaves to the stream: own place, tracks, score, the outline of what is seen. */
  frame(match: MatchModel, localMs: number, elapsedMs: number, inputShare: number, mouseX: number, mouseY: number): void;
  /** Host ms at which others are drawn. */
  drawnMs(localMs: number): number;
  /** Types of the weapons that inputs have fired, before the host says so; who shows them empties it. */
  readonly fired: string[];
}

/**
 * The match of one binary connection, as events of today's protocol: the scenes, the model and the HUD are fed by
 * either. What today's protocol has no words for (the own predicted place, the outline of what is seen, other players'
 * tracks in the host's time) is in {@link WirePlay.frame}. No network and no clock of its own.
 */
export class WirePlay implements PlayView {
  readonly receiver = new WireReceiver();
  readonly sender = new WireSender(this.receiver);
  prediction: Prediction | null = null;
  /** Called for a message that is to go up; the bytes are overwritten by the next. */
  onMessage: ((bytes: Uint8Array) => void) | null = null;
  /** Called with the content hash of a map that a welcome names and that is not at hand: nothing goes on without it. */
  onMapWanted: ((hash: string) => void) | null = null;
  readonly fired: string[] = [];

  private geometry: MapGeometry | null = null;
  private slices: KnownSlices | null = null;
  private visibility: Visibility | null = null;
  private sightline: Sightline | null = null;
  private clock = new DrawClock(50);
  private roster: readonly WireRosterEntry[] = [];
  private live = false;
  private toldWalls = false;
  private frameMs = 50;
  private tickMs = 1000 / 60;
  private firstTick = 0;

  private wasDead = false;
  private deathToldTick = Number.NEGATIVE_INFINITY;
  private deadSinceTick = 0;
  private wasAlive = 0;
  private wasHot = false;
  private reloadTold = 0;
  private flashTold = -1;
  private readonly generation = new Uint32Array(64);
  private readonly wasThere = new Uint8Array(64);
  private readonly bornTick = new Float64Array(64);
  /** Ids of what flies no more, for the model. */
  private readonly ended: string[] = [];
  private readonly causes = Array.from({ length: CAUSES }, () => ({ x: 0, y: 0, radius: 0, tick: Number.NEGATIVE_INFINITY }));
  private nextCause = 0;

  private readonly trigger = new Trigger();
  private held = 0;
  private taps = 0;
  private sinceMessage = 0;
  private lastMessageMs = Number.NEGATIVE_INFINITY;
  private tracksFor: MatchModel | null = null;
  private readonly cone: Cone = { distance: 0, angle: 0 };
  private readonly shown = { x: 0, y: 0 };
  /** Place, aim, cone's reach and angle, version of the slices that the outline at hand was made of; version -1: none is. */
  private readonly outlined = new Float64Array(6).fill(-1);
  /** By number of the flight; see {@link WirePlay.flyOn}. At most as many as there are numbers. */
  private readonly flyers: ProjectileTold[] = [];
  private readonly flying: ProjectileTold[] = [];
  /** Ids of the flights' present generations, by number: made once for each. */
  private readonly flightIds: (string | undefined)[] = [];

  constructor(
    /** The id under which the server knows this client. */
    private readonly ownId: () => string,
    private readonly emit: Emit,
  ) {
    this.sender.onAnswer = (what, answer) => {
      if (what.type !== 'loadout' || answer !== 'done') return;
      const weapons = [what.primary, what.secondary, ...what.support].map(weaponName).filter(Boolean);
      this.emit('weapon:equipped', { weapons, currentWeapon: weapons[0] ?? '' });
    };
  }

  get isLive(): boolean {
    return this.live;
  }

  /** The map that a welcome asked for; without it nothing is shown. */
  setMap(file: MapFile): void {
    this.geometry = new MapGeometry(file);
    this.slices = new KnownSlices(this.geometry);
    this.visibility = new Visibility(this.slices);
    this.sightline = new Sightline(this.slices);
    this.begin();
  }

  setRoster(roster: readonly WireRosterEntry[]): void {
    this.roster = roster;
  }

  /**
   * One message down.
   *
   * @throws WireError for bytes that break the protocol; nothing has changed then
   */
  take(bytes: Uint8Array, localMs: number): void {
    const taken = this.receiver.take(bytes);
    if (taken === 'welcome') {
      this.begin();
      this.sendMessage(localMs);
    } else if (taken === 'snapshot') {
      this.clock.observe(this.ms(this.receiver.state.tick), localMs);
      this.sender.heard();
      this.follow();
    }
    // Also what is dropped is answered: it may be that an acknowledgement was lost.
    if (localMs - this.lastMessageMs > SILENT_MS) this.sendMessage(localMs);
  }

  /** An input of the player, 60 a second. */
  input(input: PlayerInput, localMs: number): void {
    if (!this.receiver.welcome) return;
    const held = heldOf(input);
    const { mouse } = input;
    // What is held at two samples but was pressed in between is a press that no edge shows.
    if (mouse.leftPressed && (this.held & Button.FIRE) !== 0) this.taps |= Button.FIRE;
    if (mouse.rightPressed && (this.held & Button.AIM) !== 0) this.taps |= Button.AIM;
    const urgent = held !== this.held || this.taps !== 0;
    const pressed = (held & ~this.held) | this.taps;
    this.held = held;
    const made = this.sender.push(held, this.taps, mouse.x, mouse.y);
    this.taps = 0;
    this.prediction?.push(made);
    if (this.live) this.pull(made.sequence, held, pressed);
    if (this.prediction) this.sender.wantsExact = this.prediction.wantsExact;
    this.sinceMessage += 1;
    const together = (held & Button.FIRE) !== 0 ? INPUTS_A_MESSAGE_FIRING : INPUTS_A_MESSAGE;
    if (urgent || this.sinceMessage >= together) this.sendMessage(localMs);
  }

  /** The place of a weapon that there is no key for. */
  switchTo(type: string): void {
    const place = this.receiver.state.places.findIndex(({ weapon }) => weaponName(weapon) === type);
    if (place >= 0) this.taps |= Button.SLOT1 << place;
  }

  respawn(): void {
    this.sender.ask({ type: 'respawn' });
  }

  equip({ primary, secondary, support }: EquipRequest): void {
    this.sender.ask({
      type: 'loadout', primary: weaponNumber(primary), secondary: weaponNumber(secondary), support: support.map(weaponNumber), team: 2,
    });
  }

  /** Tells of everything again: the model has forgotten it. */
  retell(): void {
    this.toldWalls = false;
    this.tracksFor = null;
    this.forgetOutline();
  }

  drawnMs(localMs: number): number {
    return this.clock.drawn(localMs);
  }

  frame(match: MatchModel, localMs: number, elapsedMs: number, inputShare: number, mouseX: number, mouseY: number): void {
    const { prediction, visibility, receiver } = this;
    const { welcome, state } = receiver;
    if (!this.live || !welcome || !prediction || !visibility || !this.slices) return;
    if (this.tracksFor !== match) {
      this.tracksFor = match;
      match.useTracks(() => new Interpolation(this.frameMs));
    }
    match.killTarget = welcome.killTarget || match.killTarget;
    match.score.red = state.teams.red;
    match.score.blue = state.teams.blue;
    for (let i = 0; i < this.ended.length; i += 1) match.projectiles.remove(this.ended[i]!);
    this.ended.length = 0;
    // What flies on as recorded is no change that a snapshot would be sent for.
    const soon = this.clock.drawn(localMs) + this.frameMs;
    if (soon > this.ms(state.tick)) this.flyOn(match, soon);
    prediction.update(elapsedMs);
    const { shown } = this;
    prediction.shown(inputShare, shown);
    match.ownFollower.x = shown.x;
    match.ownFollower.y = shown.y;

    const alive = state.players.has(welcome.slot) && state.players.alive(welcome.slot);
    if (!alive) {
      if (match.visionPolygon.length > 0) match.visionPolygon = new Float32Array(0);
      this.forgetOutline();
      return;
    }
    const aim = Math.atan2(mouseY - shown.y, mouseX - shown.x);
    coneOf(welcome.rules, Math.hypot(mouseX - shown.x, mouseY - shown.y), this.cone);
    const hurt = prediction.movement.impaired(state.flash, this.tickAt(localMs));
    this.cone.distance *= 1 - hurt.visual;
    if (!this.isNewOutline(aim, this.slices.version)) return;
    match.visionPolygon = visibility.outline(shown.x, shown.y, aim, this.cone);
  }

  /** Whether it is to be made of other numbers than the last; they are remembered. */
  private isNewOutline(aim: number, version: number): boolean {
    const { outlined, shown, cone } = this;
    const isSame = outlined[0] === shown.x && outlined[1] === shown.y && outlined[2] === aim && outlined[3] === cone.distance
      && outlined[4] === cone.angle && outlined[5] === version;
    if (isSame) return false;
    outlined[0] = shown.x;
    outlined[1] = shown.y;
    outlined[2] = aim;
    outlined[3] = cone.distance;
    outlined[4] = cone.angle;
    outlined[5] = version;
    return true;
  }

  private forgetOutline(): void {
    this.outlined[5] = -1;
  }

  /** Moves what flies to where it is at a time of the host, ms. Once a frame: the objects told with are used again. */
  private flyOn(match: MatchModel, hostMs: number): void {
    const { flights } = this.receiver.state;
    const tick = (hostMs - EPOCH_MS) / this.tickMs;
    const { flying } = this;
    let count = 0;
    for (let number = 0; number < flights.length; number += 1) {
      if (!flights[number]!.there) continue;
      const told = this.flyers[number] ?? blankProjectile();
      this.flyers[number] = told;
      this.projectile(flights[number]!, number, tick, told);
      flying[count] = told;
      count += 1;
    }
    flying.length = count;
    if (count > 0) match.projectiles.states(flying, hostMs);
  }

  private pull(sequence: number, held: number, pressed: number): void {
    const { state, welcome } = this.receiver;
    const alive = state.players.has(welcome!.slot) && state.players.alive(welcome!.slot);
    const type = this.trigger.pull(sequence, held, pressed, this.sender.confirmed, state, alive);
    if (type !== '' && this.fired.length < FIRED_MOST) this.fired.push(type);
  }

  private ms(tick: number): number {
    return EPOCH_MS + tick * this.tickMs;
  }

  private tickAt(localMs: number): number {
    return (this.clock.at(localMs) - EPOCH_MS) / this.tickMs;
  }

  /** A new epoch, or its map has come. */
  private begin(): void {
    const { welcome, state } = this.receiver;
    if (!welcome) return;
    this.tickMs = 1000 / welcome.tickRate;
    this.frameMs = welcome.step * this.tickMs;
    this.clock = new DrawClock(this.frameMs);
    this.firstTick = state.tick;
    this.toldWalls = false;
    this.tracksFor = null;
    this.wasDead = false;
    this.wasAlive = 0;
    this.reloadTold = 0;
    this.flashTold = -1;
    this.wasThere.fill(0);
    this.ended.length = 0;
    this.prediction = null;
    this.trigger.reset();
    this.fired.length = 0;
    this.sender.wantsExact = false;
    if (!this.slices || !this.hasMap) {
      this.live = false;
      if (this.geometry?.file.hash !== welcome.map) this.onMapWanted?.(welcome.map);
      return;
    }
    this.slices.reset();
    this.prediction = new Prediction(new Movement(welcome.rules, welcome.tickRate, this.slices), welcome.tickRate, state.flash);
  }

  /** The map at hand is the welcome's. */
  private get hasMap(): boolean {
    const { welcome } = this.receiver;
    return this.geometry !== null && welcome !== null && this.geometry.file.hash === welcome.map && this.geometry.slices === welcome.slices;
  }

  private sendMessage(localMs: number): void {
    const { state } = this.receiver;
    const view = this.live ? (this.ms(state.tick) - this.clock.drawn(localMs)) / this.tickMs : 0;
    const bytes = this.sender.write(view);
    if (!bytes) return;
    this.sinceMessage = 0;
    this.lastMessageMs = localMs;
    this.onMessage?.(bytes);
  }

  /** What a snapshot changed, as events. */
  private follow(): void {
    const { receiver, slices, prediction } = this;
    const { state, touched } = receiver;
    const welcome = receiver.welcome!;
    if (!slices || !prediction) return;
    const broken: number[] = [];
    const changed: number[] = [];
    if (!this.live || !this.toldWalls) {
      slices.reset();
      for (let slice = 0; slice < state.levels.length; slice += 1) {
        const level = state.levels[slice]!;
        if (level !== AS_THE_MAP) slices.set(slice, level);
      }
    } else {
      for (let i = 0; i < receiver.sliceCount; i += 1) {
        const slice = receiver.slices[i]!;
        const before = slices.level[slice]!;
        const level = state.levels[slice]!;
        if (before === level) continue;
        slices.set(slice, level);
        if (level === GONE && before < GONE) broken.push(slice);
        else changed.push(slice);
      }
    }
    this.reconcile(prediction, welcome.slot);

    for (let i = 0; i < receiver.messageCount; i += 1) {
      const message = receiver.messages[i]!;
      if (!message.isSound && message.hasPlace) this.noteCause(message);
    }
    // Before the state, which is the first of the new life's way.
    this.tellLives();
    this.emit('game:state', this.gameState());
    this.live = true;
    for (const slice of changed) this.tellSlice(slice, false);
    for (const slice of broken) this.tellSlice(slice, this.isExplained(slice));
    const sounds: HeardSound[] = [];
    for (let i = 0; i < receiver.messageCount; i += 1) {
      const message = receiver.messages[i]!;
      if (message.isSound) sounds.push(this.sound(message));
      else this.tell(message);
    }
    if (sounds.length > 0) this.emit('sounds', { timestamp: this.ms(state.tick), sounds });
    if ((touched >>> RecordType.HANDS) & 1) this.tellHands();
    if ((touched >>> RecordType.FLASH) & 1) this.tellFlash();
  }

  private reconcile(prediction: Prediction, slot: number): void {
    const { state } = this.receiver;
    if (!state.players.has(slot)) return;
    prediction.reconcile({
      tick: state.tick,
      confirmed: this.sender.confirmed,
      ahead: state.ahead,
      x: state.players.x[slot]!,
      y: state.players.y[slot]!,
      alive: state.players.alive(slot),
      aiming: (state.players.state[slot]! & StateBit.AIMING) !== 0,
      over: state.teams.over,
      exact: state.exact.tick === state.tick ? state.exact : null,
    });
    this.sender.wantsExact = prediction.wantsExact;
  }

  private idOf(slot: number): string {
    if (slot < 0) return '';
    for (const entry of this.roster) if (entry.slot === slot) return entry.id;
    return slot === this.receiver.welcome?.slot ? this.ownId() : `slot-${slot}`;
  }

  /**
   * Whether a player is there to be shown. An enemy's entry with nothing but walls between is no enemy in sight: hosts send
   * such ones to clients they suspect (PROTOCOL.md, section 2.5).
   */
  private isKnown(slot: number): boolean {
    const { state, welcome } = this.receiver;
    const { players, scores } = state;
    if (!players.has(slot)) return false;
    const own = welcome!.slot;
    if (slot === own || !this.sightline || !players.has(own) || !players.alive(slot)) return true;
    if (scores[slot]!.there && scores[own]!.there && scores[slot]!.blue === scores[own]!.blue) return true;
    const x = players.x[slot]! / PER_PX;
    const y = players.y[slot]! / PER_PX;
    // From where the host saw it, and not from where the prediction is by now.
    return this.sightline.reaches(players.x[own]! / PER_PX, players.y[own]! / PER_PX, x, y);
  }

  private gameState(): GameState {
    const { state } = this.receiver;
    const players: PlayerState[] = [];
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const score = state.scores[slot]!;
      const known = this.isKnown(slot);
      const entry = this.roster.find((each) => each.slot === slot);
      if (!known && !score.there) continue;
      players.push({
        id: this.idOf(slot),
        name: entry?.name || 'Player',
        team: score.there ? (score.blue ? 'blue' : 'red') : (entry?.team ?? 'red'),
        kills: score.kills,
        deaths: score.deaths,
        isAlive: known ? state.players.alive(slot) : score.alive,
        body: known ? this.body(slot) : null,
      });
    }
    let walls: WallState[] | null = null;
    if (!this.toldWalls) {
      this.toldWalls = true;
      walls = this.walls();
    }
    this.noteLaunches();
    return {
      timestamp: this.ms(state.tick), players, walls, projectiles: this.projectiles(state.tick), smoke: this.smoke(), vision: null,
    };
  }

  private body(slot: number): PlayerBody {
    const { receiver, prediction } = this;
    const { state } = receiver;
    const { players, life } = state;
    const isOwn = slot === receiver.welcome!.slot;
    const bits = players.state[slot]!;
    const facing = isOwn && prediction ? Math.atan2(prediction.body.aimY, prediction.body.aimX) : (players.facing[slot]! / 256) * TURN;
    const granted = isOwn && life.dead ? this.ms(life.respawnFrom) : 0;
    return {
      x: players.x[slot]! / PER_PX,
      y: players.y[slot]! / PER_PX,
      rotation: facing,
      health: players.health[slot]!,
      weaponId: weaponName(players.weapon[slot]!),
      weapons: isOwn ? this.weapons() : [],
      movementState: GAITS[bits & Gait.RUNNING]!,
      isADS: isOwn && prediction ? prediction.body.aiming : (bits & StateBit.AIMING) !== 0,
      deathTime: granted > 0 ? granted - EARLIEST_RESPAWN_MS : 0,
      respawnTime: granted > 0 ? granted + SHOWN_LATER_MS : 0,
      invulnerableUntil: isOwn && life.protectedUntil > 0 ? this.ms(life.protectedUntil) : 0,
      killerId: isOwn ? this.idOf(life.killer) : '',
      lastProcessedInput: 0,
    };
  }

  private weapons(): WeaponState[] {
    const { state } = this.receiver;
    const weapons: WeaponState[] = [];
    state.places.forEach(({ weapon, rounds, reserve }, place) => {
      if (weapon === NO_WEAPON) return;
      const type = weaponName(weapon);
      const info = weaponInfo(type);
      weapons.push({
        type,
        currentAmmo: Math.max(0, rounds - this.trigger.ahead(place, this.sender.confirmed)),
        reserveAmmo: reserve,
        maxAmmo: info?.magazine ?? rounds,
        reloadTime: info?.reload ?? 0,
        isReloading: place === state.hands.place && state.hands.reloadEnds > state.tick,
        fireRate: info?.rate ?? 0,
        lastFireTime: 0,
      });
    });
    return weapons;
  }

  private walls(): WallState[] {
    const { file } = this.geometry!;
    const { level } = this.slices!;
    return file.walls.map((wall, index) => ({
      id: wallId(index),
      x: wall.x,
      y: wall.y,
      width: wall.width,
      height: wall.height,
      cutAlongY: !wall.alongX,
      material: wall.material,
      maxHealth: LEVEL_HEALTH[0],
      sliceHealth: Array.from({ length: SLICES_PER_WALL }, (_, i) => LEVEL_HEALTH[level[index * SLICES_PER_WALL + i]!]!),
    }));
  }

  private noteLaunches(): void {
    this.receiver.state.flights.forEach((flight, number) => {
      if (!flight.there && this.wasThere[number] === 1) this.ended.push(this.flightId(number));
      if (flight.there && this.wasThere[number] === 0) {
        this.generation[number]! += 1;
        this.flightIds[number] = undefined;
        this.bornTick[number] = flight.tick;
      }
      this.wasThere[number] = flight.there ? 1 : 0;
    });
  }

  /** Numbers are used again; the model is to take what follows for another. */
  private flightId(number: number): string {
    return (this.flightIds[number] ??= `f${number}.${this.generation[number]}`);
  }

  /** All that flies, as it is at a tick. */
  private projectiles(tick: number): ProjectileState[] {
    const flying: ProjectileState[] = [];
    this.receiver.state.flights.forEach((flight, number) => {
      if (flight.there) flying.push(this.projectile(flight, number, tick, blankProjectile()));
    });
    return flying;
  }

  private projectile(flight: Flight, number: number, tick: number, out: ProjectileTold): ProjectileTold {
    const { welcome } = this.receiver;
    const seconds = ((tick - flight.tick) * this.tickMs) / 1000;
    // Section 2.8: thrown things slow down on the ground.
    const friction = flight.weapon >= FIRST_THROWN ? welcome!.rules.throwFriction : 1;
    const kept = friction ** seconds;
    const way = friction === 1 ? seconds : (kept - 1) / Math.log(friction);
    const type = weaponName(flight.weapon);
    // Of the others' it is not told when they were launched.
    const fuse = flight.own ? (FUSE[type] ?? 0) : 0;
    out.id = this.flightId(number);
    out.type = type;
    out.x = (flight.x + flight.vx * way) / PER_PX;
    out.y = (flight.y + flight.vy * way) / PER_PX;
    out.velocityX = (flight.vx * kept) / PER_PX;
    out.velocityY = (flight.vy * kept) / PER_PX;
    out.fuseAt = fuse > 0 ? this.ms(this.bornTick[number]!) + fuse : 0;
    return out;
  }

  private smoke(): SmokeState[] {
    const { state, welcome } = this.receiver;
    const { smoke: rule } = welcome!.rules;
    const clouds: SmokeState[] = [];
    state.clouds.forEach(({ there, x, y, bornTick }, number) => {
      const age = (state.tick - bornTick) * this.tickMs;
      if (!there || age >= rule.lifeMs) return;
      const grown = Math.min(1, age / Math.max(1, rule.expandMs));
      const fading = Math.min(1, Math.max(0, (rule.lifeMs - age) / Math.max(1, rule.fadeMs)));
      clouds.push({
        id: `c${number}.${bornTick}`,
        x: x / PER_PX,
        y: y / PER_PX,
        radius: rule.radius * (1 - (1 - grown) ** 3),
        density: rule.density * grown * grown * fading,
      });
    });
    return clouds;
  }

  private tellSlice(slice: number, breaks: boolean): void {
    const level = this.slices!.level[slice]!;
    const damage = {
      wallId: wallId(Math.floor(slice / SLICES_PER_WALL)),
      sliceIndex: slice % SLICES_PER_WALL,
      newHealth: LEVEL_HEALTH[level]!,
      isDestroyed: level === GONE,
      playerId: '',
      position: null,
    };
    this.emit(breaks ? 'wall:destroyed' : 'wall:damaged', damage);
  }

  private noteCause({ type, x, y, weapon, tick }: WireMessage): void {
    if (type !== EventType.IMPACT && type !== EventType.EXPLODED) return;
    const cause = this.causes[this.nextCause]!;
    this.nextCause = (this.nextCause + 1) % CAUSES;
    cause.x = x / PER_PX;
    cause.y = y / PER_PX;
    cause.radius = type === EventType.EXPLODED ? (BLAST[weaponName(weapon)] ?? 0) * 2 : 0;
    cause.tick = tick;
  }

  /** A slice that breaks before one's eyes, not one that was found broken. */
  private isExplained(slice: number): boolean {
    const { state } = this.receiver;
    if (state.tick - this.firstTick < SETTLING_TICKS) return false;
    const { x0, y0, x1, y1 } = this.geometry!;
    const x = (x0[slice]! + x1[slice]!) / 2;
    const y = (y0[slice]! + y1[slice]!) / 2;
    return this.causes.some((cause) => {
      const near = Math.hypot(cause.x - x, cause.y - y) < CAUSE_PX + cause.radius;
      return near && state.tick - cause.tick < CAUSE_TICKS;
    });
  }

  private sound({ type, gain, direction, cutoff, own }: WireMessage): HeardSound {
    const [low, high] = this.receiver.welcome!.rules.cutoffHz;
    const lowest = low > 0 ? low : LOWEST_CUTOFF;
    const open = high > lowest ? high : OPEN_CUTOFF;
    return {
      kind: SOUND_KINDS[type]!,
      gain: gain / 255,
      direction: (direction / 64) * TURN,
      cutoff: cutoff === 63 ? OPEN_CUTOFF : lowest * (open / lowest) ** (cutoff / 63),
      own,
    };
  }

  private tell(message: WireMessage): void {
    const { state } = this.receiver;
    const weaponType = weaponName(message.weapon);
    const who = this.idOf(message.who);
    const position: Vec2 | null = message.hasPlace ? { x: message.x / PER_PX, y: message.y / PER_PX } : null;
    switch (message.type) {
      case EventType.FIRED:
        this.emit('weapon:fired', {
          playerId: who, weaponType, position, direction: (message.facing / 256) * TURN, ammoRemaining: null,
        });
        return;
      case EventType.IMPACT: {
        const isPellet = message.weapon === PELLETS;
        if (message.what === 0) {
          this.emit('weapon:miss', { playerId: who, weaponType, position, direction: null, isPellet });
          return;
        }
        this.emit('weapon:hit', {
          playerId: who,
          weaponType,
          position,
          targetType: message.what === 1 ? 'wall' : 'player',
          targetId: this.idOf(message.other),
          penetrationCount: 0,
          isPellet,
        });
        return;
      }
      case EventType.HURT: {
        const known = this.isKnown(message.who);
        this.emit('player:damaged', {
          playerId: who,
          sourcePlayerId: this.idOf(message.other),
          damage: message.points,
          newHealth: known ? state.players.health[message.who]! : 0,
          isExplosion: BLAST[weaponType] !== undefined,
          position: known ? { x: state.players.x[message.who]! / PER_PX, y: state.players.y[message.who]! / PER_PX } : null,
        });
        return;
      }
      case EventType.DIED:
        this.tellDeath(message.who, message.other, weaponType, position);
        return;
      case EventType.EXPLODED:
        this.emit('projectile:exploded', {
          id: '',
          kind: weaponType === 'smokegrenade' ? 'smoke' : weaponType === 'flashbang' ? 'flash' : 'explosion',
          position,
          radius: BLAST[weaponType] ?? 40,
        });
        return;
      case EventType.THROWN:
        this.emit('grenade:thrown', { playerId: who, weaponType, ammoRemaining: null });
        return;
      case EventType.DENIED:
        if (message.what === 2 && state.life.dead) {
          this.emit('backend:respawn:denied', { remainingTime: Math.max(0, (state.life.respawnFrom - state.tick) * this.tickMs) });
        }
        return;
      default:
      // A bounce shows in the flight.
    }
  }

  private tellDeath(slot: number, killer: number, weaponType: string, position: Vec2 | null): void {
    const { state, welcome } = this.receiver;
    if (slot === welcome!.slot) this.deathToldTick = state.tick;
    const isTeamKill = killer >= 0 && killer !== slot && state.scores[killer]!.blue === state.scores[slot]!.blue;
    this.emit('backend:player:died', {
      playerId: this.idOf(slot), killerId: this.idOf(killer), weaponType, isTeamKill, damageType: '', position, timestamp: this.ms(state.tick),
    });
  }

  /** Who came back to life, and the own death where the event of it was lost. */
  private tellLives(): void {
    const { state, welcome } = this.receiver;
    const { players, life } = state;
    let alive = 0;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const known = this.isKnown(slot);
      const lives = known ? players.alive(slot) : state.scores[slot]!.there && state.scores[slot]!.alive;
      if (!lives) continue;
      alive |= 1 << slot;
      if (((this.wasAlive >>> slot) & 1) === 1 || !this.toldWalls) continue;
      const position = known ? { x: players.x[slot]! / PER_PX, y: players.y[slot]! / PER_PX } : null;
      this.emit('backend:player:respawned', { playerId: this.idOf(slot), position });
    }
    this.wasAlive = alive;
    if (life.dead && !this.wasDead) {
      this.deadSinceTick = state.tick;
      this.trigger.reset();
    }
    const wait = DEATH_TOLD_MS / this.tickMs;
    if (life.dead && this.deathToldTick < this.deadSinceTick - wait && state.tick - this.deadSinceTick > wait) {
      const weapon = life.killer >= 0 && players.has(life.killer) ? weaponName(players.weapon[life.killer]!) : '';
      this.tellDeath(welcome!.slot, life.killer, weapon, null);
    }
    this.wasDead = life.dead;
  }

  private tellHands(): void {
    const { state } = this.receiver;
    const { hands } = state;
    const weaponType = weaponName(state.places[hands.place]!.weapon);
    const playerId = this.ownId();
    if (hands.reloadEnds > state.tick && hands.reloadEnds !== this.reloadTold) {
      this.emit('weapon:reload', { playerId, weaponType, reloadTime: (hands.reloadEnds - state.tick) * this.tickMs });
    }
    this.reloadTold = hands.reloadEnds;
    const isOverheated = hands.silenceEnds > state.tick;
    if (hands.heat > 0 || isOverheated || this.wasHot) {
      this.emit('weapon:heat:update', { weaponType, heatLevel: hands.heat, isOverheated });
    }
    this.wasHot = hands.heat > 0 || isOverheated;
  }

  private tellFlash(): void {
    const { state, welcome } = this.receiver;
    const { flash } = state;
    if (flash.tick === this.flashTold) return;
    this.flashTold = flash.tick;
    const age = (state.tick - flash.tick) * this.tickMs;
    const [blind, disoriented, recovering] = welcome!.rules.flash.phasesMs;
    const phases: FlashPhases = {
      blindMs: Math.max(0, blind * flash.intensity - age),
      disorientedMs: disoriented * flash.intensity,
      recoveringMs: recovering * flash.intensity,
    };
    this.emit('FLASHBANG_EFFECT', { position: null, affected: [{ playerId: this.ownId(), intensity: flash.intensity, phases }] });
  }
}

type ProjectileTold = { -readonly [K in keyof ProjectileState]: ProjectileState[K] };

function blankProjectile(): ProjectileTold {
  return { id: '', type: '', x: 0, y: 0, velocityX: 0, velocityY: 0, fuseAt: 0 };
}

function wallId(index: number): string {
  return `w${index}`;
}

/** Today's input message as held buttons. */
export function heldOf({ keys, mouse }: PlayerInput): number {
  return (
    (keys.w ? Button.UP : 0) |
    (keys.a ? Button.LEFT : 0) |
    (keys.s ? Button.DOWN : 0) |
    (keys.d ? Button.RIGHT : 0) |
    (keys.shift ? Button.RUN : 0) |
    (keys.ctrl ? Button.SNEAK : 0) |
    (keys.r ? Button.RELOAD : 0) |
    (keys.g ? Button.THROW : 0) |
    (keys['1'] ? Button.SLOT1 : 0) |
    (keys['2'] ? Button.SLOT2 : 0) |
    (keys['3'] ? Button.SLOT3 : 0) |
    (keys['4'] ? Button.SLOT4 : 0) |
    ((mouse.buttons & 1) !== 0 ? Button.FIRE : 0) |
    ((mouse.buttons & 2) !== 0 ? Button.AIM : 0)
  );
}
