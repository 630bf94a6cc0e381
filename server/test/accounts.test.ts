import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID, sign as signBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import {
  addressKey, clientAddress, createAccounts, createGameTickets, createRateLimits, displayName, hashPassword, LIMITS, loadTokenKeys, MemoryTokenUses,
  RedisTokenUses, SanctionedError, TICKET_LIFE_MS, TICKET_TOLERANCE_S, TokenError, TokenKeys, TrustedProxies, verifyPassword,
  type AccountDependencies, type AccountRequest, type Accounts, type TokenUses,
} from '../src/accounts/index.js';
import { Turns } from '../src/accounts/turns.js';
import { newPlayerId, StoreError, type Player, type Sanction } from '../src/store/index.js';
import { log, NOW, testFolder } from './database.js';
import { TestRedis } from './redis.js';
import { FakeClock, sleep, type Json } from './support.js';

const SECRET = 'first-secret-of-at-least-32-bytes!';
const OTHER = 'other-secret-of-at-least-32-bytes!';

const refuses = (code: string) => (error: unknown): boolean => {
  assert.ok(error instanceof TokenError, String(error));
  assert.equal(error.code, code, `${error.code}: ${String(error.cause)}`);
  return true;
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (token: string, at: number): Json => JSON.parse(Buffer.from(token.split('.')[at]!, 'base64url').toString());

/** As an attacker would: with any header, claims and secret. */
function forge(header: object, claims: object, secret: string | undefined): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${secret === undefined ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('tickets to game servers', () => {
  const clock = new FakeClock();
  const playerId = newPlayerId();
  const about = { playerId, matchId: 'm-1', name: 'Ada' };
  const here = { serverId: 'game-1', hasMatch: (ticket: { matchId: string }) => ticket.matchId === 'm-1' };
  const keys = new TokenKeys([SECRET]);
  const tickets = createGameTickets(keys, { uses: new MemoryTokenUses(clock), clock });
  const issue = (): Promise<string> => tickets.issue({ ...about, serverId: 'game-1' });
  const redeem = (token: string, wish: Partial<typeof here> = {}) => tickets.redeem(token, { ...here, ...wish });

  test('are as agreed, and let in once', async () => {
    const token = await issue();
    const claims = decode(token, 1);
    assert.deepEqual(
      { ...claims, jti: typeof claims.jti },
      { sub: playerId, match: 'm-1', name: 'Ada', jti: 'string', iss: 'trespasser', aud: 'game:game-1', iat: claims.iat, exp: claims.iat + 30 },
    );
    assert.equal(decode(token, 0).alg, 'HS256');
    assert.deepEqual(await redeem(token), about);
    await assert.rejects(redeem(token), refuses('TOKEN_USED'));
  });

  test('for another server or match are refused, and not used up by it', async () => {
    const token = await issue();
    await assert.rejects(redeem(token, { serverId: 'game-2' }), refuses('TOKEN_AUDIENCE'));
    await assert.rejects(redeem(token, { hasMatch: () => false }), refuses('TOKEN_MATCH'));
    assert.deepEqual(await redeem(token), about);
  });

  test('expire, and clocks may differ by so much and no more', async () => {
    const [inTime, late] = [await issue(), await issue()];
    clock.advance(TICKET_LIFE_MS + (TICKET_TOLERANCE_S - 1) * 1000);
    assert.deepEqual(await redeem(inTime), about);
    clock.advance(2000);
    await assert.rejects(redeem(late), refuses('TOKEN_EXPIRED'));

    const ahead = new FakeClock();
    ahead.advance(clock.now() - ahead.now() + (TICKET_TOLERANCE_S - 1) * 1000);
    const fast = createGameTickets(keys, { uses: new MemoryTokenUses(ahead), clock: ahead });
    assert.deepEqual(await redeem(await fast.issue({ ...about, serverId: 'game-1' })), about);
    ahead.advance(3000);
    await assert.rejects(redeem(await fast.issue({ ...about, serverId: 'game-1' })), refuses('TOKEN_EARLY'));
  });

  test('that live longer than tickets do are refused, whoever signed them', async () => {
    const claims = { ...decode(await issue(), 1), jti: randomUUID(), exp: Math.floor(clock.now() / 1000) + 86_400 };
    const header = decode(await issue(), 0);
    const token = forge(header, claims, SECRET);
    clock.advance(40_000);
    await assert.rejects(redeem(token), refuses('TOKEN_EXPIRED'));
    const { iat: _, ...withoutAge } = claims;
    await assert.rejects(redeem(forge(header, withoutAge, SECRET)), refuses('TOKEN_MALFORMED'));
  });

  test('that are forged are refused, each with its reason', async () => {
    const token = await issue();
    const [header, claims] = [decode(token, 0), decode(token, 1)];
    const cases: [string, string][] = [
      [forge({ ...header, alg: 'none' }, claims, undefined), 'TOKEN_ALGORITHM'],
      [forge({ ...header, alg: 'HS512' }, claims, SECRET), 'TOKEN_ALGORITHM'],
      [forge(header, { ...claims, sub: newPlayerId() }, OTHER), 'TOKEN_SIGNATURE'],
      [`${token.split('.')[0]}.${part({ ...claims, name: 'Eve' })}.${token.split('.')[2]}`, 'TOKEN_SIGNATURE'],
      [`${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`, 'TOKEN_SIGNATURE'],
      [forge({ ...header, kid: 'another' }, claims, SECRET), 'TOKEN_KEY'],
      [forge({ alg: 'HS256', typ: 'JWT' }, claims, SECRET), 'TOKEN_KEY'],
      [forge(header, { ...claims, iss: 'somebody' }, SECRET), 'TOKEN_ISSUER'],
      [forge(header, { ...claims, sub: '../1' }, SECRET), 'TOKEN_MALFORMED'],
      [forge(header, { ...claims, match: 'a/b' }, SECRET), 'TOKEN_MALFORMED'],
      [forge(header, { ...claims, jti: undefined }, SECRET), 'TOKEN_MALFORMED'],
      ['', 'TOKEN_MALFORMED'],
      ['a.b.c', 'TOKEN_MALFORMED'],
      ['x'.repeat(10_000), 'TOKEN_MALFORMED'],
      [undefined as unknown as string, 'TOKEN_MALFORMED'],
    ];
    for (const [forged, code] of cases) await assert.rejects(redeem(forged), refuses(code), forged?.slice(0, 80));
    assert.deepEqual(await redeem(token), about, 'the true one is still good');
    await assert.rejects(tickets.issue({ ...about, matchId: '../x', serverId: 'game-1' }), /ticket\.match/);
  });

  test('of a device are no tickets, and the other way round', async () => {
    const claims = { sub: playerId, name: 'Ada', iss: 'trespasser', aud: 'device', iat: Math.floor(clock.now() / 1000), exp: Math.floor(clock.now() / 1000) + 30, match: 'm-1', jti: randomUUID() };
    await assert.rejects(redeem(forge({ alg: 'HS256', kid: keys.signing.id }, claims, SECRET)), refuses('TOKEN_AUDIENCE'));
  });
});

describe('secrets', () => {
  const clock = new FakeClock();
  const about = { playerId: '1', matchId: 'm', name: 'Ada', serverId: 's' };
  const tickets = (...secrets: string[]) => createGameTickets(new TokenKeys(secrets), { uses: new MemoryTokenUses(clock), clock });
  const here = { serverId: 's', hasMatch: () => true };

  test('rotate: the old one is accepted beside the new one, the new one signs', async () => {
    const old = await tickets(SECRET).issue(about);
    const fresh = await tickets(OTHER, SECRET).issue(about);
    await tickets(OTHER, SECRET).redeem(old, here);
    await tickets(OTHER).redeem(fresh, here);
    await assert.rejects(tickets(OTHER).redeem(old, here), refuses('TOKEN_KEY'));
    await assert.rejects(tickets(SECRET).redeem(fresh, here), refuses('TOKEN_KEY'));
  });

  test('that are short, double or missing are refused without being told', () => {
    for (const secrets of [[], ['short-but-secret'], [SECRET, SECRET], Array.from({ length: 6 }, (_, index) => SECRET + index)]) {
      assert.throws(() => new TokenKeys(secrets), (error: Error) => /TOKEN_SECRET/.test(error.message) && !error.message.includes('secret-of') && !error.message.includes('short-but'));
    }
  });

  test('are made once in the data folder, for nobody else to read, by however many start', async () => {
    const folder = await testFolder();
    try {
      const all = await Promise.all(Array.from({ length: 5 }, () => loadTokenKeys(undefined, folder.path)));
      assert.equal(new Set(all.map((each) => each.signing.id)).size, 1);
      assert.equal((await loadTokenKeys(undefined, folder.path)).signing.id, all[0]!.signing.id);
      assert.equal((await stat(join(folder.path, 'token-secret'))).mode & 0o077, 0);
      assert.deepEqual(await readdir(folder.path), ['token-secret']);
      assert.equal((await loadTokenKeys(`${OTHER}, ${SECRET}`, folder.path)).signing.id, new TokenKeys([OTHER]).signing.id);
    } finally {
      await folder.remove();
    }
  });
});

describe('used tokens', () => {
  let redis: TestRedis;
  before(async () => { redis = await TestRedis.start(); });
  after(() => redis?.stop());

  test('in memory are forgotten in time, and have a limit', async () => {
    const clock = new FakeClock();
    const uses = new MemoryTokenUses(clock, 3);
    assert.deepEqual([await uses.use('a', 1000), await uses.use('a', 1000)], [true, false]);
    await uses.use('b', 1000);
    await uses.use('c', 1000);
    await assert.rejects(uses.use('d', 1000), refuses('TOKEN_UNVERIFIED'));
    clock.advance(1001);
    assert.equal(await uses.use('a', 1000), true);
  });

  test('in Redis are known to a server that starts anew', async () => {
    const clock = new FakeClock();
    const start = (): TokenUses => new RedisTokenUses(redis.client(), clock);
    assert.equal(await start().use('one', 60_000), true);
    assert.equal(await start().use('one', 60_000), false);
    const all = await Promise.all(Array.from({ length: 10 }, () => start().use('race', 60_000)));
    assert.equal(all.filter((won) => won).length, 1);
    const client = redis.client();
    const left = await client.pttl('trespasser:token:one');
    assert.ok(left > 0 && left <= 60_000, `${left}`);
  });

  test('while Redis is stopped or gone, memory refuses the second use', async () => {
    const other = await TestRedis.start();
    try {
      let failures = 0;
      const uses = new RedisTokenUses(other.client(), new FakeClock(), { timeoutMs: 100, onFailure: () => { failures++; } });
      assert.equal(await uses.use('before', 60_000), true);
      process.kill(other.pid, 'SIGSTOP');
      assert.deepEqual([await uses.use('a', 60_000), await uses.use('a', 60_000)], [true, false]);
      process.kill(other.pid, 'SIGCONT');
      await other.kill();
      assert.deepEqual([await uses.use('b', 60_000), await uses.use('b', 60_000), await uses.use('before', 60_000)], [true, false, false]);
      assert.equal(failures, 2);
    } finally {
      await other.stop();
    }
  });
});

/** Players and sanctions as a test sets them. */
class FakeStore {
  readonly players = new Map<string, Player>();
  readonly sanctions = new Map<string, Sanction[]>();
  isAway = false;

  async ensureGuest({ id, name }: { id: string; name: string }): Promise<Player> {
    this.#check();
    return this.#ensure(id, { id, kind: 'guest', name, createdAt: NOW, seenAt: NOW });
  }

  async ensureExternal({ issuer, subject }: { issuer: string; subject: string }, name: string): Promise<Player> {
    this.#check();
    return this.#ensure(`${issuer} ${subject}`, { id: newPlayerId(), kind: 'external', name, createdAt: NOW, seenAt: NOW });
  }

  async activeSanctions(ids: readonly string[]): Promise<Map<string, Sanction[]>> {
    this.#check();
    return new Map(ids.map((id) => [id, this.sanctions.get(id) ?? []]));
  }

  #ensure(key: string, player: Player): Player {
    if (!this.players.has(key)) this.players.set(key, player);
    return this.players.get(key)!;
  }

  #check(): void {
    if (this.isAway) throw new StoreError('unavailable', 'nobody is there');
  }
}

