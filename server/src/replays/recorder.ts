import type { MatchId, World } from '../engine.js';
import type { RecordingSink } from './sink.js';

/** Bytes that may wait for the sink: some minutes of a match. A sink that is further behind is given up. */
export const MAX_WAITING_BYTES = 1024 * 1024;

export type RecordingFault =
  /** The sink refused bytes: a full disk, a store that is away. */
  | 'write_failed'
  /** The sink takes less than the match makes. */
  | 'too_slow'
  /** The engine stopped writing down: more than it may keep waited to be drained. */
  | 'stopped';

export interface RecorderReport {
  /** The sink has taken them. */
  wrote(bytes: number): void;
  /** Once: nothing more is recorded of this match. The match itself goes on. */
  failed(fault: RecordingFault, error: unknown): void;
}

/** Writes one match down, from now until it ends. The engine makes the bytes; this carries them to the sink, off the way of the steps. */
export class Recorder {
  readonly #sink: Promise<RecordingSink>;
  #waiting = 0;
  #queue: Promise<void> = Promise.resolve();
  #state: 'recording' | 'ended' | 'failed' = 'recording';

  /** @param limit bytes that may wait */
  constructor(
    private readonly world: World,
    private readonly match: MatchId,
    sink: RecordingSink | Promise<RecordingSink>,
    private readonly report: RecorderReport,
    labels: { key: string; value: string }[] = [],
    private readonly limit = MAX_WAITING_BYTES,
  ) {
    this.#sink = Promise.resolve(sink);
    // Whoever writes first is told.
    this.#sink.catch(() => {});
    world.record(match, { labels });
  }

  get isRecording(): boolean {
    return this.#state === 'recording';
  }

  /** Bytes that wait for the sink, 0 to the limit. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Hands over what the engine has finished; called about once a second of match time. */
  drain(): void {
    if (this.#state !== 'recording') return;
    const stats = this.world.recording(this.match);
    if (stats === null || stats.stopped) return this.#fail('stopped', undefined);
    if (stats.waiting === 0) return;
    const bytes = new Uint8Array(stats.waiting);
    this.world.drainReplay(this.match, bytes);
    this.#put(bytes);
  }

  /**
   * The match has ended: the rest is written, and what there is kept. Settles with its bytes when the sink has closed;
   * never fails.
   */
  end(): Promise<number> {
    if (this.#state === 'recording') {
      const waiting = this.world.recording(this.match);
      if (waiting === null || waiting.stopped) this.#fail('stopped', undefined);
      else {
        this.#put(this.world.endRecording(this.match));
        // Putting may have failed it.
        if (this.isRecording) this.#state = 'ended';
      }
    }
    return this.#finish(async (sink) => (await sink.close()).bytes);
  }

  /** Nobody wants it: nothing is kept. */
  discard(): Promise<number> {
    if (this.#state === 'recording') {
      this.#state = 'ended';
      this.#stop();
    }
    return this.#finish(async (sink) => {
      await sink.abort();
      return 0;
    });
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#waiting + bytes.length > this.limit) return this.#fail('too_slow', undefined);
    this.#waiting += bytes.length;
    this.#queue = this.#queue.then(async () => {
      try {
        if (this.#state === 'failed') return;
        await (await this.#sink).write(bytes);
        this.report.wrote(bytes.length);
      } catch (error) {
        this.#fail('write_failed', error);
      } finally {
        this.#waiting -= bytes.length;
      }
    });
  }

  #fail(fault: RecordingFault, error: unknown): void {
    if (this.#state === 'failed') return;
    const wasRecording = this.isRecording;
    this.#state = 'failed';
    if (wasRecording) this.#stop();
    this.report.failed(fault, error);
  }

  /** The engine writes nothing down any more. */
  #stop(): void {
    if (this.world.recording(this.match) !== null) this.world.endRecording(this.match);
  }

  async #finish(last: (sink: RecordingSink) => Promise<number>): Promise<number> {
    await this.#queue;
    try {
      return await last(await this.#sink);
    } catch (error) {
      this.#fail('write_failed', error);
      // What cannot be kept whole is not kept half, and takes no room.
      await this.#sink.then((sink) => sink.abort()).catch(() => {});
      return 0;
    }
  }
}
