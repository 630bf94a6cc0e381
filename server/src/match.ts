import { randomInt } from 'node:crypto';
import { botName, otherTeam, planBots, type TeamCounts } from './bots.js';
import type { Clock } from './clock.js';
import type { Counters } from './counters.js';
import {
  Button, engineErrorCode, type GameEvent, type Loadout, type MatchId, type PlayerId, type PlayerView, type TeamName, type World,
} from './engine.js';
import { InputTranslator } from './input.js';
import { Knowledge } from './knowledge.js';
import { toLegacy, type EventContext } from './legacy-events.js';
import { playerEntry, stateFor, type LegacyState, type Presence, type Roll } from './legacy-state.js';
import { LegacyWalls } from './legacy-walls.js';
import type { NamedMap } from './maps.js';
import type { PlayerInput } from './payloads.js';
import { DEFAULT_LOADOUT, isPerson, slotOf, type PersonSeat, type Seat } from './seat.js';
import { WallMemory } from './wall-memory.js';
import { destructionStats, WallCatalogue, type DestructionStats } from './walls.js';

/** Players of one team at most: 4v4. */
const TEAM_SIZE = 4;
const STATES_PER_SECOND = 20;

export interface MatchServices {
  readonly world: World;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Epoch milliseconds at which a step of the world is due. */
  epochOfStep(step: number): number;
  emit(memberId: string, event: string, payload: unknown): void;
  /** Whether the client behind the connection keeps up; one that doesn't skips states instead of getting them late. */
  keepsUp(memberId: string): boolean;
}

export interface MatchSettings {
  readonly map: NamedMap;
  readonly killTarget: number;
  readonly maxPlayers: number;
  /** Bots wanted while there is room beside people. */
  readonly bots: number;
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
  readonly #knowledge: Knowledge;
  readonly #roll: Roll;
  #id: MatchId;
  #pristine: Float32Array;
  /** World steps minus match ticks. */
  #stepOffset = 0;
  #views: Map<PlayerId, PlayerView> | undefined;
  #bots = 0;
  #botsNamed = 0;
  #over = false;

