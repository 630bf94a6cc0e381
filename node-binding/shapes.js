'use strict';

// Objects out of the rows of numbers that the addon writes (src/rows.rs): literals with always the same fields, which
// V8 makes in a fraction of the time that setting properties from native code takes.

module.exports = function shapes(format) {
  const { teams: TEAMS, weapons: WEAPONS, movements: MOVEMENTS, sounds: SOUNDS, flags: FLAGS, hidden: HIDDEN } = format;
  /** Health and damage of events come in 1/64 points. */
  const POINT = 64;
  const SLICES_PER_WALL = 5;

  function player(row, at) {
    return {
      id: row[at],
      slot: row[at + 1],
      team: TEAMS[row[at + 2]],
      x: row[at + 3],
      y: row[at + 4],
      vx: row[at + 5],
      vy: row[at + 6],
      facing: row[at + 7],
      mouseX: row[at + 8],
      mouseY: row[at + 9],
      health: row[at + 10],
      alive: row[at + 11] !== 0,
      placed: row[at + 12] !== 0,
      aiming: row[at + 13] !== 0,
      movement: MOVEMENTS[row[at + 14]],
      weapon: WEAPONS[row[at + 15]],
      slotInHand: row[at + 16],
      kills: row[at + 17],
      deaths: row[at + 18],
      damageDealt: row[at + 19],
      lastSequence: row[at + 20],
      droppedInputs: row[at + 21],
      ignoredInputs: row[at + 22],
      lastDamageTick: row[at + 23],
      deathTick: row[at + 24],
      respawnTick: row[at + 25],
      respawnShownTick: row[at + 26],
      invulnerableUntilTick: row[at + 27],
      killer: row[at + 28],
      viewDistance: row[at + 29],
      viewAngle: row[at + 30],
      heat: row[at + 31],
      reloadTicks: row[at + 32],
      charge: row[at + 33],
      blind: row[at + 34] !== 0,
      sightImpairment: row[at + 35],
      hearingImpairment: row[at + 36],
      movementImpairment: row[at + 37],
    };
  }

  function weapon(row, at) {
    return {
      weapon: WEAPONS[row[at]],
      ammo: row[at + 1],
      reserve: row[at + 2],
      maxAmmo: row[at + 3],
      maxReserve: row[at + 4],
      reloading: row[at + 5] !== 0,
      readyInTicks: row[at + 6],
      damage: row[at + 7],
      rate: row[at + 8],
      reloadMs: row[at + 9],
      accuracy: row[at + 10],
      range: row[at + 11],
    };
  }

  // Columns of an event's row.
  const TICK = 1, PLAYER = 2, TARGET = 3, WEAPON = 4, X = 5, Y = 6, DX = 7, DY = 8, VALUE = 9, SLICE = 10, AUX = 11;
  const FLAG = 12, PART = 13, TEAM = 14;

  const has = (row, at, flag) => (row[at + FLAG] & flag) !== 0;

  const wallOf = (slice) => Math.floor(slice / SLICES_PER_WALL);

  const wallDamage = (type) => (row, at) => ({
    type,
    tick: row[at + TICK],
    player: row[at + PLAYER],
    weapon: WEAPONS[row[at + WEAPON]],
    slice: row[at + SLICE],
    wall: wallOf(row[at + SLICE]),
    x: row[at + X],
    y: row[at + Y],
    damage: row[at + VALUE] / POINT,
    health: row[at + AUX] / POINT,
  });

  /** By kind. */
  const EVENTS = {
    player_joined: (row, at) =>
      withTeam({ type: 'player_joined', tick: row[at + TICK], player: row[at + PLAYER] }, row, at),
    player_left: (row, at) => ({
      type: 'player_left', tick: row[at + TICK], player: row[at + PLAYER], x: row[at + X], y: row[at + Y],
    }),
    spawned: (row, at) => withTeam({
      type: 'spawned',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      x: row[at + X],
      y: row[at + Y],
      invulnerableUntilTick: row[at + VALUE],
    }, row, at),
    respawn_denied: (row, at) => ({
      type: 'respawn_denied', tick: row[at + TICK], player: row[at + PLAYER], remainingTicks: row[at + VALUE],
    }),
    fired: (row, at) => ({
      type: 'fired',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      x: row[at + X],
      y: row[at + Y],
      dx: row[at + DX],
      dy: row[at + DY],
      ammo: row[at + VALUE],
      isAiming: has(row, at, FLAGS.aiming),
    }),
    fire_refused: (row, at) => ({
      type: 'fire_refused',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      remainingTicks: row[at + VALUE],
      ammo: row[at + AUX],
    }),
    hit_player: (row, at) => ({
      type: 'hit_player',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      target: row[at + TARGET],
      weapon: WEAPONS[row[at + WEAPON]],
      x: row[at + X],
      y: row[at + Y],
      targetX: row[at + DX],
      targetY: row[at + DY],
      pellet: row[at + AUX],
      damage: row[at + VALUE] / POINT,
      penetration: row[at + PART],
    }),
    hit_wall: (row, at) => ({
      type: 'hit_wall',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      slice: row[at + SLICE],
      wall: wallOf(row[at + SLICE]),
      x: row[at + X],
      y: row[at + Y],
      dx: row[at + DX],
      dy: row[at + DY],
      pellet: row[at + AUX],
      damage: row[at + VALUE] / POINT,
      penetration: row[at + PART],
      isStopped: has(row, at, FLAGS.stopped),
    }),
    miss: (row, at) => ({
      type: 'miss',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      x: row[at + X],
      y: row[at + Y],
      dx: row[at + DX],
      dy: row[at + DY],
      pellet: row[at + AUX],
      penetration: row[at + PART],
    }),
    reload_started: (row, at) => ({
      type: 'reload_started',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      remainingTicks: row[at + VALUE],
    }),
    reloaded: (row, at) => ({
      type: 'reloaded',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      ammo: row[at + VALUE],
      reserve: row[at + AUX],
    }),
    switched: (row, at) => ({
      type: 'switched',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      fromWeapon: WEAPONS[row[at + PART]],
    }),
    aim_toggled: (row, at) => ({
      type: 'aim_toggled', tick: row[at + TICK], player: row[at + PLAYER], isAiming: has(row, at, FLAGS.aiming),
    }),
    player_damaged: (row, at) => ({
      type: 'player_damaged',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      target: row[at + TARGET],
      weapon: WEAPONS[row[at + WEAPON]],
      x: row[at + X],
      y: row[at + Y],
      damage: row[at + VALUE] / POINT,
      health: row[at + AUX],
      isKilled: has(row, at, FLAGS.killed),
    }),
    died: (row, at) => ({
      type: 'died',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      target: row[at + TARGET],
      weapon: WEAPONS[row[at + WEAPON]],
      x: row[at + X],
      y: row[at + Y],
      isTeamKill: has(row, at, FLAGS.teamKill),
    }),
    wall_damaged: wallDamage('wall_damaged'),
    slice_destroyed: (row, at) => ({ ...wallDamage('slice_destroyed')(row, at), heardBy: row[at + PART] }),
    match_ended: (row, at) => ({ type: 'match_ended', tick: row[at + TICK], winner: TEAMS[row[at + VALUE]] ?? null }),
    launched: (row, at) => ({
      type: 'launched',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      projectile: row[at + VALUE] >>> 0,
      x: row[at + X],
      y: row[at + Y],
      vx: row[at + DX],
      vy: row[at + DY],
      charge: row[at + AUX],
      ammo: row[at + SLICE],
    }),
    bounced: (row, at) => {
      const event = {
        type: 'bounced',
        tick: row[at + TICK],
        player: row[at + PLAYER],
        weapon: WEAPONS[row[at + WEAPON]],
        projectile: row[at + VALUE] >>> 0,
        x: row[at + X],
        y: row[at + Y],
        vx: row[at + DX],
        vy: row[at + DY],
      };
      if (row[at + TARGET] !== 0) event.target = row[at + TARGET];
      if (row[at + SLICE] >= 0) {
        event.slice = row[at + SLICE];
        event.wall = wallOf(row[at + SLICE]);
      }
      return event;
    },
    exploded: (row, at) => ({
      type: 'exploded',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      projectile: row[at + VALUE] >>> 0,
      x: row[at + X],
      y: row[at + Y],
      radius: row[at + AUX],
    }),
    dazzled: (row, at) => ({
      type: 'dazzled',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      target: row[at + TARGET],
      weapon: WEAPONS[row[at + WEAPON]],
      x: row[at + X],
      y: row[at + Y],
      intensity: row[at + VALUE] / 1000,
      blindTicks: row[at + AUX],
      totalTicks: row[at + SLICE],
      distance: row[at + DX],
      angle: row[at + DY],
      isClear: has(row, at, FLAGS.aiming),
    }),
    overheated: (row, at) => ({
      type: 'overheated',
      tick: row[at + TICK],
      player: row[at + PLAYER],
      weapon: WEAPONS[row[at + WEAPON]],
      remainingTicks: row[at + VALUE],
    }),
  };

  /** By number of the kind; the first is 1. */
  const BY_NUMBER = [undefined, ...format.events.map((kind) => EVENTS[kind])];

  function withTeam(event, row, at) {
    if (row[at + TEAM] >= 0) event.team = TEAMS[row[at + TEAM]];
    return event;
  }

  function event(row, at) {
    const event = BY_NUMBER[row[at]](row, at);
    // A death without a killer has neither; the thrower of a grenade may have left before it goes off.
    if (event.player === 0) delete event.player;
    if ('weapon' in event && event.weapon === undefined) delete event.weapon;
    return event;
  }

  /** Fields that each bit hides. Actor and weapon are numbers that stand for nobody and nothing already. */
  const FIELDS = [
    [HIDDEN.target, ['target']],
    [HIDDEN.place, ['x', 'y']],
    [HIDDEN.direction, ['dx', 'dy', 'targetX', 'targetY']],
    [HIDDEN.rounds, ['ammo', 'reserve']],
    [HIDDEN.damage, ['damage']],
  ];

  function told(row, at) {
    const told = event(row, at);
    const hidden = row[at + format.event + 1];
    if (told.type === 'slice_destroyed') delete told.heardBy;
    if (told.type === 'dazzled') told.projectile = row[at + format.event + 2];
    if (hidden !== 0) {
      for (const [bit, fields] of FIELDS) {
        if ((hidden & bit) !== 0) for (const field of fields) delete told[field];
      }
    }
    told.to = row[at + format.event];
    return told;
  }

  /** Of a record of bytes, as readSounds writes them. */
  function sound(bytes, at) {
    return {
      tick: (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0,
      listener: bytes[at + 4],
      kind: SOUNDS[bytes[at + 5]],
      gain: bytes[at + 6],
      bearing: bytes[at + 7],
      cutoff: bytes[at + 8],
      aim: bytes[at + 9],
      own: (bytes[at + 10] & FLAGS.own) !== 0,
    };
  }

  return { player, weapon, event, told, sound };
};
