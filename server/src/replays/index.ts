export type * from './types.js';
export { ReplayError } from './types.js';
export { openReplayDirectory, type DirectoryOptions } from './directory.js';
export type { S3Options, S3Replays } from './s3.js';

/** Loaded when it is asked for: the SDK is big, and most servers keep their replays in a directory. */
export const openS3Replays: typeof import('./s3.js').openS3Replays = async (...given) => (await import('./s3.js')).openS3Replays(...given);
export { MAX_WAITING_BYTES, Recorder, type RecorderReport, type RecordingFault } from './recorder.js';
export { Recordings } from './recordings.js';
export type { RecordingShelf, RecordingSink } from './sink.js';
