import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { clientAddress, SanctionedError, TokenError, type Accounts, type AccountResponse, type RateLimits, type TrustedProxies } from './accounts/index.js';
import type { Counters } from './counters.js';
import type { Logger } from './logger.js';
import { ReplayError, type ReplayStore } from './replays/index.js';
import type { RegionProbes } from './matchmaker/index.js';
import { StoreError, type MatchReport, type Store } from './store/index.js';

/** Bytes of a request's body. */
const MAXIMUM_BODY = 4096;
const NO_STORE = { 'cache-control': 'no-store' };
/** To be measured by: nothing is read or counted for it. */
const PONG: AccountResponse = { status: 200, headers: NO_STORE, body: {} };

export interface FrontHttpServices {
  accounts: Accounts;
  limits: RateLimits;
  store: Pick<Store, 'leaderboard' | 'rank' | 'report'>;
  /** Undefined: this process reaches none. */
  replays?: Pick<ReplayStore, 'get' | 'kind'> | undefined;
  modes: readonly string[];
  /** Regions that players may be matched in, and where to measure the way to them. */
  regions(): Promise<readonly RegionProbes[]>;
  /** Whether there are lobbies at this address too. */
  hasLobbies: boolean;
  trustedProxies: TrustedProxies;
  counters: Counters;
  log: Logger;
}

const leaderboardSchema = z.object({
  mode: z.string().min(1).max(64),
  season: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
  after: z.string().max(256).optional(),
});

const ownRankSchema = leaderboardSchema.pick({ mode: true, season: true });

/** Match ids are those of `ReplayStore`. */
const REPLAY = /^\/replays\/([\w-]{1,64})$/;
const MATCH = /^\/matches\/([\w-]{1,64})$/;

interface Bytes {
  status: number;
  headers: Record<string, string>;
  bytes: AsyncIterable<Uint8Array>;
}

type Answer = AccountResponse | Bytes;

interface Route {
  readonly method: string;
  answer(request: IncomingMessage, address: string): Promise<Answer>;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}

/** A body that is none. */
class BodyError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/**
 * The matchmaker's side of HTTP. `GET /matches/MATCH_ID` and `GET /replays/MATCH_ID` are for whoever knows the id, which its
 * players alone are told; ratings are public in any case, on the leaderboard.
 *
 * @returns answers a request and says so; false: it is for somebody else
 */
