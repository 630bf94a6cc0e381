export { RecordsError, type Records, type RecordsErrorKind, type Transaction } from './types.js';
export type { Buffer } from './buffer.js';
export { MemoryRecords, type MemoryRecordsOptions } from './memory.js';
export { RedisRecords, type RedisRecordsOptions } from './redis.js';
