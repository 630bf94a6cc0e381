// What the types promise to callers: compiled, never run. Wrong calls must not compile.
import { expectTypeOf } from 'expect-type';
import * as engine from '@trespasser/engine';
import {
  Button, EVIDENCE_KINDS, GameMap, INPUT_BYTES, Match, Playback, Player, PositionGuard, RatingSystem, Replay, SOUND_BYTES,
  SOUND_KINDS, Snapshot, WEAPONS, WIRE_COLUMNS, WireClient, World, builtFor, runScene, sceneNames, sceneScript, version,
} from '@trespasser/engine';
import { GameStateSystem, type ActionResult, type FilteredGameState, type LivePlayer, type PendingEvent } from '@trespasser/engine/legacy';
import type {
  EngineErrorCode, EvidenceKindName, GameEvent, HeardSound, Loadout, MatchId, MatchView, PlayerEdit, PlayerId, PlayerView, Rating, Score,
  SoundKindName, TeamName, ToldEvent, Verified, WeaponName, WireState,
} from '@trespasser/engine';

// Constants are literals, so that buffers can be typed by them; lists are read-only.
expectTypeOf(INPUT_BYTES).toEqualTypeOf<40>();
expectTypeOf(SOUND_BYTES).toEqualTypeOf<12>();
expectTypeOf(WIRE_COLUMNS).toEqualTypeOf<5>();
expectTypeOf(Button.FIRE).toEqualTypeOf<64>();
expectTypeOf(WEAPONS).toEqualTypeOf<readonly WeaponName[]>();
expectTypeOf(SOUND_KINDS).toEqualTypeOf<readonly SoundKindName[]>();
expectTypeOf(EVIDENCE_KINDS).toEqualTypeOf<readonly EvidenceKindName[]>();
expectTypeOf(version).toEqualTypeOf<string>();
expectTypeOf(builtFor).toEqualTypeOf<string>();
// @ts-expect-error a constant
Button.FIRE = 1;
// @ts-expect-error a constant
WEAPONS.push('rifle');

// Worlds and ids.
const world = new World({ tickRate: 60, rules: 'legacy', wire: { rate: 20 } });
// @ts-expect-error no such rule book
new World({ rules: 'mine' });
// @ts-expect-error no such option
new World({ ticks: 60 });
const map = GameMap.builtin('yard', { reading: 'coarse' });
// @ts-expect-error made by fromPng, fromRects or builtin
new GameMap();
const id = world.createMatch(map, { seed: 1, killTarget: 5 });
expectTypeOf(id).toEqualTypeOf<MatchId>();
const playerId = world.addPlayer(id, { team: 'red', loadout: { primary: 'rifle', secondary: 'pistol', support: [] } });
expectTypeOf(playerId).toEqualTypeOf<PlayerId>();
// @ts-expect-error no such side
world.addPlayer(id, { team: 'green' });
// @ts-expect-error support is missing
const loadout: Loadout = { primary: 'rifle', secondary: 'pistol' };
expectTypeOf(world.pushInput).toEqualTypeOf<(
  match: MatchId, player: PlayerId, sequence: number, held: number, taps: number, mouseX: number, mouseY: number, ackTick?: number,
) => boolean>();
expectTypeOf(world.pushInputs).toEqualTypeOf<(buffer: Uint8Array, count: number) => number>();
// @ts-expect-error a plain array is no buffer
world.pushInputs([0], 0);
// @ts-expect-error numbers are not coerced
world.tick('1');
expectTypeOf(world.step()).toEqualTypeOf<void>();
expectTypeOf(world.drainEvents(id)).toEqualTypeOf<GameEvent[]>();
expectTypeOf(world.drainTold(id)).toEqualTypeOf<ToldEvent[]>();
expectTypeOf(world.drainSounds(id)).toEqualTypeOf<HeardSound[]>();
expectTypeOf(world.score(id)).toEqualTypeOf<Score>();
expectTypeOf(world.score(id).winner).toEqualTypeOf<TeamName | null>();
expectTypeOf(world.player(id, playerId)).toEqualTypeOf<PlayerView>();
expectTypeOf<PlayerView['movement']>().toEqualTypeOf<'idle' | 'walking' | 'running' | 'sneaking'>();
expectTypeOf(world.wirePackets).toEqualTypeOf<(bytes: Uint8Array, index: Uint32Array) => number>();
// @ts-expect-error read-only
world.tickRate = 30;