describe('guests', () => {
  let store: FakeStore;
  let clock: FakeClock;
  let accounts: Accounts;
  let withoutStore: number;
  const request = (wish: Partial<AccountRequest> = {}): AccountRequest => ({ address: '192.0.2.1', authorization: undefined, body: undefined, ...wish });
  const start = (wish: Partial<AccountDependencies> = {}, keys = new TokenKeys([SECRET])): Accounts => createAccounts(
    { keys }, { store, limits: createRateLimits(), log, clock, onWithoutStore: () => { withoutStore++; }, ...wish },
  );
  const guest = async (wish: Partial<AccountRequest> = {}, from = accounts): Promise<Json> => {
    const response = await from.guest(request(wish));
    return { ...response.body as object, status: response.status, headers: response.headers };
  };
  const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

  beforeEach(() => {
    store = new FakeStore();
    clock = new FakeClock();
    withoutStore = 0;
    accounts = start();
  });

  test('get a token of their device, and are the same player with it', async () => {
    const made = await guest({ body: { name: '  Ada\u202e  ' } });
    assert.equal(made.status, 201);
    assert.equal(made.name, 'Ada');
    assert.equal(made.headers['cache-control'], 'no-store');
    assert.match((await guest()).name, /^Guest-\d{4}$/);
    const again = await guest({ ...bearer(made.token), body: { name: 'Eve' } });
    assert.deepEqual([again.status, again.playerId, again.name, again.token], [200, made.playerId, 'Ada', made.token]);
    assert.deepEqual(await accounts.authenticate(made.token), { playerId: made.playerId, kind: 'guest', name: 'Ada', sanctions: [] });
  });

  test('get a new token after a month, and none after a year away', async () => {
    const made = await guest();
    clock.advance(29 * 86_400_000);
    assert.equal((await guest(bearer(made.token))).token, made.token);
    clock.advance(2 * 86_400_000);
    const renewed = await guest(bearer(made.token));
    assert.notEqual(renewed.token, made.token);
    assert.equal(renewed.playerId, made.playerId);
    assert.equal(renewed.expiresAt, Math.floor(clock.now() / 1000) * 1000 + 365 * 86_400_000);
    clock.advance(340 * 86_400_000);
    const refused = await guest(bearer(made.token));
    assert.deepEqual([refused.status, refused.error], [401, 'TOKEN_EXPIRED']);
    assert.equal((await guest(bearer(renewed.token))).playerId, made.playerId);
  });

  test('with tokens that are not theirs are refused', async () => {
    const made = await guest();
    const claims = decode(made.token, 1);
    const header = decode(made.token, 0);
    for (const [token, code] of [
      [forge({ ...header, alg: 'none' }, claims, undefined), 'TOKEN_ALGORITHM'],
      [forge(header, { ...claims, sub: '5' }, OTHER), 'TOKEN_SIGNATURE'],
      [forge(header, { ...claims, aud: 'game:game-1' }, SECRET), 'TOKEN_AUDIENCE'],
      ['nonsense', 'TOKEN_MALFORMED'],
    ] as const) {
      const refused = await guest(bearer(token));
      assert.deepEqual([refused.status, refused.error], [401, code]);
      await assert.rejects(accounts.authenticate(token), TokenError);
    }
    for (const authorization of ['Basic x', 'Bearer', `Bearer ${'x'.repeat(20_000)}`, 'Bearer a b']) {
      assert.equal((await guest({ authorization })).error, 'TOKEN_MALFORMED');
    }
    for (const body of ['text', 5, { name: 5 }, { name: 'x'.repeat(1001) }]) assert.equal((await guest({ body })).error, 'INVALID_BODY');
    assert.equal((await guest({ body: null })).status, 201);
  });

  test('who are banned do not come in, those with a warning do', async () => {
    const made = await guest();
    const sanction: Sanction = { id: randomUUID(), playerId: made.playerId, kind: 'warning', reason: 'r', issuedBy: 'x', matchId: null, startsAt: 1, endsAt: null, liftedAt: null, liftedBy: null };
    store.sanctions.set(made.playerId, [sanction]);
    assert.deepEqual((await accounts.authenticate(made.token)).sanctions, [sanction]);
    store.sanctions.set(made.playerId, [{ ...sanction, kind: 'suspension', endsAt: NOW + 5000 }]);
    const refused = await guest(bearer(made.token));
    assert.deepEqual([refused.status, refused.error, refused.until], [403, 'SANCTIONED', NOW + 5000]);
    await assert.rejects(accounts.authenticate(made.token), SanctionedError);
  });

  test('play on while the database is away', async () => {
    const made = await guest({ body: { name: 'Ada' } });
    store.isAway = true;
    assert.equal((await accounts.authenticate(made.token)).name, 'Ada');
    const fresh = await guest({ body: { name: 'Bob' } });
    assert.equal(fresh.status, 201);
    assert.ok(withoutStore >= 3);
    store.isAway = false;
    assert.equal((await accounts.authenticate(fresh.token)).name, 'Bob');
    assert.equal(store.players.get(fresh.playerId)?.name, 'Bob');
  });

  test('are made so often from one address and no more', async () => {
    const { points } = LIMITS.guest.address;
    const made = await guest();
    for (let index = 1; index < points; index++) assert.equal((await guest()).status, 201);
    const refused = await guest();
    assert.deepEqual([refused.status, refused.error], [429, 'TOO_MANY_REQUESTS']);
    assert.match(refused.headers['retry-after'], /^\d+$/);
    assert.equal((await guest({ address: '192.0.2.2' })).status, 201);
    assert.equal((await guest(bearer(made.token))).status, 200, 'those who are known come in still');
  });
});

