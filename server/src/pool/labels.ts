import { z } from 'zod';

/** Ids of servers, as the database takes them. */
export const labelSchema = z.string().regex(/^[\w.:/-]{1,64}$/, 'takes 1 to 64 of A-Z, a-z, 0-9, . : / - and _');
