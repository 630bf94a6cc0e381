import type { Namespace, Server as SocketServer, Socket } from 'socket.io';
import type { z } from 'zod';
import type { Identity } from '../accounts/types.js';
import type { Clock } from '../clock.js';
import { EventBudget } from '../event-budget.js';
import type { Logger } from '../logger.js';
import type { Desk, Session } from './desk.js';
import * as payloads from './payloads.js';

/** Socket.IO's namespace of the matchmaker. */
export const NAMESPACE = '/matchmaking';

/** Messages of one client, a second on the long run and at once. */
const EVENTS_PER_SECOND = 5;
const BURST = 20;
/** Messages over the budget in a row after which a client is cut off. */
const OVER_BUDGET = 200;
/** Clients that are signing in at once. */
const SIGNING_IN = 500;

export interface FrontDependencies {
  desk: Desk;
  clock: Clock;
  log: Logger;
  /** `Accounts.authenticate`. */
  authenticate: (token: string) => Promise<Identity>;
  /** `RateLimits.take`, by account and by address. */
  take: (name: 'queue' | 'createLobby' | 'lobbyPassword' | 'signIn', who: { account?: string; address?: string }) => Promise<{ allowed: true } | { allowed: false; retryAfterMs: number }>;
  /** `clientAddress` of the handshake. */
  address: (socket: Socket) => string;
  /** For metrics: outcome of what clients ask for. */
  requests?: (outcome: 'ok' | 'error') => void;
}

interface Rule {
  schema: z.ZodType;
  limit?: 'queue' | 'createLobby' | 'lobbyPassword';
  handle(session: Session, payload: never): Promise<void> | void;
}

const rule = <S extends z.ZodType>(schema: S, handle: (session: Session, payload: z.output<S>) => Promise<void> | void, limit?: Rule['limit']): Rule => (
  { schema, handle: handle as Rule['handle'], ...(limit === undefined ? {} : { limit }) }
);

/** Connects Socket.IO to a desk. What clients send is checked here, and nothing thrown behind it gets out. */
export function attachFront(io: SocketServer, dependencies: FrontDependencies): { namespace: Namespace; close(): void } {
  const { desk, clock, log } = dependencies;
  const namespace = io.of(NAMESPACE);
  let signingIn = 0;

  const rules: ReadonlyMap<string, Rule> = new Map(Object.entries({
    'queue:join': rule(payloads.queueJoin, (session, wish) => desk.join(session, wish), 'queue'),
    'queue:leave': rule(payloads.nothing, (session) => desk.leave(session), 'queue'),
    'party:create': rule(payloads.nothing, (session) => desk.createParty(session), 'createLobby'),
    // A code is guessed like a password.
    'party:join': rule(payloads.partyJoin, (session, { code }) => desk.joinParty(session, code), 'lobbyPassword'),
    'party:leave': rule(payloads.nothing, (session) => desk.leaveParty(session), 'queue'),
    'party:ready': rule(payloads.partyReady, (session, { isReady }) => desk.readyInParty(session, isReady), 'queue'),
    'party:promote': rule(payloads.partyMember, (session, { id }) => desk.promoteInParty(session, id), 'queue'),
    'party:kick': rule(payloads.partyMember, (session, { id }) => desk.kickFromParty(session, id), 'queue'),
    'match:token': rule(payloads.nothing, (session) => desk.token(session), 'queue'),
    'menu:enter': rule(payloads.nothing, (session) => desk.menu(session)),
  }));

  namespace.use((socket, next) => {
    const refuse = (code: string, message: string): void => next(Object.assign(new Error(message), { data: { code } }));
    const { token } = socket.handshake.auth as { token?: unknown };
    if (typeof token !== 'string' || token.length > 8192) return refuse('TOKEN_MALFORMED', 'Sign in first: `auth.token` takes a token');
    if (signingIn >= SIGNING_IN) return refuse('BUSY', 'Too many are signing in; try again in a few seconds');
    signingIn++;
    void (async () => {
      const verdict = await dependencies.take('signIn', { address: dependencies.address(socket) });
      if (!verdict.allowed) return refuse('RATE_LIMITED', `Too many attempts; try again in ${Math.ceil(verdict.retryAfterMs / 1000)} s`);
      const { playerId, name } = await dependencies.authenticate(token);
      (socket.data as { player?: object }).player = { id: playerId, name };
      return next();
    })().catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNAVAILABLE';
      log.debug({ err: error }, 'a client was not let in');
      refuse(code, code === 'UNAVAILABLE' ? 'Signing in is not possible at the moment; try again soon' : (error as Error).message);
    }).finally(() => { signingIn--; });
    return undefined;
  });

  namespace.on('connection', (socket) => {
    const player = (socket.data as { player: { id: string; name: string } }).player;
    const session = desk.connect(player, {
      send: (event, payload) => { socket.emit(event, payload); },
      close: () => { socket.disconnect(true); },
    });
    if (session === undefined) {
      socket.emit('request_refused', { event: 'connection', reason: 'full', message: 'This server is full; try again' });
      socket.disconnect(true);
      return;
    }
    const budget = new EventBudget(() => clock.now(), EVENTS_PER_SECOND, BURST);
    let over = 0;
    socket.onAny((name: unknown, payload: unknown) => {
      if (!budget.spend()) {
        if (++over > OVER_BUDGET) socket.disconnect(true);
        return;
      }
      over = 0;
      receive(session, String(name), payload).catch((error: unknown) => {
        dependencies.requests?.('error');
        log.error({ err: error }, 'a message to the matchmaker failed');
      });
    });
    socket.on('disconnect', () => desk.disconnect(session));
  });

  async function receive(session: Session, name: string, payload: unknown): Promise<void> {
    const found = rules.get(name);
    // Counted by the gate, which knows the names of other protocols too.
    if (!desk.receives(session, name)) {
      if (found !== undefined) desk.refuse(session, name, 'state', `${name} has no place here: ${desk.gate.state(session.playerId) ?? 'not connected'}`);
      return;
    }
    if (found === undefined) return;
    const parsed = found.schema.safeParse(payload);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return desk.refuse(session, name, 'malformed', `${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'is not valid'}`.slice(0, 200));
    }
    if (found.limit !== undefined) {
      const verdict = await dependencies.take(found.limit, { account: session.playerId });
      if (!verdict.allowed) return desk.refuse(session, name, 'rate_limited', 'Too often; wait a little', { retryAfterMs: verdict.retryAfterMs });
    }
    await found.handle(session, parsed.data as never);
    dependencies.requests?.('ok');
  }

  return {
    namespace,
    close() {
      namespace.removeAllListeners();
      namespace.disconnectSockets(true);
    },
  };
}
