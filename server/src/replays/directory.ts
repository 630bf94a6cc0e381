import { lockFolder } from '../folder-lock.js';
import { checkedId, ReplayFiles } from './files.js';
import type { ReplayStore } from './types.js';

export interface DirectoryOptions {
  folder: string;
  /** Of one recording; default 64 MiB. */
  replayBytes?: number;
  /** Of all; default 10 GiB. */
  totalBytes?: number;
}

/** Recordings in a folder of this machine. @throws FolderLockedError; ReplayError */
export async function openReplayDirectory(options: DirectoryOptions): Promise<ReplayStore> {
  const lock = await lockFolder(options.folder, 'a server that keeps its replays there');
  try {
    const files = await ReplayFiles.open(options.folder, {
      replayBytes: options.replayBytes ?? 64 << 20,
      totalBytes: options.totalBytes ?? 10 * 2 ** 30,
    });
    const about = (matchId: string) => ({ store: 'directory' as const, key: `${matchId}` });
    return {
      kind: 'directory',
      async sink(matchId) {
        const sink = await files.sink(matchId);
        return { ...sink, close: async () => ({ ...about(matchId), ...await sink.close() }) };
      },
      put: async (matchId, bytes) => ({ ...about(checkedId(matchId)), ...await files.put(matchId, bytes) }),
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
