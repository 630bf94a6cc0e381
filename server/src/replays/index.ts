export { DirectoryShelf, FileSink, REPLAY_EXTENSION } from './directory.js';
export { MAX_WAITING_BYTES, Recorder, type RecorderReport, type RecordingFault } from './recorder.js';
export { Recordings } from './recordings.js';
export type { ReplayShelf, ReplaySink } from './sink.js';
