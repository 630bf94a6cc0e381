import { ConfigError, readArguments, readConfig } from './config.js';
import { createLogger } from './logger.js';

/** Milliseconds after which a stop that hangs is cut short; a database takes its time. */
const STOP_MS = { alone: 1500, withDatabase: 20_000 };

async function main(): Promise<void> {
  const config = readConfig({ ...process.env, ...readArguments(process.argv.slice(2)) });
  const log = createLogger(config.logLevel);
  // Loaded late: an addon that is missing is then an error with a message like any other.
  const { startRole } = await import('./roles.js');

  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), config.matchmaking ? STOP_MS.withDatabase : STOP_MS.alone).unref();
    role.close().then(() => process.exit(0), (error: unknown) => {
      log.error({ err: error }, 'stopping failed');
      process.exit(1);
    });
  };
  let isDraining = false;
  const drain = (): void => {
    if (isDraining) return stop();
    isDraining = true;
    role.drain().then(stop, stop);
  };
  const role = await startRole(config, log, {
    onFatal: (error) => {
      log.fatal({ err: error }, 'this process cannot go on; ending, so that a new one can take over');
      process.exit(1);
    },
    onShutdown: () => { if (!isDraining) drain(); },
  });

  // A person at the keyboard wants it gone. A scheduler asks first and means its players well: its second word is the last.
  process.on('SIGINT', () => {
    log.info({ signal: 'SIGINT' }, 'stopping');
    stop();
  });
  process.on('SIGTERM', () => {
    log.info({ signal: 'SIGTERM' }, isDraining ? 'stopping at once' : 'stopping when the matches are over');
    drain();
  });
  console.log(`Trespasser is ready: ${role.url}`);
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError
    || (error instanceof Error && ['StartError', 'EngineError', 'FolderLockedError', 'ReplayError', 'JournalError'].includes(error.name));
  console.error(known ? error.message : error);
  process.exit(1);
});
