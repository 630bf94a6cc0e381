import type { GameEvent, HeardSound, PlayerId, SoundKindName, TeamName } from './engine.js';
import { FACE_MARGIN, Outline } from './geometry.js';
import type { WallMemory } from './wall-memory.js';
import type { WallCatalogue } from './walls.js';

/**
 * The single gate of rule book section 9: what a player may know. Everything that leaves the server about a match
 * has passed `acquaintance` (states), `witness` (events) or `hear` (sounds).
 */

export type Acquaintance = 'own' | 'mate' | 'seen' | 'unseen';

/** A player as far as this gate is concerned. */
export interface Subject {
  readonly player: PlayerId;
  /** 0 to 7. */
  readonly slot: number;
  readonly team: TeamName;
}

/** A subject that somebody watches the match through. */
export interface Viewer extends Subject {
  readonly memory: WallMemory;
}

/** Where a viewer looks from. */
export interface Eye {
  x: number;
  y: number;
  alive: boolean;
  /** Dazzled: sees nothing at all. */
  blind: boolean;
}

/** A sound as the client of its listener is told of it: what it was and where it seems to come from, never who made it and where. */
export interface ToldSound {
  kind: SoundKindName;
  /** Loudness in 1/255, 1 to 255. */
  gain: number;
  /** In 1/64 turns clockwise from the aim that is told with it, 0 to 63; 0 for what the own body makes. */
  bearing: number;
  /** Low-pass cutoff, 0 (dull) to 63 (nothing muffles it). */
  cutoff: number;
  own: boolean;
}

export interface Earshot {
  /** The listener's aim in 1/64 turns clockwise from +x, as of the newest of the sounds. */
  aim: number;
  sounds: ToldSound[];
}

/** Sounds that a listener is told of at once. More of them are a din; the oldest are left out. */
const SOUNDS_AT_ONCE = 256;

/** Optical depth of smoke at which a line of sight ends (rule book, section 4). */
const SIGHT_ENDS_AT = 0.5;

/** Pixels within which everything with a clear line is seen, whatever the facing (rule book, section 4). */
const CLOSE_BY = 12;

/** Pixels around a thing in flight that are looked at too: one that touches a wall lies on the outline of what is seen. */
const PLACE_MARGIN = 1;

export interface KnowledgeSource {
  /** 8 rows; bit t of row v: slot v sees slot t, enemies only. */
  sightMatrix(): Uint8Array;
  polygon(player: PlayerId): Float32Array;
  sliceHealth(): Float32Array;
  eye(player: PlayerId): Eye;
  /** Whether no standing slice stops sight between two points. */
  lineIsClear(x1: number, y1: number, x2: number, y2: number): boolean;
  /** Optical depth of the smoke between two points. */
  smokeBetween(x1: number, y1: number, x2: number, y2: number): number;
  /** Also of those who left, as long as events may name them. */
  subject(player: PlayerId): Subject | undefined;
  /** The side that launched a projectile, also of one that has just gone off. */
  projectileTeam(projectile: number): TeamName | undefined;
}

export class Knowledge {
  #sight = new Uint8Array(8);
  #sightBefore = new Uint8Array(8);
  readonly #outlines = new Map<PlayerId, Outline>();

  constructor(private readonly source: KnowledgeSource, private readonly walls: WallCatalogue) {}

  /** To be called after each step, before anything is asked about it. */
  beginTick(): void {
    this.#sightBefore = this.#sight;
    this.#sight = Uint8Array.from(this.source.sightMatrix());
    this.#outlines.clear();
  }

  /** The match has started over: who saw whom before says nothing about the new slots. */
  forget(): void {
    this.#sight = new Uint8Array(8);
    this.#sightBefore = new Uint8Array(8);
    this.#outlines.clear();
  }

