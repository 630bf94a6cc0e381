'use strict';

// `Match` and `Player`: an id together with what it belongs to. Their methods are World's, with the ids filled in.

const fault = require('./fault.js');

/** Methods of World that take a match and no player. */
const OF_MATCH = [
  'drainEvents', 'drainTold', 'drainSounds', 'readSounds', 'pendingSounds', 'soundBetween', 'soundField', 'readPlayers',
  'lineIsClear', 'smokeBetween', 'sightMatrix', 'knows', 'projectiles', 'clouds', 'wallsVersion', 'sliceHealth', 'repairWalls', 'clearProjectiles',
  'hash', 'mapHash', 'save', 'restore', 'snapshot', 'rollback', 'resimulate', 'record', 'recording', 'drainReplay',
  'endRecording', 'guard', 'unguard', 'drainEvidence', 'standings', 'score',
];

/** Methods of World that take a match and a player. */
const OF_PLAYER = [
  'setTeam', 'setLoadout', 'pushInput', 'tap', 'throwItem', 'giveWeapon', 'weapons', 'polygon', 'tiles', 'listen',
  'knownSliceHealth', 'knownSlicesVersion', 'knownProjectiles', 'knownClouds', 'wireOpen', 'wireClose', 'wireHold', 'wireBait',
  'wireDecoy', 'wireReceive', 'wireStats', 'standing', 'setDecoy', 'replayLabel', 'adoptBot', 'releaseBot', 'isBot',
];

/** What disposing finds already done: by hand, or with the world. A world that has panicked frees all at its own end. */
const GONE = new Set(['STALE_ID', 'DISPOSED', 'PANIC']);

const HANDLE = Symbol('handle');

function freed(free) {
  try {
    free();
  } catch (error) {
    if (!GONE.has(error.code)) throw error;
  }
}

function disposed(what) {
  return fault('DISPOSED', `this ${what} has been disposed of; make a new one`);
}

function refuse(field, value, limit) {
  const shown = value === null ? 'null' : typeof value === 'object' ? 'another object' : String(value);
  return fault('INVALID_ARGUMENT', `${field} is ${shown}; it must be ${limit}`);
}

module.exports = function handles(World) {
  class Match {
    #world;
    #id;
    #gone = false;

    constructor(world, map, options) {
      if (!(world instanceof World)) throw refuse('world', world, 'a World');
      this.#world = world;
      this.#id = map === HANDLE ? options : world.createMatch(map, options);
    }

    static of(world, id) {
      if (!(world instanceof World)) throw refuse('world', world, 'a World');
      world.tick(id);
      return new Match(world, HANDLE, id);
    }

    get world() {
      return this.#world;
    }

    get id() {
      if (this.#gone) throw disposed('Match');
      return this.#id;
    }

    get tick() {
      return this.#world.tick(this.id);
    }

    get bytes() {
      return this.#world.matchBytes(this.id);
    }

    addPlayer(options) {
      return new Player(HANDLE, this, this.#world.addPlayer(this.id, options));
    }

    addBot(options) {
      return new Player(HANDLE, this, this.#world.addBot(this.id, options));
    }

    player(id) {
      this.#world.player(this.id, id);
      return new Player(HANDLE, this, id);
    }

    players() {
      return this.#world.players(this.id).map(({ id }) => new Player(HANDLE, this, id));
    }

    view() {
      const { id } = this;
      const world = this.#world;
      return {
        id,
        tick: world.tick(id),
        score: world.score(id),
        players: world.players(id),
        projectiles: world.projectiles(id),
        clouds: world.clouds(id),
      };
    }

    reset(seed) {
      this.#world.resetMatch(this.id, seed);
    }

    replayLabel(key, value) {
      this.#world.replayLabel(this.id, undefined, key, value);
    }

    dispose() {
      if (this.#gone) return;
      freed(() => this.#world.destroyMatch(this.#id));
      this.#gone = true;
    }
  }

  class Player {
    #match;
    #id;
    /** Of the last input by {@link Player.input}; `undefined` before the first. */
    #sequence;
    #gone = false;

    constructor(handle, match, id) {
      if (handle !== HANDLE) throw refuse('Player', 'made by `new`', 'made by addPlayer, addBot, player or players of a Match');
      this.#match = match;
      this.#id = id;
    }

    get match() {
      return this.#match;
    }

    get id() {
      if (this.#gone) throw disposed('Player');
      return this.#id;
    }

    get slot() {
      return this.id & 7;
    }

    view() {
      return this.#match.world.player(this.#match.id, this.id);
    }

    sees(target) {
      if (!(target instanceof Player)) throw refuse('target', target, 'a Player');
      if (target.match.world !== this.#match.world || target.match.id !== this.#match.id) {
        throw refuse('target', 'of another match', 'of this match');
      }
      return this.#match.world.sees(this.#match.id, this.id, target.id);
    }

    input(input) {
      if (typeof input !== 'object' || input === null) throw refuse('input', input, 'an object');
      const { held = 0, taps = 0, mouseX, mouseY, ackTick } = input;
      const { world, id: match } = this.#match;
      const { id } = this;
      const sequence = ((this.#sequence ?? world.player(match, id).lastSequence) + 1) >>> 0;
      world.pushInput(match, id, sequence, held, taps, mouseX, mouseY, ackTick);
      this.#sequence = sequence;
      return sequence;
    }

    edit(edit) {
      this.#match.world.editPlayer(this.#match.id, this.id, edit);
    }

    kill() {
      this.#match.world.killPlayer(this.#match.id, this.id);
    }

    watch(on) {
      this.#match.world.guardPlayer(this.#match.id, this.id, on);
    }

    dispose() {
      if (this.#gone) return;
      freed(() => this.#match.world.removePlayer(this.#match.id, this.#id));
      this.#gone = true;
    }
  }

  const define = (prototype, name, value) => {
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  };
  for (const name of OF_MATCH) {
    define(Match.prototype, name, function (...rest) {
      return this.world[name](this.id, ...rest);
    });
  }
  for (const name of OF_PLAYER) {
    define(Player.prototype, name, function (...rest) {
      const { match } = this;
      return match.world[name](match.id, this.id, ...rest);
    });
  }
  return { Match, Player };
};
