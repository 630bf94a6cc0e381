import { QueueView } from '../ui/queue';
import { LoadoutView } from '../ui/loadout';
import { saveWish } from '../wishStore';
import { Backdrop } from './backdrop';
import { BaseScene } from './baseScene';

export interface QueueData {
  /** Why one is back; empty: for no reason that needs saying. */
  readonly notice?: string;
  /** Code of a party that one was asked into. */
  readonly party?: string;
}

/** The wait for a match that is rated, alone or in a party. */
export class QueueScene extends BaseScene {
  private backdrop: Backdrop | null = null;
  private view: QueueView | null = null;
  private loadout: LoadoutView | null = null;
  private isOver = false;

  constructor() {
    super('queue');
  }

  protected override begin(data: unknown): void {
    const { services } = this;
    const { matchmaking } = services;
    const { notice = '', party = '' } = (data ?? {}) as QueueData;
    this.isOver = false;
    services.link.close();
    services.aim(null);
    this.backdrop = new Backdrop(this);
    const view = new QueueView(
      services.ui,
      {
        onJoin: (mode) => this.chooseLoadout('Wait for a match', () => matchmaking.join(mode)),
        onReady: (isReady) => {
          if (isReady) this.chooseLoadout('Ready', () => matchmaking.setReady(true));
          else matchmaking.setReady(false);
        },
        onLeaveQueue: () => matchmaking.leave(),
        onBack: () => {
          matchmaking.leave();
          this.scene.start('menu', {});
        },
        onQuick: () => this.scene.start('match', { goal: { kind: 'quick' } }),
        onRegion: (name, isWanted) => matchmaking.regions.want(name, isWanted),
        onCreateParty: () => matchmaking.createParty(),
        onJoinParty: (code) => matchmaking.joinParty(code),
        onLeaveParty: () => matchmaking.leaveParty(),
        onPromote: (id) => matchmaking.promote(id),
        onKick: (id) => matchmaking.kick(id),
      },
      this.disposer,
    );
    this.view = view;
    matchmaking.onChange = () => this.follow();
    this.disposer.add(() => {
      matchmaking.onChange = () => {};
    });
    void matchmaking.enter(services.wish.name, party);
    if (notice) matchmaking.problem = notice;
    this.follow();
  }

  override update(time: number): void {
    this.backdrop?.update(time, this.services.settings.fog);
    this.view?.tick(this.services.matchmaking.waitedMs);
  }

  protected override end(): void {
    const { matchmaking } = this.services;
    this.closeLoadout();
    this.view = null;
    this.backdrop?.destroy();
    this.backdrop = null;
    // A party outlives a look at the menu.
    if (matchmaking.phase !== 'found' && matchmaking.party === null) matchmaking.close();
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
    // The leader has begun while one was choosing: what stands is taken along.
    if (this.loadout && matchmaking.phase !== 'ready') {
      this.closeLoadout();
      this.view?.cover(false);
    }
    this.view?.show(matchmaking);
  }

  private chooseLoadout(confirm: string, then: () => void): void {
    const { services, view } = this;
    view?.cover(true);
    const back = (): void => {
      this.closeLoadout();
      view?.cover(false);
    };
    this.loadout = new LoadoutView(
      services.ui,
      services.wish.loadout,
      { confirm, cancel: 'Back', hint: '' },
      {
        onConfirm: (loadout) => {
          services.wish.loadout = loadout;
          saveWish(services.wish);
          back();
          then();
        },
        onCancel: back,
      },
    );
  }

  private closeLoadout(): void {
    this.loadout?.close();
    this.loadout = null;
  }
}