  acquaintance(viewer: Subject, subject: Subject): Acquaintance {
    if (viewer.player === subject.player) return 'own';
    if (viewer.team === subject.team) return 'mate';
    return sees(this.#sight, viewer, subject) ? 'seen' : 'unseen';
  }

  /** What the viewer sees now, as x,y pairs; fetched once a tick. */
  polygon(viewer: Subject): Float32Array {
    return this.#outline(viewer).points;
  }

  /** Whether a point on the ground is in view: neither walls nor smoke nor a flash in between. */
  seesPlace(viewer: Subject, x: number, y: number): boolean {
    const eye = this.source.eye(viewer.player);
    if (!eye.alive || eye.blind) return false;
    const place = { x: x - PLACE_MARGIN, y: y - PLACE_MARGIN, width: 2 * PLACE_MARGIN, height: 2 * PLACE_MARGIN };
    const isInView = this.#outline(viewer).touches(place, 0)
      || (Math.hypot(x - eye.x, y - eye.y) <= CLOSE_BY && this.source.lineIsClear(eye.x, eye.y, x, y));
    return isInView && this.#seesThrough(eye, x, y);
  }

  /** Brings the viewer's memory of the walls up to what is in view. */
  lookAround(viewer: Viewer): void {
    if (!viewer.memory.hasStale) return;
    viewer.memory.lookAgain(this.source.sliceHealth(), (slice) => this.#seesSlice(viewer, slice));
  }

  /** What the viewer learns of an event of the current tick: the event with what is hidden taken out, or null. Learnt wall damage is remembered. */
  witness(viewer: Viewer, event: GameEvent): GameEvent | null {
    switch (event.type) {
      case 'player_joined':
      case 'match_ended':
        return event;

      case 'player_left':
        return this.#knows(viewer, event.player) ? event : without(event, ['x', 'y']);

      case 'respawn_denied':
      case 'fire_refused':
      case 'aim_toggled':
      case 'overheated':
        return event.player === viewer.player ? event : null;

      case 'spawned':
      case 'fired':
      case 'launched':
      case 'hit_wall':
      case 'miss':
      case 'reload_started':
      case 'reloaded':
      case 'switched':
        return this.#ofActor(viewer, event);

      case 'hit_player': {
        const seen = this.#ofActor(viewer, event);
        if (seen === null || this.#knows(viewer, event.target)) return seen;
        // The own team's shot has hit somebody out of sight: that it did, but neither whom nor where.
        return this.#isFriend(viewer, event.player) ? without(seen, ['target', 'x', 'y', 'targetX', 'targetY', 'damage']) : null;
      }

      case 'bounced':
        if (!this.#knowsProjectile(viewer, event)) return null;
        return this.#hideThrower(viewer, this.#knows(viewer, event.target) ? event : without(event, ['target']));

      case 'exploded':
        // A cloud of smoke is known to everybody from its first moment.
        return event.weapon === 'smokegrenade' || this.#knowsProjectile(viewer, event) ? this.#hideThrower(viewer, event) : null;

      case 'dazzled':
        return event.target === viewer.player ? this.#hideThrower(viewer, event) : null;

      case 'player_damaged':
        return this.#knows(viewer, event.target) ? this.#hideActor(viewer, event) : null;

      case 'died':
        return this.#knows(viewer, event.target) || this.#sawBefore(viewer, event.target) ? event : without(event, ['x', 'y']);

      case 'wall_damaged':
      case 'slice_destroyed':
        return this.#ofWall(viewer, event);
    }
  }

  /**
   * What the viewer hears among what a match's players have heard, oldest first; null if nothing. The engine has decided
   * who hears what, how loud and from where, and rounded it; what is left is to keep each to their own. Where the viewer
   * has turned since, bearings are told against the newest aim: they keep their direction.
   */
  hear(viewer: Subject, heard: readonly HeardSound[]): Earshot | null {
    const own = heard.filter((sound) => sound.listener === viewer.slot).slice(-SOUNDS_AT_ONCE);
    const aim = own.at(-1)?.aim;
    if (aim === undefined) return null;
    const bearing = (sound: HeardSound): number => (
      // What the own body makes turns with it.
      sound.own && sound.bearing === 0 ? 0 : (sound.aim + sound.bearing - aim) & 63
    );
    return { aim, sounds: own.map((sound) => ({ kind: sound.kind, gain: sound.gain, bearing: bearing(sound), cutoff: sound.cutoff, own: sound.own })) };
  }

  #ofActor(viewer: Viewer, event: GameEvent): GameEvent | null {
    if (this.#isFriend(viewer, event.player)) return event;
    // Being seen does not show what is left in the magazine.
    return this.#knows(viewer, event.player) ? without(event, ['ammo', 'reserve']) : null;
  }

  #ofWall(viewer: Viewer, event: GameEvent): GameEvent | null {
    const { slice, health } = event;
    if (slice === undefined || health === undefined) return null;
    if (this.#isFriend(viewer, event.player) || this.#seesSlice(viewer, slice)) {
      viewer.memory.learn(slice, health);
      return this.#hideActor(viewer, event);
    }
    // What breaks in earshot is known to be gone, though not by whom and how: the next set of walls shows it.
    if (event.type === 'slice_destroyed' && ((event.heardBy ?? 0) >> viewer.slot & 1) === 1) viewer.memory.learn(slice, health);
    else viewer.memory.miss(slice);
    return null;
  }

  /** Damage shows; who dealt it, and with what, only to those who know the shooter anyway. */
  #hideActor(viewer: Viewer, event: GameEvent): GameEvent {
    return this.#knows(viewer, event.player) ? event : without(event, ['player', 'weapon', 'dx', 'dy']);
  }

  /** What kind of thing goes off shows; who threw it only to those who know the thrower anyway. */
  #hideThrower(viewer: Viewer, event: GameEvent): GameEvent {
    return this.#knows(viewer, event.player) ? event : without(event, ['player']);
  }

  #knowsProjectile(viewer: Viewer, { projectile, x, y }: GameEvent): boolean {
    if (projectile === undefined || x === undefined || y === undefined) return false;
    return this.source.projectileTeam(projectile) === viewer.team || this.seesPlace(viewer, x, y);
  }

