/** Where the recording of one match goes. Calls come one after the other: the next when the last has settled. */
export interface RecordingSink {
  /** Takes bytes behind those before. They are the sink's from now on. A sink that has failed takes no more. */
  write(bytes: Uint8Array): Promise<void>;
  /** No more comes: what was taken is kept. After a failure, too: a recording that ends early is read up to its last whole second. */
  close(): Promise<{ bytes: number }>;
  /** Nothing of it is kept. */
  abort(): Promise<void>;
}

/** Opens sinks by match. */
export interface RecordingShelf {
  /** @param matchId a UUID. A failure stops this recording alone */
  sink(matchId: string): RecordingSink | Promise<RecordingSink>;
}
