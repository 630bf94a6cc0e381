/**
 * Hints from process to process that a record has changed. A hint may be lost or come twice: it only saves the time until
 * its receiver looks by itself. What must arrive is a record, and is looked for until it is dealt with.
 */
export interface Bus {
  /** @param items short texts, such as ids; 1,000 at most go in one message */
  publish(topic: string, items: readonly string[]): void;
  /** @returns ends the subscription */
  subscribe(topic: string, receive: (items: string[]) => void): () => void;
  close(): Promise<void>;
}
