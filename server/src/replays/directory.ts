import { lockFolder } from '../folder-lock.js';
import { checkedId, ReplayFiles } from './files.js';
import type { ReplayStore } from './types.js';

export interface DirectoryOptions {
  folder: string;
  /** Of one recording; default 64 MiB. */
  replayBytes?: number;
  /** Of all; default 10 GiB. Before a new one would go over, the oldest ones go. */
  totalBytes?: number;
  /** These have gone; their rows may go too. */
  onRemoved?(matchIds: string[]): void;
}

/** What the oldest ones make room for: some at a time, since finding them means walking the folder. */
const ROOM = 0.1;

/** Recordings in a folder of this machine. @throws FolderLockedError; ReplayError */
export async function openReplayDirectory(options: DirectoryOptions): Promise<ReplayStore> {
  const lock = await lockFolder(options.folder, 'a server that keeps its replays there');
  try {
    const replayBytes = options.replayBytes ?? 64 << 20;
    const totalBytes = options.totalBytes ?? 10 * 2 ** 30;
    const files = await ReplayFiles.open(options.folder, { replayBytes, totalBytes });
    let shrinking: Promise<void> | undefined;
    const makeRoom = (): Promise<void> => {
      if (files.bytes + replayBytes <= totalBytes) return Promise.resolve();
      shrinking ??= files.shrinkTo(Math.max(0, totalBytes * (1 - ROOM) - replayBytes)).then((removed) => {
        if (removed.length > 0) options.onRemoved?.(removed);
      }).finally(() => { shrinking = undefined; });
      return shrinking;
    };
    const about = (matchId: string) => ({ store: 'directory' as const, key: `${matchId}` });
    return {
      kind: 'directory',
      async sink(matchId) {
        checkedId(matchId);
        await makeRoom();
        const sink = await files.sink(matchId);
        return { ...sink, close: async () => ({ ...about(matchId), ...await sink.close() }) };
      },
      async put(matchId, bytes) {
        checkedId(matchId);
        await makeRoom();
        return { ...about(matchId), ...await files.put(matchId, bytes) };
      },
      get: async (matchId) => (await files.get(matchId))?.stream,
      delete: (matchId) => files.delete(matchId),
      list: async (limit, after = '') => (await files.list()).filter((id) => id > after).slice(0, limit),
      async close() {
        await files.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
