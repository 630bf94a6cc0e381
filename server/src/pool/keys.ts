export const serverKey = (id: string): string => `server:${id}`;
export const beatKey = (kind: 'server' | 'front' | 'leader', id: string): string => `beat:${kind}:${id}`;
export const matchKey = (id: string): string => `match:${id}`;
export const tombstoneKey = (incarnation: string): string => `tombstone:${incarnation}`;
export const lostKey = (matchId: string): string => `lost:${matchId}`;
export const FENCE_KEY = 'fence';
/** Server to its incarnation. */
export const SERVERS = 'servers';
/** Matches in which somebody has yet to come. */
export const PENDING = 'pending';
/** Matches with open places, to their version. */
export const OPEN = 'open';
/** Matches to be noted as lost. */
export const LOST = 'lost';
/** Hints that there is something new for this server. */
export const serverTopic = (id: string): string => `server:${id}`;
