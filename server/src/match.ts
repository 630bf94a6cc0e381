import { randomInt } from 'node:crypto';
import {
  acquaintance, destructionStats, hear, HeatGauge, InputTranslator, LegacyWalls, playerEntry, playerPage, projectileEntry, smokeEntry, stateJson,
  toLegacy, v2, WallCatalogue, type Acquaintance, type DestructionStats, type EventContext, type PlayerInput, type PlayerPage, type Presence, type Roll,
} from '@trespasser/engine/legacy';
import { botLoadout, botName, otherTeam, planBots, type TeamCounts } from './bots.js';
import type { Clock } from './clock.js';
import type { Counters } from './counters.js';
import {
  Button, engine, engineErrorCode, type GameEvent, type HeardSound, type Loadout, type MatchId, type PlayerId, type PlayerView,
  type TeamName, type ToldEvent, type WeaponName, type WireReceived, type World,
} from './engine.js';
import type { NamedMap } from './maps.js';
import { DEFAULT_LOADOUT, isPerson, slotOf, type PersonSeat, type Seat } from './seat.js';
import type { WireAddress } from './wire.js';

/** Players of one team at most: 4v4. */
const TEAM_SIZE = 4;
const STATES_PER_SECOND = 20;

/** Milliseconds between full sets of walls to one player. They are nine tenths of a state that has them. */
const WALLS_EVERY_MS = 240;

/** Takes sounds that nobody wants: a match keeps 1,024 at most. */
const UNHEARD = new Uint8Array(1024 * engine.SOUND_BYTES);

const THROWN: ReadonlySet<WeaponName> = new Set(['grenade', 'smokegrenade', 'flashbang']);

export interface MatchServices {
  readonly world: World;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Epoch milliseconds at which a step of the world is due. */
  epochOfStep(step: number): number;
  emit(memberId: string, event: string, payload: unknown): void;
  /** For a payload that is JSON already. */
  emitJson(memberId: string, event: string, json: string): void;
  /** Whether the client behind the connection keeps up; one that doesn't skips states instead of getting them late. */
  keepsUp(memberId: string): boolean;
  /** Whether the client has asked for what its player hears. */
  wantsSounds(memberId: string): boolean;
  /** The engine keeps the member's link there from now on; undefined: nowhere any more. */
  wireMoved(memberId: string, address: WireAddress | undefined): void;
}

export interface MatchSettings {
  readonly map: NamedMap;
  readonly killTarget: number;
  readonly maxPlayers: number;
  /** Bots wanted while there is room beside people. */
  readonly bots: number;
  /** Steps by which the sending of states is shifted, so that not all matches send in the same one. */
  readonly phase: number;
  /** Of all its randomness; by default one that nobody can guess. */
  readonly seed?: number;
}

export interface JoinWish {
  name: string;
  team: TeamName | undefined;
  loadout: Loadout;
}

export interface Equipment {
  weapons: string[];
  currentWeapon: string;
}

export interface RosterEntry {
  id: string;
  health: number;
  team: TeamName;
  kills: number;
  deaths: number;
  isAlive: boolean;
}

export interface MatchResults {
  winnerTeam: TeamName | null;
  redKills: number;
  blueKills: number;
  playerStats: { playerId: string; playerName: string; team: TeamName; kills: number; deaths: number; damageDealt: number }[];
}

/** One lobby's match in the engine: who sits where, what goes in, and what comes out to whom. */
export class Match {
  readonly #seats = new Map<string, Seat>();
  /** Leavers stay until the match starts over: events may still name them. */
  readonly #byPlayer = new Map<PlayerId, Seat>();
  readonly #walls: WallCatalogue;
  readonly #roll: Roll;
  /** What everybody has heard since the last network tick, if anybody's client wants to know. */
  #heard: HeardSound[] = [];
  readonly #id: MatchId;
  readonly #pristine: Float32Array;
  /** Taken by the engine's answers, so that none is made for each player and state. */
  readonly #health: Float32Array;
  /** World steps minus match ticks. */
  #stepOffset = 0;
  /** What the engine shows after the current tick; fetched when first asked for. */
  #views: Map<PlayerId, PlayerView> | undefined;
  #knows: Uint8Array | undefined;
  readonly #pages = new Map<string, PlayerPage>();
  #bots = 0;
  #botsNamed = 0;
  #over = false;

