import type { GameEvent, PlayerId, TeamName } from './engine.js';
import { polygonTouches } from './geometry.js';
import type { WallMemory } from './wall-memory.js';
import type { WallCatalogue } from './walls.js';

/**
 * The single gate of rule book section 9: what a player may know. Everything that leaves the server about a match
 * has passed `acquaintance` (states) or `witness` (events).
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

export interface KnowledgeSource {
  /** 8 rows; bit t of row v: slot v sees slot t, enemies only. */
  sightMatrix(): Uint8Array;
  polygon(player: PlayerId): Float32Array;
  sliceHealth(): Float32Array;
  /** Also of those who left, as long as events may name them. */
  subject(player: PlayerId): Subject | undefined;
}

export class Knowledge {
  #sight = new Uint8Array(8);
  #sightBefore = new Uint8Array(8);
  readonly #polygons = new Map<PlayerId, Float32Array>();

  constructor(private readonly source: KnowledgeSource, private readonly walls: WallCatalogue) {}

  /** To be called after each step, before anything is asked about it. */
  beginTick(): void {
    this.#sightBefore = this.#sight;
    this.#sight = Uint8Array.from(this.source.sightMatrix());
    this.#polygons.clear();
  }

  /** The match has started over: who saw whom before says nothing about the new slots. */
  forget(): void {
    this.#sight = new Uint8Array(8);
    this.#sightBefore = new Uint8Array(8);
    this.#polygons.clear();
  }

  acquaintance(viewer: Subject, subject: Subject): Acquaintance {
    if (viewer.player === subject.player) return 'own';
    if (viewer.team === subject.team) return 'mate';
    return sees(this.#sight, viewer, subject) ? 'seen' : 'unseen';
  }

  polygon(viewer: Subject): Float32Array {
    let polygon = this.#polygons.get(viewer.player);
    if (polygon === undefined) {
      polygon = this.source.polygon(viewer.player);
      this.#polygons.set(viewer.player, polygon);
    }
    return polygon;
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
        return event.player === viewer.player ? event : null;

      case 'spawned':
      case 'fired':
      case 'hit_wall':
      case 'miss':
      case 'reload_started':
      case 'reloaded':
      case 'switched':
        return this.#ofActor(viewer, event);

      case 'hit_player': {
        const seen = this.#ofActor(viewer, event);
        if (seen === null || this.#knows(viewer, event.target)) return seen;
        // The own team's hit shows where the bullet ended, and no more of whom it met there.
        return this.#isFriend(viewer, event.player) ? without(seen, ['targetX', 'targetY', 'damage']) : null;
      }

      case 'player_damaged':
        return this.#knows(viewer, event.target) ? this.#hideActor(viewer, event) : null;

      case 'died':
        return this.#knows(viewer, event.target) || this.#sawBefore(viewer, event.target) ? event : without(event, ['x', 'y']);

      case 'wall_damaged':
      case 'slice_destroyed':
        return this.#ofWall(viewer, event);
    }
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
    viewer.memory.miss(slice);
    return null;
  }

  /** Damage shows; who dealt it, and with what, only to those who know the shooter anyway. */
  #hideActor(viewer: Viewer, event: GameEvent): GameEvent {
    return this.#knows(viewer, event.player) ? event : without(event, ['player', 'weapon', 'dx', 'dy']);
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
    return polygonTouches(this.polygon(viewer), this.walls.sliceRect(slice));
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
