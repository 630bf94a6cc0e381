export type * from './types.js';
export { deliverLeftovers, openOutbox, type Leftovers, type OutboxDependencies, type OutboxOptions, type OutboxStore } from './outbox.js';
export { JournalError } from './journal.js';