  constructor(private readonly services: MatchServices, private readonly settings: MatchSettings) {
    this.#walls = new WallCatalogue(settings.map.map);
    this.#id = this.#create();
    this.#pristine = services.world.sliceHealth(this.#id);
    this.#health = new Float32Array(this.#pristine.length);
    const { world } = services;
    this.#roll = {
      msPerTick: 1000 / world.tickRate,
      epochMs: (tick) => this.#epochMs(tick),
      legacyId: (player) => this.#byPlayer.get(player)?.memberId ?? null,
      weapons: (player) => world.weapons(this.#id, player),
    };
    this.#settleBots();
  }

  /** People and bots. */
  get size(): number {
    return this.#seats.size;
  }

  get people(): number {
    return this.#seats.size - this.#bots;
  }

  /** A team has reached the kill target. */
  get over(): boolean {
    return this.#over;
  }

  has(memberId: string): boolean {
    return this.#seats.has(memberId);
  }

  /** Who sits or sat there since the match started over; undefined: a bot, or nobody. */
  personBehind(player: PlayerId): string | undefined {
    const seat = this.#byPlayer.get(player);
    return seat === undefined || seat.isBot ? undefined : seat.memberId;
  }

  /** The engine's ids of the bots. */
  get bots(): PlayerId[] {
    return [...this.#seats.values()].filter((seat) => seat.isBot).map((seat) => seat.player);
  }

  /**
   * Seats a person, who watches until `join`. Bots make room.
   *
   * @param team the person's, come what may; undefined: as they wish
   */
  add(memberId: string, name: string, team?: TeamName): void {
    if (this.people >= this.settings.maxPlayers) throw new Error('the match is full of people');
    this.#settleBots(this.people + 1);
    const entered = this.#enter({ ...(team === undefined ? {} : { team }), loadout: DEFAULT_LOADOUT, spawn: false });
    const { player } = entered;
    const seat: PersonSeat = {
      memberId, isBot: false, name, player, slot: slotOf(player), team: entered.team, assigned: team, loadout: DEFAULT_LOADOUT, joined: false,
      hasSpawned: false, lastShot: new Map(), slicesHit: 0, input: new InputTranslator(), ...this.#wallsKnownTo(player),
      heat: new HeatGauge(), wallsDue: true, wallsChanged: false, wallsAtMs: 0, stateTick: 0, stateDue: false, awaitsShot: false,
      onWire: false,
    };
    this.#sit(seat);
    this.#settleBots();
  }

  remove(memberId: string): void {
    const seat = this.#seats.get(memberId);
    if (seat === undefined) return;
    this.#stand(seat);
    this.#unplug(seat);
    this.#settleBots();
  }

  /** Everything from the beginning: scores 0, walls whole, whoever has joined at a spawn. */
  restart(): void {
    const { world } = this.services;
    // What nobody has been told yet is of a match that is over.
    world.drainEvents(this.#id);
    world.drainTold(this.#id);
    world.readSounds(this.#id, UNHEARD);
    // The same match, and so the same players: links go on with their next epoch.
    world.resetMatch(this.#id, this.#seed());
    this.#byPlayer.clear();
    this.#heard = [];
    this.#forgetViews();
    this.#over = false;
    for (const seat of this.#seats.values()) {
      seat.lastShot.clear();
      this.#byPlayer.set(seat.player, seat);
      // Whose first spawn was still to come.
      if (seat.joined && !this.#view(seat).placed) this.#tap(seat, Button.RESPAWN);
      if (!isPerson(seat)) continue;
      Object.assign(seat, this.#wallsKnownTo(seat.player));
      seat.wallsDue = true;
      seat.heat.cool();
      seat.stateTick = 0;
    }
  }

  destroy(): void {
    this.services.world.destroyMatch(this.#id);
    for (const seat of this.#seats.values()) this.#unplug(seat);
    this.#seats.clear();
    this.#byPlayer.clear();
  }

  /** Equips and places the person. Throws the engine's error, with nothing changed, where the loadout is illegal. */
  join(memberId: string, wish: JoinWish): { team: TeamName; equipment: Equipment } {
    const seat = this.#person(memberId);
    seat.name = wish.name;
    // Clients repeat the request until it is answered: whoever stands already keeps what they have.
    if (!this.#view(seat).alive) {
      this.services.world.setLoadout(this.#id, seat.player, wish.loadout);
      seat.loadout = wish.loadout;
      // Whoever has been on the field stays on a side: its players know where the others are.
      if (!this.#view(seat).placed) this.#moveTo(seat, seat.assigned ?? this.#roomierTeam(seat, wish.team ?? seat.team));
      seat.joined = true;
      seat.stateDue = true;
      this.#tap(seat, Button.RESPAWN);
      this.#settleBots();
    }
    seat.wallsDue = true;
    return { team: seat.team, equipment: this.#equipment(seat) };
  }

  /** New weapons for the dead and those who have not spawned yet; throws for everybody else. */
  equip(memberId: string, loadout: Loadout): Equipment {
    const seat = this.#person(memberId);
    this.services.world.setLoadout(this.#id, seat.player, loadout);
    seat.loadout = loadout;
    return this.#equipment(seat);
  }

  input(memberId: string, input: PlayerInput): void {
    const seat = this.#hands(memberId);
    if (seat === undefined) return;
    const { sequence, held, taps, mouseX, mouseY } = seat.input.translate(input, this.services.clock.now());
    const taken = this.services.world.pushInput(this.#id, seat.player, sequence, held, taps, mouseX, mouseY, seat.stateTick);
    if (!taken) this.services.counters.add('input_repeated');
  }

  /** `chargeLevel` 1 to 5 for a throw, 0 for a shot. */
  fire(memberId: string, chargeLevel: number): void {
    const seat = this.#hands(memberId);
    if (seat === undefined) return;
    if (chargeLevel > 0 && THROWN.has(this.#view(seat).weapon)) return this.throwItem(memberId, chargeLevel);
    if (seat.input.firing) return;
    seat.awaitsShot = true;
    this.#tap(seat, Button.FIRE);
  }

  reload(memberId: string): void {
    const seat = this.#hands(memberId);
    if (seat !== undefined) this.#tap(seat, Button.RELOAD);
  }

  /**
   * Today's client reports one throw twice, in the input stream and as this event. Both reach the engine: whichever
   * comes second, the weapon's rate refuses.
   */
  throwItem(memberId: string, chargeLevel: number): void {
    const seat = this.#hands(memberId);
    if (seat === undefined) return;
    seat.awaitsShot = true;
    this.services.world.throwItem(this.#id, seat.player, chargeLevel);
  }

  toggleAim(memberId: string): void {
    const seat = this.#hands(memberId);
    if (seat === undefined) return;
    if (seat.input.aimToggle('event', this.services.clock.now())) this.#tap(seat, Button.AIM);
  }

  switchTo(memberId: string, weapon: string): void {
    const seat = this.#hands(memberId);
    if (seat === undefined) return;
    const slot = this.services.world.weapons(this.#id, seat.player).findIndex((each) => each.weapon === weapon);
    if (slot < 0) this.services.counters.add('switch_to_missing_weapon');
    else this.#tap(seat, Button.SLOT1 << slot);
  }

  respawn(memberId: string): void {
    const seat = this.#person(memberId);
    if (seat.joined) this.#tap(seat, Button.RESPAWN);
  }

  /** The next state is full, and comes at once. */
  requestState(memberId: string): void {
    const seat = this.#person(memberId);
    seat.wallsDue = true;
    seat.stateDue = true;
  }

  kill(memberId: string): void {
    this.services.world.killPlayer(this.#id, this.#person(memberId).player);
  }

  giveWeapon(memberId: string, weapon: string): Equipment {
    const seat = this.#person(memberId);
    this.services.world.giveWeapon(this.#id, seat.player, weapon);
    return this.#equipment(seat);
  }

  /** Whole walls for everybody, and everybody knows it. */
  repairWalls(): void {
    this.services.world.repairWalls(this.#id);
    for (const seat of this.#people()) seat.wallsDue = true;
  }

  /** Takes everything out of the air, without a bang. */
  clearProjectiles(): void {
    this.services.world.clearProjectiles(this.#id);
  }

  ownTeamData(memberId: string): { playerId: string; team: TeamName; position: { x: number; y: number }; isAlive: boolean } {
    const seat = this.#person(memberId);
    const { x, y, alive } = this.#view(seat);
    return { playerId: memberId, team: seat.team, position: { x, y }, isAlive: alive };
  }

  /** What the step just made brought about, sent to those who may know. */
  advance(step: number): void {
    const { world, counters } = this.services;
    this.#forgetViews();
    this.#pages.clear();
    const events = world.drainEvents(this.#id);
    const told = world.drainTold(this.#id);
    this.#listen();
    const isNetworkTick = this.#isNetworkTick(step + this.settings.phase);
    this.#stepOffset = step - world.tick(this.#id);
    for (const event of events) this.#note(event);
    for (const seat of this.#people()) {
      // Asked before the step's own events fill the buffer: those are no sign of a slow client.
      const keepsUp = this.services.keepsUp(seat.memberId);
      if (seat.onWire) {
        if (isNetworkTick) this.#followWire(seat, this.#view(seat));
        continue;
      }
      for (const event of told) if ((event.to >> seat.slot & 1) === 1) this.#tell(seat, event);
      this.#tellHeat(seat);
      if (isNetworkTick) this.#sendSounds(seat, keepsUp);
      if (!seat.stateDue && !isNetworkTick) continue;
      if (keepsUp) this.#sendState(seat);
      else counters.add('state_skipped_slow_client');
    }
    if (isNetworkTick) this.#heard = [];
    for (const event of events) this.#settle(event);
  }

  /** Scores and health as the viewer may know them. */
  roster(viewerId: string): RosterEntry[] {
    const viewer = this.#seats.get(viewerId);
    return [...this.#seats.values()].map((seat) => {
      const view = this.#view(seat);
      const hidden = viewer === undefined || this.#acquaintance(viewer, seat) === 'unseen';
      const health = view.alive ? (hidden ? 100 : view.health) : 0;
      return { id: seat.memberId, health, team: seat.team, kills: view.kills, deaths: view.deaths, isAlive: view.alive };
    });
  }

  results(): MatchResults {
    const { red, blue, winner } = this.services.world.score(this.#id);
    return {
      winnerTeam: winner ?? (red === blue ? null : red > blue ? 'red' : 'blue'),
      redKills: red,
      blueKills: blue,
      playerStats: [...this.#seats.values()].map((seat) => {
        const { kills, deaths, damageDealt } = this.#view(seat);
        return { playerId: seat.memberId, playerName: seat.name, team: seat.team, kills, deaths, damageDealt };
      }),
    };
  }

  /** Everything, for the debug window alone. */
  inspect(): { players: object[]; destruction: DestructionStats & { damagedSlices: number }; tick: number; hash: string } {
    const { world } = this.services;
    const health = world.sliceHealth(this.#id);
    return {
      players: [...this.#seats.values()].map((seat) => {
        const { x, y, health, alive, weapon, kills, deaths } = this.#view(seat);
        const { memberId, name, isBot, team, slicesHit } = seat;
        return { id: memberId, name, isBot, team, position: { x, y }, health, alive, weapon, kills, deaths, slicesHit };
      }),
      destruction: { ...destructionStats(health), damagedSlices: health.filter((points, slice) => points !== this.#pristine[slice]).length },
      tick: world.tick(this.#id),
      hash: world.hash(this.#id),
    };
  }

  destruction(): DestructionStats {
    return destructionStats(this.services.world.sliceHealth(this.#id));
  }

  #seed(): number {
    return this.settings.seed ?? randomInt(2 ** 32);
  }

  #create(): MatchId {
    return this.services.world.createMatch(this.settings.map.map, {
      seed: this.#seed(), killTarget: this.settings.killTarget,
    });
  }

  #enter(options: { team?: TeamName; loadout: Loadout; spawn: boolean }): { player: PlayerId; team: TeamName } {
    const { world } = this.services;
    const player = world.addPlayer(this.#id, options);
    world.listen(this.#id, player);
    return { player, team: world.player(this.#id, player).team };
  }

  #wallsKnownTo(player: PlayerId): Pick<PersonSeat, 'walls' | 'wallsVersion'> {
    const { world } = this.services;
    return {
      walls: new LegacyWalls(this.#walls, world.knownSliceHealth(this.#id, player, this.#health)),
      wallsVersion: world.knownSlicesVersion(this.#id, player),
    };
  }

  #forgetViews(): void {
    this.#views = undefined;
    this.#knows = undefined;
  }

  #acquaintance(viewer: Seat, seat: Seat): Acquaintance {
    this.#knows ??= this.services.world.knows(this.#id);
    return acquaintance(this.#knows, viewer, seat);
  }

  #sit(seat: Seat): void {
    this.#seats.set(seat.memberId, seat);
    this.#byPlayer.set(seat.player, seat);
    this.#forgetViews();
  }

  #stand(seat: Seat): void {
    this.services.world.removePlayer(this.#id, seat.player);
    this.#seats.delete(seat.memberId);
    // The slot's next player has not heard it.
    this.#heard = this.#heard.filter((sound) => sound.listener !== seat.slot);
    if (seat.isBot) this.#bots--;
    this.#forgetViews();
  }

  #moveTo(seat: Seat, team: TeamName): void {
    if (team === seat.team) return;
    this.services.world.setTeam(this.#id, seat.player, team);
    seat.team = team;
    this.#forgetViews();
  }

  /** The wished team, or the other one where four people are on it already. */
  #roomierTeam(seat: Seat, wish: TeamName): TeamName {
    const others = [...this.#people()].filter((each) => each !== seat && each.team === wish).length;
    return others >= TEAM_SIZE ? otherTeam(wish) : wish;
  }

  /** Adds and removes bots until there are as many as wanted beside `people`, evenly over the teams. */
  #settleBots(people = this.people): void {
    if (this.settings.bots === 0 && this.#bots === 0) return;
    const target = Math.max(0, Math.min(this.settings.bots, this.settings.maxPlayers - people));
    const count = (wanted: boolean): TeamCounts => {
      const counts = { red: 0, blue: 0 };
      for (const seat of this.#seats.values()) if (seat.isBot === wanted) counts[seat.team]++;
      return counts;
    };
    const plan = planBots(count(false), count(true), target);
    const teams: TeamName[] = ['red', 'blue'];
    // Leaving first: the engine holds eight.
    for (const team of teams) {
      const spare = [...this.#seats.values()].filter((seat) => seat.isBot && seat.team === team).slice(plan[team]);
      for (const seat of spare) this.#stand(seat);
    }
    for (const team of teams) {
      for (let missing = plan[team] - count(true)[team]; missing > 0; missing--) this.#addBot(team);
    }
  }

  #addBot(team: TeamName): void {
    const index = this.#botsNamed++;
    const loadout = botLoadout(index);
    const player = this.services.world.addBot(this.#id, { team, loadout });
    this.#bots++;
    this.#sit({
      memberId: `bot_${index + 1}`, isBot: true, name: botName(index), player, slot: slotOf(player), team, assigned: undefined,
      loadout, joined: true, hasSpawned: false, lastShot: new Map(), slicesHit: 0,
    });
  }

  #person(memberId: string): PersonSeat {
    const seat = this.#seats.get(memberId);
    if (seat === undefined || !isPerson(seat)) throw new Error('no such person in the match');
    return seat;
  }

  /** Whose keys today's events are; nobody's while the wire carries them, or the two streams' numbers and presses would mix. */
  #hands(memberId: string): PersonSeat | undefined {
    const seat = this.#person(memberId);
    if (!seat.onWire) return seat;
    this.services.counters.add('input_beside_wire');
    return undefined;
  }

  #isSeated(seat: Seat): boolean {
    return this.#seats.get(seat.memberId) === seat;
  }

  *#people(): Iterable<PersonSeat> {
    for (const seat of this.#seats.values()) if (isPerson(seat)) yield seat;
  }

  #tap(seat: Seat, buttons: number): void {
    this.services.world.tap(this.#id, seat.player, buttons);
  }

  #view(seat: Seat): PlayerView {
    this.#views ??= new Map(this.services.world.players(this.#id).map((view) => [view.id, view]));
    return this.#views.get(seat.player) ?? this.services.world.player(this.#id, seat.player);
  }

  #equipment(seat: Seat): Equipment {
    this.#views = undefined;
    return {
      weapons: this.services.world.weapons(this.#id, seat.player).map((each) => each.weapon),
      currentWeapon: this.#view(seat).weapon,
    };
  }

  #epochMs(tick: number): number {
    return Math.round(this.services.epochOfStep(tick + this.#stepOffset));
  }

  #isNetworkTick(step: number): boolean {
    const states = (at: number): number => Math.floor((at * STATES_PER_SECOND) / this.services.world.tickRate);
    return states(step + 1) !== states(step);
  }

  /** The server's own books, before anybody is told. */
  #note(event: GameEvent): void {
    const seat = event.player === undefined ? undefined : this.#byPlayer.get(event.player);
    if (event.type === 'match_ended') this.#over = true;
    if (event.type === 'slice_destroyed') this.services.counters.add('slice_destroyed');
    if (seat === undefined) return;
    if ((event.type === 'fired' || event.type === 'launched') && event.weapon !== undefined) seat.lastShot.set(event.weapon, event.tick);
    if (event.type === 'wall_damaged' || event.type === 'slice_destroyed') seat.slicesHit++;
    if (isPerson(seat) && event.type === 'spawned') seat.heat.cool();
    if (isPerson(seat) && event.type === 'overheated') seat.heat.overheat(event.tick + (event.remainingTicks ?? 0));
  }

  /** The server's own books, after everybody was told. */
  #settle(event: GameEvent): void {
    const seat = event.player === undefined ? undefined : this.#byPlayer.get(event.player);
    if (seat === undefined) return;
    if (event.type === 'spawned') seat.hasSpawned = true;
    if (isPerson(seat) && (event.type === 'fired' || event.type === 'launched' || event.type === 'fire_refused')) seat.awaitsShot = false;
  }

  #tell(seat: PersonSeat, event: ToldEvent): void {
    if (event.type === 'fire_refused' && !seat.awaitsShot) return;
    for (const packet of toLegacy(event, this.#contextFor(seat))) this.services.emit(seat.memberId, packet.event, packet.payload);
  }

  #tellHeat(seat: PersonSeat): void {
    const update = seat.heat.update(this.#view(seat).heat, this.services.world.tick(this.#id));
    if (update !== undefined) this.services.emit(seat.memberId, 'weapon:heat:update', update);
  }

  #contextFor(receiver: PersonSeat): EventContext {
    return {
      walls: this.#walls,
      msPerTick: this.#roll.msPerTick,
      epochMs: this.#roll.epochMs,
      legacyId: this.#roll.legacyId,
      placeOf: (player) => {
        const seat = this.#byPlayer.get(player);
        if (seat === undefined || !this.#isSeated(seat)) return null;
        const { view, acquaintance } = this.#presence(receiver, seat);
        return acquaintance === 'unseen' || !view.placed ? null : v2(view.x, view.y);
      },
      teamOf: (player) => this.#byPlayer.get(player)?.team ?? null,
      playerEntry: (player) => {
        const seat = this.#byPlayer.get(player);
        return seat === undefined || !this.#isSeated(seat) ? undefined : playerEntry(this.#presence(receiver, seat), this.#roll);
      },
      spawn: (player) => {
        const seat = this.#byPlayer.get(player);
        if (seat === undefined || !this.#isSeated(seat)) return undefined;
        const { health, team } = this.#view(seat);
        return { health, team, isFirst: !seat.hasSpawned };
      },
    };
  }

  #presence(receiver: PersonSeat, seat: Seat): Presence {
    return { seat, view: this.#view(seat), acquaintance: this.#acquaintance(receiver, seat) };
  }

  /** Drains the engine after each step, wanted or not, before anybody can come into a slot. */
  #listen(): void {
    const { world } = this.services;
    const isWanted = [...this.#people()].some((seat) => this.services.wantsSounds(seat.memberId));
    if (isWanted) this.#heard.push(...world.drainSounds(this.#id));
    else world.readSounds(this.#id, UNHEARD);
  }

  /** Like states, sounds are for now: a client that does not keep up misses them. */
  #sendSounds(seat: PersonSeat, keepsUp: boolean): void {
    if (!this.services.wantsSounds(seat.memberId)) return;
    const earshot = hear(seat, this.#heard);
    if (earshot === null) return;
    if (!keepsUp) return this.services.counters.add('sounds_skipped_slow_client');
    const timestamp = this.#epochMs(this.services.world.tick(this.#id));
    this.services.emit(seat.memberId, 'sounds', { timestamp, ...earshot });
  }

  #sendState(seat: PersonSeat): void {
    this.services.emitJson(seat.memberId, 'game:state', this.#state(seat));
    seat.stateTick = this.services.world.tick(this.#id);
    seat.stateDue = false;
  }

  #state(seat: PersonSeat): string {
    const { world } = this.services;
    const tick = world.tick(this.#id);
    return stateJson({
      own: this.#view(seat),
      players: [...this.#seats.values()].map((each) => this.#page(seat, each)),
      polygon: world.polygon(this.#id, seat.player),
      walls: this.#wallsFor(seat),
      projectiles: world.knownProjectiles(this.#id, seat.player).map((known) => projectileEntry(known, tick, this.#roll)),
      smokeZones: world.knownClouds(this.#id, seat.player).map((cloud) => smokeEntry(cloud, this.#roll)),
      tick,
      tickRate: world.tickRate,
    }, this.#roll);
  }

  /** Once for all receivers to whom the player is known in the same way. */
  #page(receiver: PersonSeat, seat: Seat): PlayerPage {
    const presence = this.#presence(receiver, seat);
    const key = `${presence.acquaintance}/${seat.memberId}`;
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = playerPage(presence, this.#roll);
      this.#pages.set(key, page);
    }
    return page;
  }

  /** The full set whenever the receiver has learnt of any change, but not more often than need be: each hit has its own event, too. */
  #wallsFor(seat: PersonSeat): string | undefined {
    const { world } = this.services;
    const version = world.knownSlicesVersion(this.#id, seat.player);
    if (version !== seat.wallsVersion) {
      seat.wallsVersion = version;
      if (seat.walls.update(world.knownSliceHealth(this.#id, seat.player, this.#health))) seat.wallsChanged = true;
    }
    const now = this.services.clock.now();
    if (!seat.wallsDue && !(seat.wallsChanged && now - seat.wallsAtMs >= WALLS_EVERY_MS)) return undefined;
    seat.wallsDue = false;
    seat.wallsChanged = false;
    seat.wallsAtMs = now;
    return seat.walls.json;
  }

  /** The match in the engine, the same one as long as the lobby lives. */
  get engineId(): MatchId {
    return this.#id;
  }

  /** Hash of the map, 16 hex digits. */
  get mapHash(): string {
    return this.settings.map.map.hash;
  }

  /** From now on the engine tells the person's client what it may know. */
  openWire(memberId: string): void {
    const seat = this.#person(memberId);
    this.services.world.wireOpen(this.#id, seat.player);
    seat.onWire = true;
    this.services.wireMoved(memberId, { match: this.#id, player: seat.player });
  }

  /** Back to today's stream, with a full state; nothing happens if the person is not on the wire, or not there. */
  closeWire(memberId: string): void {
    const seat = this.#seats.get(memberId);
    if (seat === undefined || !isPerson(seat) || !seat.onWire) return;
    seat.onWire = false;
    seat.wallsDue = true;
    seat.stateDue = true;
    this.services.world.wireClose(this.#id, seat.player);
  }

  holdWire(memberId: string, held: boolean): void {
    this.services.world.wireHold(this.#id, this.#person(memberId).player, held);
  }

  /** A message of the person's client. Throws the engine's `BAD_MESSAGE`, with nothing changed, for bytes that are none. */
  receiveWire(memberId: string, bytes: Uint8Array): WireReceived {
    const { world } = this.services;
    const seat = this.#person(memberId);
    const received = world.wireReceive(this.#id, seat.player, bytes);
    // The living change neither side nor weapons.
    if (!this.#view(seat).alive) this.#followWire(seat, world.player(this.#id, seat.player));
    return received;
  }

  /** Who is who, for those on the wire, where players go by their slots. */
  /** Everybody who is in it, bots too, as the engine knows them. */
  names(): { player: PlayerId; name: string }[] {
    return [...this.#seats.values()].map(({ player, name }) => ({ player, name }));
  }

  wireRoster(): { slot: number; id: string; name: string; team: TeamName }[] {
    return [...this.#seats.values()]
      .map(({ slot, memberId, name, team }) => ({ slot, id: memberId, name, team }))
      .sort((a, b) => a.slot - b.slot);
  }

  /** What a client has asked the engine for over the wire: side, weapons, the first spawn. */
  #followWire(seat: PersonSeat, { team, placed, alive }: PlayerView): void {
    if (placed) seat.joined = true;
    if (team === seat.team) return;
    this.#views = undefined;
    // Four people are on that side already, or the player is to stay where they are.
    if (!alive && (seat.assigned ?? this.#roomierTeam(seat, team)) !== team) return this.services.world.setTeam(this.#id, seat.player, seat.team);
    seat.team = team;
    this.#settleBots();
  }

  #unplug(seat: Seat): void {
    if (!isPerson(seat) || !seat.onWire) return;
    seat.onWire = false;
    this.services.wireMoved(seat.memberId, undefined);
  }
}

/** Whether the engine refused because of what the player asked for, rather than for a fault of ours. */
export function isRefusal(error: unknown): error is Error {
  const code = engineErrorCode(error);
  return code !== undefined && code !== 'PANIC' && code !== 'NODE';
}
