import Phaser from 'phaser';
import { Disposer } from '../core/disposer';
import type { LinkStatus } from '../net/link';
import type { ServerEventName, ServerEvents } from '../net/protocol';
import { servicesOf, type Services } from '../services';

/**
 * A scene that leaves nothing behind: what it subscribes to, through `listen`, `onStatus` and `disposer`, ends with
 * its SHUTDOWN event. Phaser keeps scene objects and starts them again, so state belongs into `begin`, not into
 * fields set by the constructor.
 */
export abstract class BaseScene extends Phaser.Scene {
  protected disposer = new Disposer();

  protected get services(): Services {
    return servicesOf(this.game);
  }

  create(data: unknown): void {
    this.disposer = new Disposer();
    const { disposer } = this;
    this.cameras.getVisibleChildren = visibleChildren;
    this.events.once(Phaser.Scenes.Events.SHUTDOWN, () => {
      try {
        this.end();
      } finally {
        disposer.dispose();
      }
    });
    this.begin(data);
  }

  protected abstract begin(data: unknown): void;

  /** Before the subscriptions are dropped. */
  protected end(): void {}

  protected readonly listen = <K extends ServerEventName>(event: K, handler: (payload: ServerEvents[K]) => void): void => {
    this.disposer.add(this.services.link.on(event, handler));
  };

  protected readonly onStatus = (handler: (status: LinkStatus) => void): void => {
    this.disposer.add(this.services.link.onStatus(handler));
  };
}

const visible: Phaser.GameObjects.GameObject[] = [];

/** As Phaser's own, but for the array, which is the same in every frame: it is drawn from and forgotten. */
function visibleChildren<T extends Phaser.GameObjects.GameObject>(children: T[], camera: Phaser.Cameras.Scene2D.Camera): T[] {
  let count = 0;
  for (let i = 0; i < children.length; i += 1) {
    const child = children[i]!;
    if (!child.willRender(camera)) continue;
    visible[count] = child;
    count += 1;
  }
  visible.length = count;
  return visible as T[];
}
