/** Set by the build: it has the replay viewer and the map editor. */
declare const __TOOLS__: boolean;

export const hasTools: boolean = __TOOLS__;

/** The viewer with a match's recording. @param page address of the game's own page; a server that it names is named on */
export function replayAddress(page: string, matchId: string): string {
  const from = new URL(page);
  const url = new URL('./replay.html', from);
  const server = from.searchParams.get('server');
  if (server) url.searchParams.set('server', server);
  url.searchParams.set('match', matchId);
  return url.href;
}
