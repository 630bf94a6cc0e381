import { CLOUDS, NO_WEAPON, NOBODY, PLACES, PROJECTILES, SLOTS, StateBit } from './names';

/**
 * Players as a frame had them: columns by slot. What stands in a column of a slot that is not in `mask` means nothing.
 */
export class PlayerColumns {
  /** Bit = slot: known in this frame. */
  mask = 0;
  /** 1/16 px. */
  readonly x = new Uint16Array(SLOTS);
  /** 1/16 px. */
  readonly y = new Uint16Array(SLOTS);
  /** 1/256 turn, clockwise from +x; 0 for the own slot, whose is not on the wire. */
  readonly facing = new Uint8Array(SLOTS);
  /** Percent, rounded up. */
  readonly health = new Uint8Array(SLOTS);
  /** Number of the weapon in hand; {@link NO_WEAPON}. */
  readonly weapon = new Uint8Array(SLOTS);
  /** {@link StateBit}s over a gait. */
  readonly state = new Uint8Array(SLOTS);

  has(slot: number): boolean {
    return ((this.mask >>> slot) & 1) === 1;
  }

  alive(slot: number): boolean {
    return (this.state[slot]! & StateBit.ALIVE) !== 0;
  }

  copy(from: PlayerColumns): void {
    this.mask = from.mask;
    this.x.set(from.x);
    this.y.set(from.y);
    this.facing.set(from.facing);
    this.health.set(from.health);
    this.weapon.set(from.weapon);
    this.state.set(from.state);
  }
}

export interface Score {
  there: boolean;
  blue: boolean;
  alive: boolean;
  kills: number;
  deaths: number;
}

export interface Place {
  /** {@link NO_WEAPON}: the place is empty. */
  weapon: number;
  /** In the magazine. */
  rounds: number;
  reserve: number;
}

export interface Flight {
  there: boolean;
  weapon: number;
  /** Launched by the own team. */
  own: boolean;
  /** 1/16 px, at {@link Flight.tick}. */
  x: number;
  y: number;
  /** 1/16 px/s */
  vx: number;
  vy: number;
  /** Of the record. */
  tick: number;
}

export interface SmokeCloud {
  /** False: this number was never given out in this epoch. Whether it is still in the air is for the rules to say. */
  there: boolean;
  /** 1/16 px */
  x: number;
  y: number;
  bornTick: number;
}

/** A slice of which nothing has been said: it is as the map has it. */
export const AS_THE_MAP = 255;

/**
 * All that a client has been told in the present epoch and that still holds. Times are ticks of the host's count. The
 * receiver alone writes here, and only from whole, valid messages.
 */
export class WireState {
  /** Newest frame taken, whole; the welcome's before any snapshot. */
  frame = 0;
  /** Of that frame. */
  tick = 0;
  readonly players = new PlayerColumns();
  /** Lowest 8 bits of the sequence number of the last own input applied. */
  input = 0;
  /** Inputs that held keys have stood in for and that have not come yet. */
  ahead = 0;
  /** By slice: 0 whole to 4 gone, or {@link AS_THE_MAP}. */
  levels = new Uint8Array(0);
  readonly scores: readonly Score[] = Array.from({ length: SLOTS }, () => ({
    there: false, blue: false, alive: false, kills: 0, deaths: 0,
  }));
  /** Winner: 0 red, 1 blue, 2 nobody; of no meaning before the end. */
  readonly teams = { red: 0, blue: 0, over: false, winner: 2 };
  readonly places: readonly Place[] = Array.from({ length: PLACES }, () => ({ weapon: NO_WEAPON, rounds: 0, reserve: 0 }));
  readonly hands = {
    /** In hand, 0 to 4. */
    place: 0,
    /** Level of the throw in hand; 0: not held. */
    charge: 0,
    /** Tick in which the reload ends; 0: none runs. */
    reloadEnds: 0,
    /** 0 to 100 at {@link WireState.hands.tick}; falls by itself. */
    heat: 0,
    /** Tick in which the overheated gun fires again; 0: it does now. */
    silenceEnds: 0,
    /** Of the record. */
    tick: 0,
  };
  readonly life = {
    /** Tick from which one can be hurt; 0: now. */
    protectedUntil: 0,
    dead: false,
    /** Tick from which a respawn is granted; of no meaning while alive. */
    respawnFrom: 0,
    /** {@link NOBODY}, or the slot of who did it. */
    killer: NOBODY,
  };
  /** The own flash; intensity 0: none yet. */
  readonly flash = { tick: 0, intensity: 0 };
  readonly flights: readonly Flight[] = Array.from({ length: PROJECTILES }, () => ({
    there: false, weapon: 0, own: false, x: 0, y: 0, vx: 0, vy: 0, tick: 0,
  }));
  readonly clouds: readonly SmokeCloud[] = Array.from({ length: CLOUDS }, () => ({ there: false, x: 0, y: 0, bornTick: 0 }));
  /** Of the last request answered; number -1: of none yet. Result: 0 done, 1 not now, 2 not allowed. */
  readonly answer = { number: -1, result: 0 };
  /** The own body to the bit: px, px/s as of the end of `tick`; tick -1: none yet. */
  readonly exact = { x: 0, y: 0, vx: 0, vy: 0, tick: -1 };

