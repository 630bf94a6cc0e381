import { BusyError, hashPassword, verifyPassword } from './accounts/index.js';
import { Refusal } from './refusal.js';

const BUSY = 'The server is busy; try again';

/** Keeps a lobby's password as its hash alone. */
export class LobbyPassword {
  private constructor(private readonly hash: string) {}

  /** Takes some 30 ms, on another thread. @throws Refusal */
  static async of(password: string): Promise<LobbyPassword> {
    return new LobbyPassword(await refusing(() => hashPassword(password)));
  }

  /** As long. @throws Refusal */
  fits(password: string): Promise<boolean> {
    return refusing(() => verifyPassword(password, this.hash));
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BusyError) throw new Refusal(BUSY, { cause: error });
    if (error instanceof RangeError) throw new Refusal(error.message, { cause: error });
    throw error;
  }
}