  #isFriend(viewer: Subject, player: PlayerId | undefined): boolean {
    return this.#subject(player)?.team === viewer.team;
  }

  #knows(viewer: Subject, player: PlayerId | undefined): boolean {
    const subject = this.#subject(player);
    return subject !== undefined && this.acquaintance(viewer, subject) !== 'unseen';
  }

  /** Who falls may be out of the sight matrix at the end of that very step, so a death counts as seen where its victim was seen a step ago. */
  #sawBefore(viewer: Subject, player: PlayerId | undefined): boolean {
    const subject = this.#subject(player);
    return subject !== undefined && sees(this.#sightBefore, viewer, subject);
  }

  #seesSlice(viewer: Subject, slice: number): boolean {
    const rect = this.walls.sliceRect(slice);
    if (!this.#outline(viewer).touches(rect, FACE_MARGIN)) return false;
    const eye = this.source.eye(viewer.player);
    return !eye.blind && this.#seesThrough(eye, rect.x + rect.width / 2, rect.y + rect.height / 2);
  }

  #seesThrough(eye: Eye, x: number, y: number): boolean {
    return this.source.smokeBetween(eye.x, eye.y, x, y) < SIGHT_ENDS_AT;
  }

  #outline(viewer: Subject): Outline {
    let outline = this.#outlines.get(viewer.player);
    if (outline === undefined) {
      outline = new Outline(this.source.polygon(viewer.player));
      this.#outlines.set(viewer.player, outline);
    }
    return outline;
  }

  #subject(player: PlayerId | undefined): Subject | undefined {
    return player === undefined || player === 0 ? undefined : this.source.subject(player);
  }
}

function sees(matrix: Uint8Array, viewer: Subject, subject: Subject): boolean {
  return ((matrix[viewer.slot]! >> subject.slot) & 1) === 1;
}

function without(event: GameEvent, hidden: readonly (keyof GameEvent)[]): GameEvent {
  const copy = { ...event };
  for (const field of hidden) delete copy[field];
  return copy;
}
