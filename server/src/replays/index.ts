export type * from './types.js';
export { ReplayError } from './types.js';
export { openReplayDirectory, type DirectoryOptions } from './directory.js';
export type { S3Options, S3Replays } from './s3.js';

/** Loaded when it is asked for: the SDK is big, and most servers keep their replays in a directory. */
export const openS3Replays: typeof import('./s3.js').openS3Replays = async (...given) => (await import('./s3.js')).openS3Replays(...given);
