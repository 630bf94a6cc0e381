/** What was asked of a room's match and could not be done. */
export interface Refusal {
    /** Method or field. */
    what: string;
    reason: string;
}
/** Counts what was refused and keeps the newest: a host's own room never gets an exception out of its socket handlers. */
export declare class Refusals {
    #private;
    private readonly heed;
    constructor(heed: ((refusal: Refusal) => void) | undefined);
    /** Since the beginning. */
    get count(): number;
    /** The newest one; undefined: there was none. */
    get last(): Refusal | undefined;
    add(what: string, reason: string): void;
}
/** A value as a message names it, whatever it is, in at most 40 characters. */
export declare function named(value: unknown): string;
/** A field of something of any shape; undefined where there is none to be had. */
export declare function field(of: unknown, name: string): unknown;
