import { LoadoutView } from '../ui/loadout';
import { MenuView } from '../ui/menu';
import { SettingsView } from '../ui/settingsView';
import { BaseScene } from './baseScene';
import { Backdrop } from './backdrop';
import type { Goal } from '../net/session';
import { saveWish } from '../wishStore';

export interface MenuData {
  /** Why one is back; empty: for no reason that needs saying. */
  readonly notice?: string;
}

export class MenuScene extends BaseScene {
  private backdrop: Backdrop | null = null;
  private menu: MenuView | null = null;
  /** Stands before the menu. */
  private screen: { close(): void } | null = null;

  constructor() {
    super('menu');
  }

  protected override begin(data: unknown): void {
    const { services } = this;
    services.link.close();
    services.matchmaking.close();
    services.aim(null);
    this.backdrop = new Backdrop(this);
    this.menu = new MenuView(
      services.ui,
      services.wish,
      ((data ?? {}) as MenuData).notice ?? '',
      services.invite !== '',
      services.settings,
      {
        onPlay: () => this.chooseLoadout(this.goal()),
        onLobbies: () => this.scene.start('lobbies', {}),
        onRated: () => this.scene.start('queue', {}),
        onSettings: () => this.openSettings(),
        onChange: ({ name, team }) => {
          services.wish.name = name;
          services.wish.team = team;
          saveWish(services.wish);
        },
      },
      this.disposer,
    );
  }

  override update(time: number): void {
    this.backdrop?.update(time, this.services.settings.fog);
  }

  protected override end(): void {
    this.closeScreen();
    this.backdrop?.destroy();
    this.backdrop = null;
    this.menu = null;
  }

  private goal(): Goal {
    const { invite } = this.services;
    return invite ? { kind: 'join', lobbyId: invite, password: '' } : { kind: 'quick' };
  }

  private chooseLoadout(goal: Goal): void {
    const { services } = this;
    this.menu?.cover(true);
    this.screen = new LoadoutView(
      services.ui,
      services.wish.loadout,
      { confirm: 'Enter match', cancel: 'Back', hint: '' },
      {
        onConfirm: (loadout) => {
          services.wish.loadout = loadout;
          saveWish(services.wish);
          this.scene.start('match', { goal });
        },
        onCancel: () => this.uncover('quick-match'),
      },
    );
  }

  private openSettings(): void {
    const { ui, settings } = this.services;
    this.menu?.cover(true);
    this.screen = new SettingsView(ui, settings, {
      onPalette: () => this.services.applyPalette(),
      onClose: () => this.uncover('open-settings'),
    });
  }

  private uncover(focus: string): void {
    this.closeScreen();
    this.menu?.cover(false, focus);
  }

  private closeScreen(): void {
    this.screen?.close();
    this.screen = null;
  }
}