  constructor(private readonly services: MatchServices, private readonly settings: MatchSettings) {
    this.#walls = new WallCatalogue(settings.map.map);
    this.#id = this.#create();
    this.#pristine = services.world.sliceHealth(this.#id);
    const { world } = services;
    this.#knowledge = new Knowledge({
      sightMatrix: () => world.sightMatrix(this.#id),
      polygon: (player) => world.polygon(this.#id, player),
      sliceHealth: () => world.sliceHealth(this.#id),
      subject: (player) => this.#byPlayer.get(player),
    }, this.#walls);
    this.#roll = {
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

  /** Seats a person, who watches until `join`. Bots make room. */
  add(memberId: string, name: string): void {
    if (this.people >= this.settings.maxPlayers) throw new Error('the match is full of people');
    this.#settleBots(this.people + 1);
    const { player, team } = this.#enter({ loadout: DEFAULT_LOADOUT, spawn: false });
    const memory = this.#newMemory();
    const seat: PersonSeat = {
      memberId, isBot: false, name, player, slot: slotOf(player), team, loadout: DEFAULT_LOADOUT, joined: false,
      hasSpawned: false, lastShot: new Map(), slicesHit: 0, input: new InputTranslator(), memory, walls: new LegacyWalls(this.#walls, memory),
      wallsDue: true, stateDue: false, awaitsShot: false,
    };
    this.#sit(seat);
    this.#settleBots();
  }

  remove(memberId: string): void {
    const seat = this.#seats.get(memberId);
    if (seat === undefined) return;
    this.#stand(seat);
    this.#settleBots();
  }

  /** Everything from the beginning: scores 0, walls whole, whoever has joined at a spawn. */
  restart(): void {
    const { world } = this.services;
    const old = this.#id;
    this.#id = this.#create();
    world.destroyMatch(old);
    this.#pristine = world.sliceHealth(this.#id);
    this.#byPlayer.clear();
    this.#knowledge.forget();
    this.#views = undefined;
    this.#over = false;
    for (const seat of this.#seats.values()) {
      const { player } = seat.isBot
        ? { player: world.addBot(this.#id, { team: seat.team }) }
        : this.#enter({ team: seat.team, loadout: seat.loadout, spawn: seat.joined });
      seat.player = player;
      seat.slot = slotOf(player);
      seat.lastShot.clear();
      this.#byPlayer.set(player, seat);
      if (!isPerson(seat)) continue;
      seat.memory = this.#newMemory();
      seat.walls = new LegacyWalls(this.#walls, seat.memory);
      seat.wallsDue = true;
    }
  }

  destroy(): void {
    this.services.world.destroyMatch(this.#id);
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
      this.#moveTo(seat, this.#roomierTeam(seat, wish.team ?? seat.team));
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
    const seat = this.#person(memberId);
    const { sequence, held, taps, mouseX, mouseY } = seat.input.translate(input, this.services.clock.now());
    const taken = this.services.world.pushInput(this.#id, seat.player, sequence, held, taps, mouseX, mouseY);
    if (!taken) this.services.counters.add('input_repeated');
  }

  fire(memberId: string): void {
    const seat = this.#person(memberId);
    if (seat.input.firing) return;
    seat.awaitsShot = true;
    this.#tap(seat, Button.FIRE);
  }

  reload(memberId: string): void {
    this.#tap(this.#person(memberId), Button.RELOAD);
  }

  throwInHand(memberId: string): void {
    this.#tap(this.#person(memberId), Button.THROW);
  }

  toggleAim(memberId: string): void {
    const seat = this.#person(memberId);
    if (seat.input.aimToggle('event', this.services.clock.now())) this.#tap(seat, Button.AIM);
  }

  switchTo(memberId: string, weapon: string): void {
    const seat = this.#person(memberId);
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

  ownTeamData(memberId: string): { playerId: string; team: TeamName; position: { x: number; y: number }; isAlive: boolean } {
    const seat = this.#person(memberId);
    const { x, y, alive } = this.#view(seat);
    return { playerId: memberId, team: seat.team, position: { x, y }, isAlive: alive };
  }

  /** What the step just made brought about, sent to those who may know. */
  advance(step: number): void {
    const { world, counters } = this.services;
    this.#views = undefined;
    const events = world.drainEvents(this.#id);
    this.#stepOffset = step - world.tick(this.#id);
    for (const event of events) this.#note(event);
    if (this.people > 0) {
      this.#knowledge.beginTick();
      for (const seat of this.#people()) {
        for (const event of events) this.#tell(seat, event);
        if (!seat.stateDue && !this.#isNetworkTick(step)) continue;
        if (this.services.keepsUp(seat.memberId)) this.#sendState(seat);
        else counters.add('state_skipped_slow_client');
      }
    }
    for (const event of events) this.#settle(event);
  }

  /** Scores and health as the viewer may know them. */
  roster(viewerId: string): RosterEntry[] {
    const viewer = this.#seats.get(viewerId);
    return [...this.#seats.values()].map((seat) => {
      const view = this.#view(seat);
      const hidden = viewer === undefined || this.#knowledge.acquaintance(viewer, seat) === 'unseen';
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

  #create(): MatchId {
    return this.services.world.createMatch(this.settings.map.map, {
      seed: randomInt(2 ** 32), killTarget: this.settings.killTarget,
    });
  }

  #enter(options: { team?: TeamName; loadout: Loadout; spawn: boolean }): { player: PlayerId; team: TeamName } {
    const { world } = this.services;
    const player = world.addPlayer(this.#id, options);
    return { player, team: world.player(this.#id, player).team };
  }

  #newMemory(): WallMemory {
    return new WallMemory(this.#pristine, this.services.world.sliceHealth(this.#id));
  }

  #sit(seat: Seat): void {
    this.#seats.set(seat.memberId, seat);
    this.#byPlayer.set(seat.player, seat);
    this.#views = undefined;
  }

  #stand(seat: Seat): void {
    this.services.world.removePlayer(this.#id, seat.player);
    this.#seats.delete(seat.memberId);
    if (seat.isBot) this.#bots--;
    this.#views = undefined;
  }

  #moveTo(seat: Seat, team: TeamName): void {
    if (team === seat.team) return;
    this.services.world.setTeam(this.#id, seat.player, team);
    seat.team = team;
    this.#views = undefined;
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
    const player = this.services.world.addBot(this.#id, { team });
    const index = this.#botsNamed++;
    this.#bots++;
    this.#sit({
      memberId: `bot_${index + 1}`, isBot: true, name: botName(index), player, slot: slotOf(player), team,
      loadout: DEFAULT_LOADOUT, joined: true, hasSpawned: false, lastShot: new Map(), slicesHit: 0,
    });
  }

  #person(memberId: string): PersonSeat {
    const seat = this.#seats.get(memberId);
    if (seat === undefined || !isPerson(seat)) throw new Error('no such person in the match');
    return seat;
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
    if (seat !== undefined && event.type === 'fired' && event.weapon !== undefined) seat.lastShot.set(event.weapon, event.tick);
    if (seat !== undefined && event.type === 'wall_damaged') seat.slicesHit++;
  }

  /** The server's own books, after everybody was told. */
  #settle(event: GameEvent): void {
    const seat = event.player === undefined ? undefined : this.#byPlayer.get(event.player);
    if (seat === undefined) return;
    if (event.type === 'spawned') seat.hasSpawned = true;
    if (isPerson(seat) && (event.type === 'fired' || event.type === 'fire_refused')) seat.awaitsShot = false;
  }

  #tell(seat: PersonSeat, event: GameEvent): void {
    if (event.type === 'fire_refused' && !seat.awaitsShot) return;
    const known = this.#knowledge.witness(seat, event);
    if (known === null) return;
    const packet = toLegacy(known, this.#contextFor(seat));
    if (packet !== null) this.services.emit(seat.memberId, packet.event, packet.payload);
  }

  #contextFor(receiver: PersonSeat): EventContext {
    return {
      walls: this.#walls,
      msPerTick: 1000 / this.services.world.tickRate,
      epochMs: this.#roll.epochMs,
      legacyId: this.#roll.legacyId,
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
    return { seat, view: this.#view(seat), acquaintance: this.#knowledge.acquaintance(receiver, seat) };
  }

  #sendState(seat: PersonSeat): void {
    this.services.emit(seat.memberId, 'game:state', this.#state(seat));
    seat.stateDue = false;
    seat.wallsDue = false;
  }

  #state(seat: PersonSeat): LegacyState {
    this.#knowledge.lookAround(seat);
    const changed = seat.walls.update();
    return stateFor(
      this.#view(seat),
      [...this.#seats.values()].map((each) => this.#presence(seat, each)),
      this.#knowledge.polygon(seat),
      changed || seat.wallsDue ? seat.walls.byId : undefined,
      this.services.world.tick(this.#id),
      this.services.world.tickRate,
      this.#roll,
    );
  }
}

/** Whether the engine refused because of what the player asked for, rather than for a fault of ours. */
export function isRefusal(error: unknown): error is Error {
  const code = engineErrorCode(error);
  return code !== undefined && code !== 'PANIC' && code !== 'NODE';
}
