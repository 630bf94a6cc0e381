import type { z } from 'zod';
import { clientEvent, type ClientEvent } from './client-event.js';
import type { Lobbies } from './lobbies.js';
import type { Lobby } from './lobby.js';
import type { Match } from './match.js';
import * as payloads from './payloads.js';
import { Refusal } from './refusal.js';
import type { Session } from './session.js';

/** The `debug:*` events, for servers that run with DEBUG_COMMANDS. */
export function debugEvents(lobbies: Lobbies, now: () => number): Record<string, ClientEvent> {
  const commandWith = <S extends z.ZodType>(schema: S, act: (lobby: Lobby<Match>, session: Session, payload: z.output<S>) => void): ClientEvent => (
    clientEvent(schema, (session, payload) => {
      const lobby = lobbies.of(session.id);
      if (lobby === undefined) throw new Refusal('Not in a lobby');
      act(lobby, session, payload);
    }, { refused: (session, reason) => session.emit('debug:refused', { reason }) })
  );
  const command = (act: (lobby: Lobby<Match>, session: Session) => void): ClientEvent => commandWith(payloads.nothing, act);
  const endMatch = command((lobby, session) => {
    if (lobby.status !== 'playing') {
      return session.emit('debug:match_end_failed', { reason: `Lobby status is '${lobby.status}', must be 'playing'` });
    }
    const { redKills, blueKills } = lobby.match.results();
    lobby.endMatch();
    session.emit('debug:match_end_triggered', { redKills, blueKills, reason: 'Debug command' });
  });
  const matchState = command((lobby, session) => {
    const { redKills, blueKills, playerStats } = lobby.match.results();
    session.emit('debug:match_state', {
      lobbyId: lobby.id, status: lobby.status, playerCount: lobby.match.size, redKills, blueKills,
      killTarget: lobby.settings.killTarget, matchStartTime: lobby.startedAt ?? null, currentTime: Math.round(now()), players: playerStats,
    });
  });
  return {
    'debug:repair_walls': command((lobby) => lobby.match.repairWalls()),
    'debug:clear_projectiles': command((lobby) => lobby.match.clearProjectiles()),
    'debug:give_weapon': commandWith(payloads.giveWeapon, (lobby, session, weapon) => {
      session.emit('weapon:equipped', lobby.match.giveWeapon(session.id, weapon));
    }),
    'debug:destruction_stats': command((lobby, session) => session.emit('debug:destruction_stats', lobby.match.destruction())),
    'debug:kill_player': command((lobby, session) => lobby.match.kill(session.id)),
    'debug:verify_team': command((lobby, session) => session.emit('debug:team_data', lobby.match.ownTeamData(session.id))),
    'debug:trigger_match_end': endMatch,
    'debug:triggerMatchEnd': endMatch,
    'debug:request_match_state': matchState,
    'debug:requestMatchState': matchState,
    'debug:throw_grenade': commandWith(payloads.grenadeThrow, (lobby, session, payload) => {
      lobby.match.throwItem(session.id, payload?.chargeLevel ?? 1);
    }),
  };
}