  /** As at the beginning of an epoch. @param slices of the map */
  reset(frame: number, tick: number, slices: number): void {
    this.frame = frame;
    this.tick = tick;
    this.players.mask = 0;
    this.input = 0;
    this.ahead = 0;
    if (this.levels.length !== slices) this.levels = new Uint8Array(slices);
    this.levels.fill(AS_THE_MAP);
    for (const score of this.scores) {
      score.there = false;
      score.blue = false;
      score.alive = false;
      score.kills = 0;
      score.deaths = 0;
    }
    Object.assign(this.teams, { red: 0, blue: 0, over: false, winner: 2 });
    for (const place of this.places) {
      place.weapon = NO_WEAPON;
      place.rounds = 0;
      place.reserve = 0;
    }
    Object.assign(this.hands, { place: 0, charge: 0, reloadEnds: 0, heat: 0, silenceEnds: 0, tick });
    Object.assign(this.life, { protectedUntil: 0, dead: false, respawnFrom: 0, killer: NOBODY });
    this.flash.tick = 0;
    this.flash.intensity = 0;
    for (const flight of this.flights) flight.there = false;
    for (const cloud of this.clouds) cloud.there = false;
    this.answer.number = -1;
    this.answer.result = 0;
    this.exact.tick = -1;
  }
}

/** Something that happened once (section 2.7): a sound or an event; which fields mean something follows from `type`. */
export class WireMessage {
  /** True: a sound, and `type` is its kind; false: an event of {@link EventType}. */
  isSound = false;
  type = 0;
  tick = 0;

  /** Sounds: made by the own body. */
  own = false;
  /** Sounds: 1 to 255. */
  gain = 0;
  /** Sounds: 1/64 turn clockwise from +x; 0 for own ones. */
  direction = 0;
  /** Sounds: 0 to 62, or 63: not muffled. */
  cutoff = 0;

  /** Events: who did it or to whom it happened, as the table's first slot; -1: not told. */
  who = -1;
  /** Events: the other slot: whose body was hit, by whom one was hurt or killed; -1: not told. */
  other = -1;
  weapon = 15;
  /** Impact, denied: what. */
  what = 0;
  /** Hurt: points, rounded up. */
  points = 0;
  hasPlace = false;
  /** 1/16 px */
  x = 0;
  y = 0;
  /** Fired: 1/256 turn. */
  facing = 0;

  clear(): void {
    this.isSound = false;
    this.own = false;
    this.gain = 0;
    this.direction = 0;
    this.cutoff = 63;
    this.who = -1;
    this.other = -1;
    this.weapon = 15;
    this.what = 0;
    this.points = 0;
    this.hasPlace = false;
    this.x = 0;
    this.y = 0;
    this.facing = 0;
  }
}
