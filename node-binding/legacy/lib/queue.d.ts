/** Takes any number and keeps the newest; says how many it had to let go. */
export declare class BoundedQueue<T> {
    #private;
    readonly limit: number;
    constructor(limit: number);
    get length(): number;
    get lost(): number;
    push(item: T): void;
    /** All that is kept, oldest first; none is left. */
    drain(): T[];
}