// An event is told apart by its type, and a field may be absent.
for (const event of world.drainEvents(id)) {
  switch (event.type) {
    case 'died':
      expectTypeOf(event.target).toEqualTypeOf<PlayerId | undefined>();
      break;
    // @ts-expect-error no such kind
    case 'vanished':
      break;
    default:
  }
}

// Handles.
const match = new Match(world, map, { seed: 1 });
// @ts-expect-error a world comes first
new Match(map);
expectTypeOf(Match.of(world, id)).toEqualTypeOf<Match>();
expectTypeOf(match.id).toEqualTypeOf<MatchId>();
expectTypeOf(match.world).toEqualTypeOf<World>();
expectTypeOf(match.view()).toEqualTypeOf<MatchView>();
const player = match.addPlayer({ team: 'blue' });
expectTypeOf(player).toEqualTypeOf<Player>();
expectTypeOf(match.players()).toEqualTypeOf<Player[]>();
// @ts-expect-error made by a match
new Player();
expectTypeOf(player.input({ mouseX: 1, mouseY: 2 })).toEqualTypeOf<number>();
// @ts-expect-error a cursor has two coordinates
player.input({ mouseX: 1 });
expectTypeOf(player.view()).toEqualTypeOf<PlayerView>();
expectTypeOf(player.sees(match.addBot({ skill: 1 }))).toEqualTypeOf<boolean>();
// @ts-expect-error an id is no player
player.sees(playerId);

// A method of a handle is the world's, without the ids.
type WithoutMatch<F> = F extends (match: MatchId, ...rest: infer R) => infer T ? (...rest: R) => T : never;
type WithoutBoth<F> = F extends (match: MatchId, player: PlayerId, ...rest: infer R) => infer T ? (...rest: R) => T : never;
type OfMatch =
  | 'drainEvents' | 'drainTold' | 'drainSounds' | 'readSounds' | 'pendingSounds' | 'soundBetween' | 'soundField' | 'readPlayers'
  | 'lineIsClear' | 'smokeBetween' | 'sightMatrix' | 'knows' | 'projectiles' | 'clouds' | 'wallsVersion' | 'sliceHealth'
  | 'repairWalls' | 'clearProjectiles' | 'hash' | 'mapHash' | 'save' | 'restore' | 'snapshot' | 'rollback' | 'resimulate' | 'record' | 'recording'
  | 'drainReplay' | 'endRecording' | 'guard' | 'unguard' | 'drainEvidence' | 'standings' | 'score';
expectTypeOf<{ [K in OfMatch]: Match[K] }>().toEqualTypeOf<{ [K in OfMatch]: WithoutMatch<World[K]> }>();
type OfPlayer =
  | 'setTeam' | 'setLoadout' | 'pushInput' | 'tap' | 'throwItem' | 'giveWeapon' | 'weapons' | 'polygon' | 'tiles' | 'listen'
  | 'knownSliceHealth' | 'knownSlicesVersion' | 'knownProjectiles' | 'knownClouds' | 'wireOpen' | 'wireClose' | 'wireHold'
  | 'wireBait' | 'wireDecoy' | 'wireReceive' | 'wireStats' | 'standing' | 'setDecoy' | 'adoptBot' | 'releaseBot' | 'isBot';
expectTypeOf<{ [K in OfPlayer]: Player[K] }>().toEqualTypeOf<{ [K in OfPlayer]: WithoutBoth<World[K]> }>();
expectTypeOf(player.edit).toEqualTypeOf<(edit: PlayerEdit) => void>();
expectTypeOf(player.replayLabel).toEqualTypeOf<(key: string, value: string) => void>();

