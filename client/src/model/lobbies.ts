import type { ClientEvents, LobbyInfo } from '../net/protocol';

export type LobbyFilter = ClientEvents['get_lobby_list'];

/** Modes that a list of modes holds at most. */
const MAX_MODES = 12;

/** Longest code that a server reads. */
const CODE_LIMIT = 64;

/** The code of a lobby, from itself or from an invite link that holds it. Empty: none. */
export function codeOf(text: string): string {
  const trimmed = text.trim();
  let code = trimmed;
  try {
    code = new URL(trimmed).searchParams.get('lobby') ?? '';
  } catch {
    // No link: the code itself.
  }
  return /^[\w-]+$/.test(code) && code.length <= CODE_LIMIT ? code : '';
}

/** A link to the lobby; what else the page was called with by way of a server stays. */
export function inviteLink(page: string, lobbyId: string): string {
  const url = new URL(page);
  const server = url.searchParams.get('server');
  url.search = '';
  url.hash = '';
  if (server) url.searchParams.set('server', server);
  url.searchParams.set('lobby', lobbyId);
  return url.href;
}

/** Why a lobby can't be joined; empty: it can. */
export function whyShut(lobby: LobbyInfo): string {
  return lobby.playerCount >= lobby.maxPlayers ? 'Full' : '';
}

/** Modes known so far, in the order in which they became known. */
export class Modes {
  readonly all: string[];

  constructor(first: string) {
    this.all = [first];
  }

  note(lobbies: readonly LobbyInfo[]): void {
    for (const { gameMode } of lobbies) {
      if (gameMode && !this.all.includes(gameMode) && this.all.length < MAX_MODES) this.all.push(gameMode);
    }
  }

  /** The mode after `mode`; empty stands for all of them. */
  after(mode: string): string {
    return mode === '' ? this.all[0]! : this.all[this.all.indexOf(mode) + 1] ?? '';
  }
}
