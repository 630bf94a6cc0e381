/** Too many at once; later it works. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** Lets some work go on side by side, and some more wait. */
export class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly concurrent: number, private readonly waiting: number) {}

  /** @throws BusyError */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.concurrent) {
      if (this.#waiting.length >= this.waiting) throw new BusyError(`${this.concurrent + this.waiting} are at it or wait already; try again soon`);
      await new Promise<void>((go) => this.#waiting.push(go));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      // The place goes to the next one, or becomes free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
