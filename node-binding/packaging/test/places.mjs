import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `node-binding/packaging`. */
export const packaging = dirname(dirname(fileURLToPath(import.meta.url)));
/** `node-binding`. */
export const binding = dirname(packaging);
/** A program of the development dependencies. */
export const tool = (...path) => join(packaging, 'node_modules', ...path);
