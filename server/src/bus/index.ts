export type { Bus } from './types.js';
export { MemoryBus } from './memory.js';
export { RedisBus } from './redis.js';
