"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Refusals = void 0;
exports.named = named;
exports.field = field;
/** Counts what was refused and keeps the newest: a host's own room never gets an exception out of its socket handlers. */
class Refusals {
    heed;
    #count = 0;
    #last;
    constructor(heed) {
        this.heed = heed;
    }
    /** Since the beginning. */
    get count() {
        return this.#count;
    }
    /** The newest one; undefined: there was none. */
    get last() {
        return this.#last;
    }
    add(what, reason) {
        this.#count++;
        this.#last = { what, reason };
        this.heed?.(this.#last);
    }
}
exports.Refusals = Refusals;
/** A value as a message names it, whatever it is, in at most 40 characters. */
function named(value) {
    let text;
    try {
        text = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value === 'object' && value !== null ? 'an object' : String(value);
    }
    catch {
        text = typeof value;
    }
    return text.slice(0, 40);
}
/** A field of something of any shape; undefined where there is none to be had. */
function field(of, name) {
    try {
        return typeof of === 'object' && of !== null ? of[name] : undefined;
    }
    catch {
        // A host's own object with a getter that throws.
        return undefined;
    }
}
