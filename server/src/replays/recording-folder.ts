import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.js';
import type { RecordingShelf, RecordingSink } from './sink.js';

/** Of recorded matches. */
export const RECORDING_EXTENSION = '.tprp';
/** A name that is no way out of the folder. */
const MATCH_ID = /^[0-9a-f-]{36}$/;

/** One file for each match in one folder: `<matchId>.tprp`. */
export class RecordingFolder implements RecordingShelf {
  private constructor(readonly folder: string) {}

  /** Fails where nothing could be kept at all. */
  static async open(folder: string): Promise<RecordingFolder> {
    try {
      await mkdir(folder, { recursive: true });
      return new RecordingFolder(folder);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigError(
        `Recordings cannot be kept in ${folder} (${reason}): choose a folder that this user may write to (DATA_DIR=folder), or none (REPLAYS=off)`,
        { cause },
      );
    }
  }

  sink(matchId: string): RecordingSink {
    if (!MATCH_ID.test(matchId)) throw new Error('a match id is a UUID');
    return new RecordingFile(join(this.folder, `${matchId}${RECORDING_EXTENSION}`));
  }
}

/**
 * Written through as it comes, under its own name from the beginning: whatever ends the process leaves a file that can be
 * read up to the last write.
 */
export class RecordingFile implements RecordingSink {
  #file: FileHandle | undefined;
  #bytes = 0;

  constructor(readonly path: string) {}

  async write(bytes: Uint8Array): Promise<void> {
    this.#file ??= await open(this.path, 'w');
    // A disk that fills up takes a part first, and says so when asked for the rest.
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at);
      at += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }

  async close(): Promise<{ bytes: number }> {
    await this.#shut();
    // An empty file says nothing but that there was no room.
    if (this.#bytes === 0) await rm(this.path, { force: true });
    return { bytes: this.#bytes };
  }

  async abort(): Promise<void> {
    await this.#shut();
    await rm(this.path, { force: true });
  }

  async #shut(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
