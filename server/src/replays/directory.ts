import { ConfigError } from '../config.js';
import { FolderLockedError, lockFolder, type FolderLock } from '../folder-lock.js';
import { checkedId, ReplayFiles } from './files.js';
import type { ReplayStore } from './types.js';

export interface DirectoryOptions {
  folder: string;
  /** Of one recording; default 64 MiB, or what all may have where that is less. */
  replayBytes?: number;
  /** Of all; default 10 GiB. Before a new one would go over, the oldest ones go. */
  totalBytes?: number;
  /** Recordings at most; default 20,000. As for bytes. */
  totalCount?: number;
  /** These have gone; their rows may go too. */
  onRemoved?(matchIds: string[]): void;
}

/** What the oldest ones make room for: some at a time, since finding them means walking the folder. */
const ROOM = 0.1;

/**
 * Recordings in a folder of this machine.
 * @throws FolderLockedError; ConfigError where nothing could be kept at all
 */
export async function openReplayDirectory(options: DirectoryOptions): Promise<ReplayStore> {
  const { folder } = options;
  let lock: FolderLock | undefined;
  try {
    lock = await lockFolder(folder, 'a server that keeps its replays there');
    return await openLocked(options, lock);
  } catch (cause) {
    await lock?.release();
    if (cause instanceof FolderLockedError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      `Recordings cannot be kept in ${folder} (${reason}): choose a folder that this user may write to (DATA_DIR=folder), or none (REPLAYS=off)`, { cause },
    );
  }
}

async function openLocked(options: DirectoryOptions, lock: FolderLock): Promise<ReplayStore> {
  const totalBytes = options.totalBytes ?? 10 * 2 ** 30;
  const totalCount = options.totalCount ?? 20_000;
  const replayBytes = Math.min(options.replayBytes ?? 64 << 20, totalBytes);
  const files = await ReplayFiles.open(options.folder, { replayBytes, totalBytes, keepsHalves: true });
  let shrinking: Promise<void> | undefined;
  const makeRoom = (): Promise<void> => {
    if (files.bytes + replayBytes <= totalBytes && files.count < totalCount) return Promise.resolve();
    shrinking ??= files.shrinkTo(
      Math.max(0, totalBytes * (1 - ROOM) - replayBytes), files.count < totalCount ? totalCount : Math.max(0, Math.floor(totalCount * (1 - ROOM)) - 1),
    ).then((removed) => {
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
}