export function frontHttp(services: FrontHttpServices): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { accounts, limits, store, replays, modes, regions, hasLobbies, trustedProxies, counters, log } = services;

  const guest = async (request: IncomingMessage, address: string): Promise<AccountResponse> => (
    accounts.guest({ address, authorization: request.headers.authorization, body: await jsonBody(request) })
  );

  /** The answer to one who asks too often. */
  const tooOften = async (address: string): Promise<AccountResponse | undefined> => {
    const verdict = await limits.take('read', { address });
    if (verdict.allowed) return undefined;
    return { status: 429, headers: { ...NO_STORE, 'retry-after': String(Math.ceil(verdict.retryAfterMs / 1000)) }, body: { error: 'TOO_MANY_REQUESTS', message: 'Too many requests' } };
  };

  const replay = async (request: IncomingMessage, address: string): Promise<Answer> => {
    const refused = await tooOften(address);
    if (refused !== undefined) return refused;
    const matchId = REPLAY.exec(pathOf(request))![1]!;
    const bytes = await replays?.get(matchId);
    if (bytes === undefined) {
      return { status: 404, headers: NO_STORE, body: { error: 'NOT_FOUND', message: 'There is no recording of this match, or not yet: it can be had once the match has ended' } };
    }
    return { status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable' }, bytes };
  };

  const match = async (request: IncomingMessage, address: string): Promise<AccountResponse> => {
    const refused = await tooOften(address);
    if (refused !== undefined) return refused;
    const report = await store.report(MATCH.exec(pathOf(request))![1]!);
    if (report === undefined) {
      return { status: 404, headers: NO_STORE, body: { error: 'NOT_FOUND', message: 'There is no such match in the books, or not yet: its result follows once the match has ended' } };
    }
    return { status: 200, headers: NO_STORE, body: reported(report, replays?.kind) };
  };

  const service = async (_: IncomingMessage, address: string): Promise<AccountResponse> => (
    await tooOften(address) ?? {
      status: 200, headers: NO_STORE, body: { lobbies: hasLobbies, rated: true, leaderboard: true, replays: replays !== undefined, modes, regions: await regions() },
    }
  );

  /** `{rank: null}`: has not played the mode in the season. */
  const ownRank = async (request: IncomingMessage, address: string): Promise<AccountResponse> => {
    const refused = await tooOften(address);
    if (refused !== undefined) return refused;
    const query = ownRankSchema.safeParse(queryOf(request));
    if (!query.success) return invalid(query.error);
    const token = /^Bearer (\S{1,8192})$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return { status: 401, headers: NO_STORE, body: { error: 'TOKEN_MISSING', message: 'This takes `Authorization: Bearer TOKEN`: sign in first' } };
    const { playerId } = await accounts.authenticate(token);
    const rank = await store.rank(playerId, query.data.mode, query.data.season);
    return { status: 200, headers: NO_STORE, body: { playerId, rank: rank ?? null } };
  };

  const leaderboard = async (request: IncomingMessage, address: string): Promise<AccountResponse> => {
    const refused = await tooOften(address);
    if (refused !== undefined) return refused;
    const query = leaderboardSchema.safeParse(queryOf(request));
    if (!query.success) return invalid(query.error);
    const { mode, season, limit, after } = query.data;
    const page = await store.leaderboard({
      mode, ...(season === undefined ? {} : { season }), ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after }),
    });
    return { status: 200, headers: { 'cache-control': 'public, max-age=5' }, body: page };
  };

  const routes = new Map<string, Route>([
    ['/accounts/guest', { method: 'POST', answer: guest }],
    ['/leaderboard', { method: 'GET', answer: leaderboard }],
    ['/leaderboard/own', { method: 'GET', answer: ownRank }],
    ['/service', { method: 'GET', answer: service }],
    ['/ping', { method: 'GET', answer: async () => PONG }],
  ]);
  const replayRoute: Route = { method: 'GET', answer: replay };
  const matchRoute: Route = { method: 'GET', answer: match };

  return (request, response) => {
    const path = pathOf(request);
    const route = REPLAY.test(path) ? replayRoute : MATCH.test(path) ? matchRoute : routes.get(path);
    if (route === undefined) return false;
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'Access-Control-Allow-Methods': `${route.method}, OPTIONS`, 'Access-Control-Allow-Headers': 'Content-Type, Authorization', 'Access-Control-Max-Age': '600' }).end();
      return true;
    }
    if (request.method !== route.method) {
      send(response, { status: 405, headers: { allow: `${route.method}, OPTIONS` }, body: { error: 'METHOD_NOT_ALLOWED', message: `This takes ${route.method}` } });
      return true;
    }
    const address = clientAddress(request.socket.remoteAddress, request.headers['x-forwarded-for'], trustedProxies);
    route.answer(request, address).then((answer) => ('bytes' in answer ? sendBytes(response, answer) : send(response, answer))).catch((error: unknown) => {
      if (error instanceof BodyError) return send(response, { status: error.status, headers: { ...NO_STORE, connection: 'close' }, body: { error: 'INVALID_BODY', message: error.message } });
      if (error instanceof StoreError && error.kind === 'invalid') return send(response, { status: 400, headers: NO_STORE, body: { error: 'INVALID_QUERY', message: error.message } });
      if (error instanceof TokenError) return send(response, { status: 401, headers: NO_STORE, body: { error: error.code, message: error.message } });
      if (error instanceof SanctionedError) return send(response, { status: 403, headers: NO_STORE, body: { error: error.code, message: error.message } });
      if (error instanceof ReplayError) {
        return send(response, { status: 503, headers: { ...NO_STORE, 'retry-after': '5' }, body: { error: 'UNAVAILABLE', message: 'Recordings are away; try again soon' } });
      }
      if (error instanceof StoreError && error.kind === 'unavailable') {
        return send(response, { status: 503, headers: { ...NO_STORE, 'retry-after': '5' }, body: { error: 'UNAVAILABLE', message: 'The database is away; try again soon' } });
      }
      counters.add('front_http_failed');
      log.error({ err: error }, 'a request failed');
      return send(response, { status: 500, headers: NO_STORE, body: { error: 'INTERNAL', message: 'Internal server error' } });
    });
    return true;
  };
}

const TEAMS = ['red', 'blue'] as const;

/** @param kind of the store of recordings that this process reads */
function reported({ replay, players, matchId, state, mode, map, season, startedAt, endedAt, rated }: MatchReport, kind: ReplayStore['kind'] | undefined): object {
  return {
    matchId, state, mode, map, season, startedAt, endedAt, rated,
    players: players.map(({ playerId, team, ...rest }) => ({ id: playerId, team: TEAMS[team] ?? String(team), ...rest })),
    // Null: this process reaches none, whatever comes.
    replay: kind === undefined ? null : replay === kind,
  };
}

function queryOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(new URL(request.url ?? '/', 'http://host').searchParams);
}

function invalid({ issues: [issue] }: z.ZodError): AccountResponse {
  return { status: 400, headers: NO_STORE, body: { error: 'INVALID_QUERY', message: `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'is not valid'}` } };
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAXIMUM_BODY) throw new BodyError(413, `The body takes ${MAXIMUM_BODY} bytes at most`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BodyError(400, 'The body takes JSON, or nothing');
  }
}

/** A store that fails on the way cuts the connection: the length is not known, so that a part would pass for the whole. */
async function sendBytes(response: ServerResponse, { status, headers, bytes }: Bytes): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/octet-stream', ...headers });
  await pipeline(bytes, response).catch(() => response.destroy());
}

function send(response: ServerResponse, { status, headers, body }: AccountResponse): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text), ...headers }).end(text);
}

/** Tokens travel in a header, so no cookie is at stake. */
function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
  response.setHeader('Vary', 'Origin');
}
