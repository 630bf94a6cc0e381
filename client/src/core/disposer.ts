/**
 * One owner's subscriptions, dropped together. Everything that outlives a call (socket handlers, DOM and window
 * listeners, timers) goes through a Disposer, so that the number of live ones is known and a leak shows as a
 * count that does not return to where it was.
 */
export class Disposer {
  private static live = 0;
  private readonly undo: Array<() => void> = [];

  /** Subscriptions held by all disposers of the page. */
  static liveCount(): number {
    return Disposer.live;
  }

  add(undo: () => void): void {
    this.undo.push(undo);
    Disposer.live += 1;
  }

  listen<K extends keyof WindowEventMap>(
    target: Window,
    type: K,
    handler: (event: WindowEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void;
  listen<K extends keyof HTMLElementEventMap>(
    target: HTMLElement,
    type: K,
    handler: (event: HTMLElementEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void;
  listen(
    target: EventTarget,
    type: string,
    handler: (event: never) => void,
    options?: AddEventListenerOptions,
  ): void {
    const listener = handler as unknown as EventListener;
    target.addEventListener(type, listener, options);
    this.add(() => target.removeEventListener(type, listener, options));
  }

  /** Safe to call twice; later subscriptions are undone first. */
  dispose(): void {
    for (let undo = this.undo.pop(); undo; undo = this.undo.pop()) {
      Disposer.live -= 1;
      try {
        undo();
      } catch (error) {
        console.error('trespasser: a subscription failed to end', error);
      }
    }
  }
}
