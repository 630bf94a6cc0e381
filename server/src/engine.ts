import { createRequire } from 'node:module';
import type * as Engine from '@trespasser/engine';

export type {
  CloudView, GameEvent, GameMap, HeardSound, KnownProjectile, Loadout, MatchId, PlayerId, PlayerView, SceneRole, SoundKindName, TeamName, ToldEvent, WallInfo, WeaponName, WeaponView, WireReceived, World,
} from '@trespasser/engine';

/** The addon is missing or does not fit this machine. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

// `require`, not `import`: named exports of a native addon's CommonJS loader are invisible to ESM's static analysis.
function loadEngine(): typeof Engine {
  try {
    return createRequire(import.meta.url)('@trespasser/engine') as typeof Engine;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new EngineError(
      `The engine addon @trespasser/engine cannot be loaded (${reason}). `
      + 'Build it first: `cargo xtask start` does all of it; by hand, `npm install && npm run build` in node-binding/, then `npm install` in server/.',
      { cause },
    );
  }
}

export const engine = loadEngine();
export const Button = engine.Button;

/** The code of an error thrown by the addon, such as `ILLEGAL_LOADOUT`; undefined for any other error. */
export function engineErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
