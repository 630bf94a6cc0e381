import type Phaser from 'phaser';
import type { GameAudio } from './audio/gameAudio';
import type { Team } from './core/rules';
import type { Loadout } from './model/loadout';
import type { MatchModel } from './model/match';
import type { GameLink } from './net/link';
import type { Matchmaking } from './net/matchmaking';
import type { GameHost } from './net/socketLink';
import type { Settings } from './settings';

export interface Wish {
  name: string;
  team: Team | 'auto';
  loadout: Loadout;
}

/** What outlives a scene. */
export interface Services {
  readonly link: GameLink;
  readonly matchmaking: Matchmaking;
  /** Which server the link speaks to; null: the page's own. */
  aim(host: GameHost | null): void;
  /** The element over the canvas in which scenes put their HTML. */
  readonly ui: HTMLElement;
  /** Kept from scene to scene, so that the menu comes back as it was left. */
  wish: Wish;
  readonly settings: Settings;
  readonly audio: GameAudio;
  /** Code of the lobby that the page's address asks into; empty: none, or it has been followed. */
  invite: string;
  /** Code of the party that the page's address asks into; likewise. */
  partyInvite: string;
  /** Brings page and textures to the palette in the settings. */
  applyPalette(): void;
  /** Of the running match; null in the menu. For the test hook. */
  match: MatchModel | null;
}

const KEY = 'services';

export function provideServices(game: Phaser.Game, services: Services): void {
  game.registry.set(KEY, services);
}

export function servicesOf(game: Phaser.Game): Services {
  return game.registry.get(KEY) as Services;
}
