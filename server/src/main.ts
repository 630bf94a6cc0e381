import { ConfigError, readConfig } from './config.js';
import { createLogger } from './logger.js';

/** Milliseconds after which a stop that hangs is cut short. */
const STOP_MS = 1500;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  // Loaded late: an addon that is missing is then an error with a message like any other.
  const { startServer } = await import('./server.js');
  const server = await startServer(config, log, {
    onFatal: (error) => {
      log.fatal({ err: error }, 'the engine cannot go on; ending, so that a new process can take over');
      process.exit(1);
    },
  });

  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_MS).unref();
    server.close().then(() => process.exit(0), (error: unknown) => {
      log.error({ err: error }, 'stopping failed');
      process.exit(1);
    });
  };
  // A person at the keyboard wants it gone. A scheduler asks first and means its players well: its second word is the last.
  let isDraining = false;
  process.on('SIGINT', () => {
    log.info({ signal: 'SIGINT' }, 'stopping');
    stop();
  });
  process.on('SIGTERM', () => {
    if (isDraining) {
      log.info({ signal: 'SIGTERM' }, 'stopping at once');
      return stop();
    }
    isDraining = true;
    server.drain().then(stop, stop);
  });
  console.log(`Trespasser is ready: ${server.url}`);
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || (error instanceof Error && (error.name === 'StartError' || error.name === 'EngineError'));
  console.error(known ? error.message : error);
  process.exit(1);
});
