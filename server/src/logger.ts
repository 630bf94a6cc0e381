import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

/** JSON lines for machines, coloured lines where a person is watching. */
export function createLogger(level: string): Logger {
  if (!process.stdout.isTTY) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return pino({ level, base: null }, pretty({ sync: true, translateTime: 'HH:MM:ss.l' }));
}
