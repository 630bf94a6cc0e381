import { GAME_MODE, type Goal } from '../net/session';
import { LobbiesView } from '../ui/lobbies';
import { LoadoutView } from '../ui/loadout';
import { saveWish } from '../wishStore';
import { Backdrop } from './backdrop';
import { BaseScene } from './baseScene';

/** Between two questions for the list; each is also answered by the server's budget of events. */
const REFRESH_MS = 3000;

export interface LobbiesData {
  readonly notice?: string;
  /** What was tried. */
  readonly goal?: Goal;
}

/** Matches to join, and a match of one's own. */
export class LobbiesScene extends BaseScene {
  private backdrop: Backdrop | null = null;
  private view: LobbiesView | null = null;
  private loadout: LoadoutView | null = null;

  constructor() {
    super('lobbies');
  }

  protected override begin(data: unknown): void {
    const { services } = this;
    const { link } = services;
    const { notice = '', goal = null } = (data ?? {}) as LobbiesData;
    this.backdrop = new Backdrop(this);
    const view = new LobbiesView(
      services.ui,
      { notice, code: goal?.kind === 'join' ? goal.lobbyId : services.invite, mode: GAME_MODE },
      {
        onGo: (wanted) => this.chooseLoadout(wanted),
        onFilter: () => this.ask(),
        onBack: () => this.scene.start('menu', {}),
      },
      this.disposer,
    );
    this.view = view;
    this.listen('lobby_list', (lobbies) => view.show(lobbies));
    this.onStatus((status) => {
      if (status === 'up') this.ask();
      else view.offline(status === 'refused' ? 'The server asks for a password' : 'No connection: trying again');
    });
    const timer = setInterval(() => this.ask(), REFRESH_MS);
    this.disposer.add(() => clearInterval(timer));
    if (link.status === 'up') this.ask();
    else link.open();
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
  }

  private ask(): void {
    if (this.view && this.services.link.status === 'up') this.services.link.send('get_lobby_list', this.view.filter);
  }

  private chooseLoadout(goal: Goal): void {
    const { services, view } = this;
    view?.cover(true);
    this.loadout = new LoadoutView(
      services.ui,
      services.wish.loadout,
      { confirm: goal.kind === 'create' ? 'Open the match' : 'Enter match', cancel: 'Back', hint: '' },
      {
        onConfirm: (loadout) => {
          services.wish.loadout = loadout;
          saveWish(services.wish);
          this.scene.start('match', { goal });
        },
        onCancel: () => {
          this.loadout?.close();
          this.loadout = null;
          view?.cover(false);
        },
      },
    );
  }
}
