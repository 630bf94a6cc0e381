import type { Counters } from '../counters.js';
import type { PlayerId, World } from '../engine.js';
import type { Lobby, LobbyObserver } from '../lobby.js';
import type { Logger } from '../logger.js';
import type { Match } from '../match.js';
import { Recorder } from './recorder.js';
import type { RecordingShelf } from './sink.js';

interface Recording {
  readonly recorder: Recorder;
  readonly lobby: Lobby<Match>;
  /** Steps by which its drains are shifted. */
  readonly phase: number;
  /** A person has been there: what bots do among themselves is not kept. */
  hasPeople: boolean;
  /** As written down so far. */
  readonly names: Map<PlayerId, string>;
  namesLeft: number;
}

/** Names that one recording takes: more than come to a match, and less than the labels that the engine keeps. */
const MAX_NAMES = 200;

/** Writes down every match that people play, each to a sink of its own. A match goes on whatever becomes of its recording. */
export class Recordings implements LobbyObserver<Match> {
  readonly #running = new Map<string, Recording>();
  /** Sinks that still write what is left. */
  readonly #ending = new Set<Promise<number>>();
  #begun = 0;

  constructor(
    private readonly world: World,
    private readonly shelf: RecordingShelf,
    private readonly counters: Counters,
    private readonly log: Logger,
  ) {}

  /** Matches being written down. */
  get running(): number {
    return this.#running.size;
  }

  /** Recordings whose last bytes are on their way. */
  get ending(): number {
    return this.#ending.size;
  }

  /** Bytes that wait for sinks, at most `MAX_WAITING_BYTES` a match. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { recorder } of this.#running.values()) bytes += recorder.waiting;
    return bytes;
  }

  matchBegan(lobby: Lobby<Match>, matchId: string): void {
    this.#guard(matchId, () => {
      const sink = this.shelf.sink(matchId);
      const labels = [{ key: 'match', value: matchId }, { key: 'map', value: lobby.settings.mapName }];
      const recorder = new Recorder(this.world, lobby.match.engineId, sink, {
        wrote: (bytes) => this.counters.add('replay_bytes', bytes),
        failed: (fault, error) => this.#failed(matchId, fault, error),
      }, labels);
      const recording: Recording = {
        recorder, lobby, phase: this.#begun++, hasPeople: lobby.members.size > 0, names: new Map(), namesLeft: MAX_NAMES,
      };
      this.#running.set(matchId, recording);
      this.#name(recording);
    });
  }

  matchEnded(_: Lobby<Match>, matchId: string): void {
    const recording = this.#running.get(matchId);
    if (recording === undefined) return;
    this.#running.delete(matchId);
    this.#guard(matchId, () => {
      this.#name(recording);
      const ending = recording.hasPeople ? recording.recorder.end() : recording.recorder.discard();
      this.#ending.add(ending);
      void ending.finally(() => this.#ending.delete(ending));
    });
  }

  /** After each step of the world. Once a second of match time, different matches in different steps. */
  advance(step: number): void {
    const { tickRate } = this.world;
    for (const [matchId, recording] of this.#running) {
      if (recording.lobby.members.size > 0) recording.hasPeople = true;
      if ((step + 7 * recording.phase) % tickRate === 0) {
        this.#guard(matchId, () => {
          this.#name(recording);
          recording.recorder.drain();
        });
      }
    }
  }

  /** When all matches have ended: settles when the last bytes are written. */
  async close(): Promise<void> {
    await Promise.all(this.#ending);
  }

  /** Who is who. Once a second: whoever comes and goes within one is nobody to look for. */
  #name(recording: Recording): void {
    const { recorder, lobby, names } = recording;
    if (!recorder.isRecording) return;
    for (const { player, name } of lobby.match.names()) {
      if (names.get(player) === name || recording.namesLeft === 0) continue;
      recording.namesLeft--;
      names.set(player, name);
      this.world.replayLabel(lobby.match.engineId, player, 'name', name);
    }
  }

  #failed(matchId: string, fault: string, error: unknown): void {
    this.counters.add('replay_failed');
    this.counters.add(`replay_failed_${fault}`);
    this.log.error({ match: matchId, fault, err: error }, 'a recording has stopped; the match goes on');
  }

  #guard(matchId: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failed(matchId, 'internal', error);
    }
  }
}
