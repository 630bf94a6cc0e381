import type { RecordingShelf, RecordingSink, ReplayStore, WrittenReplay } from '../replays/index.js';

/** Lets matches be recorded into the store of replays, and tells of each recording that is whole. */
export class ReplayShelf implements RecordingShelf {
  constructor(private readonly store: ReplayStore, private readonly onWritten: (matchId: string, replay: WrittenReplay) => void) {}

  async sink(matchId: string): Promise<RecordingSink> {
    const sink = await this.store.sink(matchId);
    return {
      write: (bytes) => sink.write(bytes),
      close: async () => {
        const written = await sink.close();
        this.onWritten(matchId, written);
        return written;
      },
      abort: () => sink.abort(),
    };
  }
}
