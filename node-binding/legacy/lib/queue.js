"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.BoundedQueue = void 0;
/** Takes any number and keeps the newest; says how many it had to let go. */
class BoundedQueue {
    limit;
    #items = [];
    #lost = 0;
    constructor(limit) {
        this.limit = limit;
    }
    get length() {
        return this.#items.length;
    }
    get lost() {
        return this.#lost;
    }
    push(item) {
        // Now and then, not each time: taking one from the front moves all the others.
        if (this.#items.length >= 2 * this.limit) {
            this.#lost += this.#items.length - this.limit;
            this.#items = this.#items.slice(-this.limit);
        }
        this.#items.push(item);
    }
    /** All that is kept, oldest first; none is left. */
    drain() {
        const items = this.#items;
        this.#items = [];
        if (items.length <= this.limit)
            return items;
        this.#lost += items.length - this.limit;
        return items.slice(-this.limit);
    }
}
exports.BoundedQueue = BoundedQueue;
