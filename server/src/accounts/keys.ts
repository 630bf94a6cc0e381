import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const SECRET_BYTES = 32;
const MAXIMUM_SECRETS = 5;

export interface TokenKey {
  id: string;
  secret: Uint8Array;
}

/** Secrets that do not do. */
export class TokenKeyError extends Error {
  override readonly name = 'TokenKeyError';
}

/**
 * What tokens are signed with. Several secrets are accepted; the first one signs. To change it, put the new one before
 * the old one on all servers, and take the old one away when its last tokens have expired.
 */
export class TokenKeys {
  readonly #keys: readonly TokenKey[];

  /** @param secrets 1 to 5, each 32 bytes or more */
  constructor(secrets: readonly string[]) {
    if (secrets.length < 1 || secrets.length > MAXIMUM_SECRETS) throw new TokenKeyError(`TOKEN_SECRET takes 1 to ${MAXIMUM_SECRETS} secrets, separated by commas`);
    this.#keys = secrets.map((text) => {
      const secret = Buffer.from(text);
      // The secret itself stays out of the message: messages end up in logs.
      if (secret.length < SECRET_BYTES) throw new TokenKeyError(`TOKEN_SECRET takes secrets of at least ${SECRET_BYTES} bytes; \`openssl rand -base64 32\` makes one`);
      // It tells secrets apart and says nothing about them: nobody finds 32 random bytes by trying.
      const id = createHash('sha256').update('trespasser key id').update(secret).digest('base64url').slice(0, 11);
      return { id, secret };
    });
    if (new Set(this.#keys.map((key) => key.id)).size !== secrets.length) throw new TokenKeyError('TOKEN_SECRET has a secret twice');
  }

  get signing(): TokenKey {
    return this.#keys[0]!;
  }

  find(id: string | undefined): TokenKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }
}

/** Of TOKEN_SECRET, or else of a file in the data folder, made at the first start. */
export async function loadTokenKeys(tokenSecret: string | undefined, dataDir: string): Promise<TokenKeys> {
  if (tokenSecret !== undefined) return new TokenKeys(tokenSecret.split(',').map((each) => each.trim()).filter((each) => each !== ''));
  const file = join(dataDir, 'token-secret');
  const read = async (): Promise<TokenKeys> => new TokenKeys((await readFile(file, 'utf8')).trim().split('\n'));
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(dataDir, { recursive: true });
  // Whole before it has its name, and of two processes that make one, one wins.
  const half = `${file}.${randomBytes(4).toString('hex')}`;
  const handle = await open(half, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
    await handle.sync();
    await handle.close();
    await link(half, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close().catch(() => {});
    await rm(half, { force: true });
  }
  return read();
}