describe('bearer tokens from outside', () => {
  let server: Server;
  let url: string;
  let published: object[];
  let behaviour: 'work' | 'fail' | 'hang' | 'flood' = 'work';
  let asked = 0;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const clock = new FakeClock();
  let store: FakeStore;
  const jwk = (key: KeyObject, kid: string): object => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });
  const now = (): number => Math.floor(clock.now() / 1000);
  const claims = (wish: object = {}): object => ({ iss: 'https://id.example', aud: ['app', 'other'], sub: 'user-1', name: 'Grace', iat: now(), exp: now() + 600, ...wish });

  function signAs(alg: 'RS256' | 'ES256', key: KeyObject, kid: string, body: object): string {
    const signed = `${part({ alg, typ: 'JWT', kid })}.${part(body)}`;
    return `${signed}.${signBytes('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  const start = (cooldownMs = 0): Accounts => createAccounts(
    { keys: new TokenKeys([SECRET]), external: { jwksUrl: url, issuer: 'https://id.example', audience: 'app', timeoutMs: 200, cooldownMs } },
    { store, limits: createRateLimits(), log, clock },
  );

  before(async () => {
    server = createServer((_, response) => {
      asked++;
      if (behaviour === 'hang') return;
      if (behaviour === 'fail') {
        response.writeHead(500).end();
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: published, ...(behaviour === 'flood' ? { padding: 'x'.repeat(1 << 20) } : {}) }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    published = [jwk(rsa.publicKey, 'rsa-1'), jwk(ec.publicKey, 'ec-1')];
    behaviour = 'work';
    asked = 0;
    store = new FakeStore();
  });

  test('are of one player each, by issuer and subject', async () => {
    const accounts = start();
    const first = await accounts.authenticate(signAs('RS256', rsa.privateKey, 'rsa-1', claims()));
    assert.deepEqual({ ...first, playerId: '' }, { playerId: '', kind: 'external', name: 'Grace', sanctions: [] });
    const second = await accounts.authenticate(signAs('ES256', ec.privateKey, 'ec-1', claims()));
    assert.equal(second.playerId, first.playerId);
    const other = await accounts.authenticate(signAs('RS256', rsa.privateKey, 'rsa-1', claims({ sub: 'user-2', name: '\u202eevil\u0000' })));
    assert.notEqual(other.playerId, first.playerId);
    assert.equal(other.name, 'evil');
    assert.equal(asked, 1, 'keys are kept');
  });

  test('that are not good are refused, each with its reason', async () => {
    const accounts = start();
    const rs = (wish: object, key = rsa.privateKey, kid = 'rsa-1'): string => signAs('RS256', key, kid, claims(wish));
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const cases: [string, string][] = [
      [rs({ exp: now() - 31 }), 'TOKEN_EXPIRED'],
      [rs({ nbf: now() + 31 }), 'TOKEN_EARLY'],
      [rs({ aud: 'other' }), 'TOKEN_AUDIENCE'],
      [rs({ aud: undefined }), 'TOKEN_AUDIENCE'],
      [rs({ iss: 'https://evil.example' }), 'TOKEN_ISSUER'],
      [rs({ sub: '' }), 'TOKEN_MALFORMED'],
      [rs({ exp: undefined }), 'TOKEN_MALFORMED'],
      [rs({}, stranger.privateKey), 'TOKEN_SIGNATURE'],
      [rs({}, stranger.privateKey, 'unknown'), 'TOKEN_KEY'],
      [forge({ alg: 'none' }, claims(), undefined), 'TOKEN_ALGORITHM'],
      // A public key as a shared secret.
      [forge({ alg: 'HS256', kid: 'rsa-1' }, claims(), pem), 'TOKEN_ALGORITHM'],
      // One of ours by what it says, not by who signed it.
      [forge({ alg: 'HS256', kid: 'rsa-1' }, claims({ iss: 'trespasser', aud: 'device' }), pem), 'TOKEN_KEY'],
    ];
    for (const [token, code] of cases) await assert.rejects(accounts.authenticate(token), refuses(code), JSON.stringify([decode(token, 0), decode(token, 1)]));
    await accounts.authenticate(rs({ exp: now() - 29 }));
    await accounts.authenticate(rs({ nbf: now() + 29 }));
    const none = createAccounts({ keys: new TokenKeys([SECRET]) }, { store, limits: createRateLimits(), log, clock });
    await assert.rejects(none.authenticate(rs({})), refuses('TOKEN_ISSUER'));
  });

  test('a new key is fetched, but not as often as somebody asks for it', async () => {
    const accounts = start(60_000);
    published = [jwk(rsa.publicKey, 'rsa-1')];
    await accounts.authenticate(signAs('RS256', rsa.privateKey, 'rsa-1', claims()));
    for (let index = 0; index < 20; index++) await assert.rejects(accounts.authenticate(signAs('RS256', stranger.privateKey, `k${index}`, claims())), refuses('TOKEN_KEY'));
    assert.equal(asked, 1);
    const eager = start(0);
    await eager.authenticate(signAs('RS256', rsa.privateKey, 'rsa-1', claims()));
    published.push(jwk(stranger.publicKey, 'rsa-2'));
    await sleep(5);
    await eager.authenticate(signAs('RS256', stranger.privateKey, 'rsa-2', claims()));
  });

  for (const trouble of ['fail', 'hang', 'flood'] as const) {
    test(`keys that cannot be had (${trouble}) are told from a bad token`, async () => {
      behaviour = trouble;
      const accounts = start();
      const token = signAs('RS256', rsa.privateKey, 'rsa-1', claims());
      await assert.rejects(accounts.authenticate(token), refuses('TOKEN_UNVERIFIED'));
      behaviour = 'work';
      await sleep(5);
      await accounts.authenticate(token);
    });
  }
});

describe('rate limits', () => {
  const { points } = LIMITS.queue.account;
  const take = async (limits: ReturnType<typeof createRateLimits>, times: number, account: string): Promise<number> => {
    let allowed = 0;
    for (let index = 0; index < times; index++) if ((await limits.take('queue', { account })).allowed) allowed++;
    return allowed;
  };

  test('count accounts and addresses apart, and networks of IPv6 as one', async () => {
    const limits = createRateLimits();
    assert.equal(await take(limits, points + 5, 'a'), points);
    assert.equal(await take(limits, 1, 'b'), 1);
    const refused = await limits.take('queue', { account: 'a' });
    assert.ok(!refused.allowed && refused.by === 'account' && refused.retryAfterMs > 0 && refused.retryAfterMs <= LIMITS.queue.account.seconds * 1000);
    for (let index = 0; index < LIMITS.lobbyPassword.address.points; index++) {
      assert.ok((await limits.take('lobbyPassword', { address: `2001:db8:1:2::${index.toString(16)}`, account: `x${index}` })).allowed);
    }
    assert.equal((await limits.take('lobbyPassword', { address: '2001:db8:1:2:ffff::1' })).allowed, false);
    assert.equal((await limits.take('lobbyPassword', { address: '2001:db8:1:3::1' })).allowed, true);
  });

  test('leave loopback alone unless told', async () => {
    const free = createRateLimits();
    const bound = createRateLimits({ limitLoopback: true });
    for (let index = 0; index < LIMITS.connection.address.points; index++) await Promise.all([free, bound].map((each) => each.take('connection', { address: '127.0.0.1' })));
    assert.equal((await free.take('connection', { address: '127.0.0.1' })).allowed, true);
    assert.equal((await bound.take('connection', { address: '127.0.0.1' })).allowed, false);
  });

  test('remember so many and no more: beyond, strangers share a budget', async () => {
    const limits = createRateLimits({ maximumKeys: 10 });
    for (let index = 0; index < 10; index++) await limits.take('queue', { account: `known${index}` });
    assert.equal(await take(limits, points, 'known0'), points - 1, 'those who are remembered keep their own');
    let allowed = 0;
    for (let index = 0; index < 101 * points; index++) if ((await limits.take('queue', { account: `stranger${index}` })).allowed) allowed++;
    assert.equal(allowed, 100 * points);
  });

  describe('in Redis', () => {
    let redis: TestRedis;
    beforeEach(async () => { redis = await TestRedis.start(); });
    afterEach(() => redis?.stop());

    test('are shared by processes', async () => {
      const clients = [redis.client(), redis.client()] as const;
      for (const client of clients) await client.ping();
      const [one, two] = [createRateLimits({ redis: clients[0] }), createRateLimits({ redis: clients[1] })];
      const allowed = await take(one, points - 5, 'a') + await take(two, points, 'a');
      assert.equal(allowed, points);
    });

    test('go on in memory while Redis is away, and return', async () => {
      let insured = 0;
      const client = redis.client(200);
      await client.ping();
      const limits = createRateLimits({ redis: client, onInsurance: () => { insured++; } });
      assert.equal(await take(limits, 3, 'a'), 3);
      assert.equal(insured, 0);
      await redis.kill();
      assert.equal(await take(limits, points + 5, 'a'), points, 'its own count begins anew');
      assert.ok(insured > 0);
      await redis.resume();
      for (const end = Date.now() + 10_000; client.status !== 'ready' && Date.now() < end;) await sleep(20);
      const before = insured;
      assert.equal(await take(limits, 3, 'b'), 3);
      assert.equal(insured, before);
    });
  });
});

describe('addresses', () => {
  test('behind proxies are those of clients, as far as proxies are trusted', () => {
    const trusted = new TrustedProxies('10.0.0.0/8, 192.168.1.1, fd00::/8');
    const address = (socket: string | undefined, header?: string | string[]): string => clientAddress(socket, header, trusted);
    assert.equal(address('203.0.113.9', '1.2.3.4'), '203.0.113.9', 'a stranger says what he likes');
    assert.equal(address('10.1.1.1', '1.2.3.4'), '1.2.3.4');
    assert.equal(address('::ffff:10.1.1.1', '6.6.6.6, 1.2.3.4, 10.2.2.2'), '1.2.3.4', 'what stands before is the client\'s own word');
    assert.equal(address('10.1.1.1', ['6.6.6.6', '1.2.3.4, 192.168.1.1']), '1.2.3.4');
    assert.equal(address('10.1.1.1', '6.6.6.6, nonsense, 10.2.2.2'), '10.2.2.2');
    assert.equal(address('10.1.1.1', undefined), '10.1.1.1');
    assert.equal(address('fd00::1', '[2001:DB8::1]:443'), '2001:db8::1');
    assert.equal(address('10.1.1.1', '1.2.3.4:5678'), '1.2.3.4');
    assert.equal(address('10.1.1.1', `${'6.6.6.6,'.repeat(10_000)}1.2.3.4`), '1.2.3.4');
    assert.equal(address(undefined, '1.2.3.4'), 'unknown');
    for (const bad of ['nonsense', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '10.0.0.0/']) assert.throws(() => new TrustedProxies(bad), /TRUSTED_PROXIES: .* is neither/);
  });

  test('count by network', () => {
    const cases: [string, string][] = [
      ['1.2.3.4', '1.2.3.4'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8::1', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'],
      ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'], ['1::2:3:4:5:6:7', '1:0:2:3::/64'], ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'], ['unknown', 'unknown'],
    ];
    for (const [address, key] of cases) assert.equal(addressKey(address), key, address);
  });
});

describe('names', () => {
  test('show as what they are', () => {
    const cases: [string | undefined, string][] = [
      ['Ada', 'Ada'], ['  A  d a ', 'A d a'], ['a\u202eb\u2066c\u200bd\u0000', 'abcd'], ['\u3164\u2800', '?'], ['', '?'], [undefined, '?'],
      ['e\u0301', '\u00e9'], [`z${'\u0301'.repeat(50)}`, '\u017a\u0301\u0301'], ['\u0301x', 'x'], ['x'.repeat(100), 'x'.repeat(24)], ['👩‍🚀 Ann', '👩🚀 Ann'], ['Ünïcödé 名前', 'Ünïcödé 名前'],
    ];
    for (const [wish, shown] of cases) assert.equal(displayName(wish, '?'), shown, JSON.stringify(wish));
  });
});

describe('passwords', () => {
  test('are known by their hash, each with a salt', async () => {
    const [one, two] = [await hashPassword('hunter2'), await hashPassword('hunter2')];
    assert.match(one, /^scrypt\$16384\$8\$1\$/);
    assert.notEqual(one, two);
    assert.equal(await verifyPassword('hunter2', one), true);
    assert.equal(await verifyPassword('hunter3', one), false);
    assert.equal(await verifyPassword('', one), false);
    assert.equal(await verifyPassword('x'.repeat(1_000_000), one), false);
    assert.equal(await verifyPassword('cafe\u0301', await hashPassword('caf\u00e9')), true, 'however it is typed');
    await assert.rejects(hashPassword('x'.repeat(257)), /takes 256 characters/);
  });

  test('hashes that are none, or cost too much, are refused', async () => {
    const good = await hashPassword('x');
    for (const bad of ['', 'plain', good.slice(0, -30), good.replace('$16384$', '$16383$'), good.replace('$16384$', '$4194304$'), good.replace('$16384$', '$0$'), `${good}$`]) {
      await assert.rejects(verifyPassword('x', bad), /is no hash of a password/, bad);
    }
  });

  test('take their turn, and too many are sent away', async () => {
    const turns = new Turns(2, 3);
    let running = 0;
    let most = 0;
    const work = async (index: number): Promise<number> => {
      most = Math.max(most, ++running);
      await sleep(5);
      running--;
      if (index === 1) throw new Error('failed');
      return index;
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => turns.take(() => work(index))));
    assert.deepEqual(outcomes.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).name)), [0, 'Error', 2, 3, 4, 'BusyError', 'BusyError', 'BusyError']);
    assert.equal(most, 2);
    assert.equal(await turns.take(async () => 'free'), 'free');
    const password = await hashPassword('x');
    assert.deepEqual(await Promise.all(Array.from({ length: 6 }, (_, index) => verifyPassword(index % 2 === 0 ? 'x' : 'y', password))), [true, false, true, false, true, false]);
  });
});
