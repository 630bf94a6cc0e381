/** Takes any number and keeps the newest; says how many it had to let go. */
export class BoundedQueue<T> {
  #items: T[] = [];
  #lost = 0;

  constructor(readonly limit: number) {}

  get length(): number {
    return this.#items.length;
  }

  get lost(): number {
    return this.#lost;
  }

  push(item: T): void {
    // Now and then, not each time: taking one from the front moves all the others.
    if (this.#items.length >= 2 * this.limit) {
      this.#lost += this.#items.length - this.limit;
      this.#items = this.#items.slice(-this.limit);
    }
    this.#items.push(item);
  }

  /** All that is kept, oldest first; none is left. */
  drain(): T[] {
    const items = this.#items;
    this.#items = [];
    if (items.length <= this.limit) return items;
    this.#lost += items.length - this.limit;
    return items.slice(-this.limit);
  }
}
