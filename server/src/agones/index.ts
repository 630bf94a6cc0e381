export { noFleet, type Fleet } from './types.js';
export type { AgonesDependencies, AgonesOptions } from './agones.js';

/** Loaded when it is asked for: gRPC is big, and only servers in a Fleet need it. */
export const connectAgones: typeof import('./agones.js').connectAgones = async (...given) => (await import('./agones.js')).connectAgones(...given);
