import { QueueView } from '../ui/queue';
import { LoadoutView } from '../ui/loadout';
import { saveWish } from '../wishStore';
import { Backdrop } from './backdrop';
import { BaseScene } from './baseScene';

/** The wait for a match that is rated. */
export class QueueScene extends BaseScene {
  private backdrop: Backdrop | null = null;
  private view: QueueView | null = null;
  private loadout: LoadoutView | null = null;
  private isOver = false;

  constructor() {
    super('queue');
  }

  protected override begin(): void {
    const { services } = this;
    const { matchmaking } = services;
    this.isOver = false;
    this.backdrop = new Backdrop(this);
    const view = new QueueView(
      services.ui,
      {
        onJoin: (mode) => this.chooseLoadout(mode),
        onLeave: () => matchmaking.leave(),
        onBack: () => this.scene.start('menu', {}),
        onQuick: () => this.scene.start('match', { goal: { kind: 'quick' } }),
      },
      this.disposer,
    );
    this.view = view;
    matchmaking.onChange = () => this.follow();
    this.disposer.add(() => {
      matchmaking.onChange = () => {};
    });
    void matchmaking.enter(services.wish.name);
    this.follow();
  }

  override update(time: number): void {
    this.backdrop?.update(time, this.services.settings.fog);
  }

  protected override end(): void {
    this.loadout?.close();
    this.loadout = null;
    this.view = null;
    this.backdrop?.destroy();
    this.backdrop = null;
    if (this.services.matchmaking.phase !== 'found') this.services.matchmaking.close();
  }

  private follow(): void {
    const { matchmaking } = this.services;
    const { found } = matchmaking;
    if (matchmaking.phase === 'found' && found) {
      if (this.isOver) return;
      this.isOver = true;
      this.services.aim({ url: found.url, credentials: () => matchmaking.credentials() });
      this.scene.start('match', { goal: { kind: 'hosted' } });
      return;
    }
    this.view?.show(matchmaking);
  }

  private chooseLoadout(mode: string): void {
    const { services, view } = this;
    view?.cover(true);
    const back = (): void => {
      this.loadout?.close();
      this.loadout = null;
      view?.cover(false);
    };
    this.loadout = new LoadoutView(
      services.ui,
      services.wish.loadout,
      { confirm: 'Wait for a match', cancel: 'Back', hint: '' },
      {
        onConfirm: (loadout) => {
          services.wish.loadout = loadout;
          saveWish(services.wish);
          back();
          services.matchmaking.join(mode);
        },
        onCancel: back,
      },
    );
  }
}
