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
  /** Id of what has the focus; empty: the name. */
  readonly focus?: string;
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
    const { matchmaking } = services;
    services.link.close();
    // A party outlives a look at the menu.
    if (matchmaking.party === null) matchmaking.close();
    services.aim(null);
    this.backdrop = new Backdrop(this);
    const { notice = '', focus = '' } = (data ?? {}) as MenuData;
    this.menu = new MenuView(
      services.ui,
      services.wish,
      notice,
      services.partyInvite !== '' ? 'party' : services.invite !== '' ? 'lobby' : '',
      services.settings,
      {
        onPlay: () => this.chooseLoadout(this.goal()),
        onLobbies: () => {
          matchmaking.close();
          this.scene.start('lobbies', {});
        },
        onRated: () => {
          const party = services.partyInvite;
          services.partyInvite = '';
          this.scene.start('queue', { party });
        },
        onLeaderboard: () => this.scene.start('leaderboard', {}),
        onSettings: () => this.openSettings(),
        onChange: ({ name, team }) => {
          services.wish.name = name;
          services.wish.team = team;
          saveWish(services.wish);
        },
      },
      this.disposer,
    );
    const follow = (): void => {
      // The leader of the party has begun.
      if (matchmaking.phase === 'waiting' || matchmaking.phase === 'found') this.scene.start('queue', {});
      else this.menu?.offer(matchmaking.service, matchmaking.party?.members.length ?? 0);
    };
    matchmaking.onChange = follow;
    this.disposer.add(() => {
      matchmaking.onChange = () => {};
    });
    follow();
    if (focus) document.getElementById(focus)?.focus();
    void matchmaking.look();
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
          services.matchmaking.close();
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