// What owns memory can be used with `using`.
expectTypeOf<World | Match | Player | GameMap | Snapshot | Replay | Playback | WireClient | PositionGuard>().toExtend<Disposable>();
{
  using inner = new World();
  using snapshot = world.snapshot(id);
  expectTypeOf(inner.matchCount).toEqualTypeOf<number>();
  expectTypeOf(snapshot.tick).toEqualTypeOf<number>();
}
// @ts-expect-error a few numbers, which nobody needs to free
using system = new RatingSystem();

// The rest.
const client = new WireClient();
expectTypeOf(client.receive(new Uint8Array(1))).toEqualTypeOf<'welcome' | 'snapshot' | 'farewell' | 'ignored'>();
expectTypeOf(client.state()).toEqualTypeOf<WireState | null>();
const replay = Replay.open(new Uint8Array(1));
expectTypeOf(replay.verify(map, { onProgress: (ticks) => expectTypeOf(ticks).toEqualTypeOf<number>() })).toEqualTypeOf<Verified>();
expectTypeOf(replay.begin(world, map)).toEqualTypeOf<Playback>();
expectTypeOf(new RatingSystem({ system: 'elo', k: 32 }).rate([{ place: 1, members: [] }])).toEqualTypeOf<Rating[][]>();
// @ts-expect-error k is Elo's
new RatingSystem({ k: 32 });
expectTypeOf(new PositionGuard({ savedS: 1 }).check(world, id, playerId, { x: 1, y: 1, timeMs: 0, movement: 'idle' }).fault)
  .toEqualTypeOf<'outside' | 'speed' | 'teleport' | 'wall' | 'dead' | null>();
expectTypeOf(runScene(sceneNames()[0] ?? 'duel', 60)).toEqualTypeOf<string>();
expectTypeOf(sceneScript('duel').rules).toEqualTypeOf<'standard' | 'legacy'>();

// A code is one of these; a switch over all of them ends in `never`.
export function advice(code: EngineErrorCode): string {
  switch (code) {
    case 'STALE_ID': case 'MATCH_FULL': case 'WORLD_FULL': case 'INVALID_ARGUMENT': case 'UNKNOWN_WEAPON': case 'ILLEGAL_LOADOUT':
    case 'NOT_ALLOWED': case 'BAD_MAP': case 'BAD_SNAPSHOT': case 'BAD_REPLAY': case 'BAD_MESSAGE': case 'UNKNOWN_NAME':
    case 'ALREADY_QUEUED': case 'QUEUE_FULL': case 'PANIC': case 'DISPOSED': case 'NODE': case 'ERR_NO_BINARY': case 'ERR_BINARY_VERSION': case 'ERR_BINARY_CHOICE':
      return code;
    default:
      expectTypeOf(code).toEqualTypeOf<never>();
      return code;
  }
}
expectTypeOf(engine).toHaveProperty('World');

// Today's backend's simulation object.
const sim = new GameStateSystem({ anything: true }, { seed: 5 });
expectTypeOf(sim.initialize()).toEqualTypeOf<Promise<void>>();
const live = sim.createPlayer('socket');
expectTypeOf(live).toEqualTypeOf<LivePlayer>();
expectTypeOf(sim.getPlayer('socket')).toEqualTypeOf<LivePlayer | undefined>();
expectTypeOf(sim.getPlayers()).toEqualTypeOf<Map<string, LivePlayer>>();
live.transform.position = { x: 1, y: 2 };
live.transform.position.x = 3;
live.team = 'blue';
// @ts-expect-error no such side
live.team = 'green';
const smg = sim.getWeaponSystem().createWeapon('smg', sim.getWeaponSystem().getWeaponConfig('smg'));
if (smg !== undefined) live.weapons.set('smg', smg);
for (const [type, weapon] of live.weapons) expectTypeOf([type, weapon.currentAmmo] as const).toEqualTypeOf<readonly [string, number]>();
expectTypeOf(sim.handleWeaponFire({ playerId: 'socket' })).toEqualTypeOf<ActionResult>();
expectTypeOf(sim.getPendingEvents()).toEqualTypeOf<PendingEvent[]>();
expectTypeOf(sim.getFilteredGameState('socket')).toEqualTypeOf<FilteredGameState | null>();
// @ts-expect-error milliseconds
sim.update('16');
