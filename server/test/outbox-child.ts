/**
 * A game server that is nothing but its outbox: appends results, prints the id of each once it is kept, and waits to
 * be killed. argv: folder, database URL or `away`, how many results, number of the first, bytes that a file may have.
 */
import { systemClock } from '../src/clock.js';
import { createLogger } from '../src/logger.js';
import { openOutbox, type OutboxStore } from '../src/outbox/index.js';
import { openStore, StoreError } from '../src/store/index.js';
import { duel } from './database.js';

const [folder, url, count, first] = process.argv.slice(2) as [string, string, string, string];
const log = createLogger('silent');
const away = async (): Promise<never> => { throw new StoreError('unavailable', 'nobody is there'); };
const store: OutboxStore = url === 'away'
  ? { recordMatch: away, recordLostMatch: away, addEvidence: away, addReplay: away }
  : await openStore({ databaseUrl: url, connect: 'later' }, { log, clock: systemClock });

const outbox = await openOutbox({ folder, serverId: 'game-1', segmentBytes: 8192 }, { store, log, clock: systemClock });
console.log(JSON.stringify({ ready: true }));
for (let index = Number(first); index < Number(first) + Number(count); index++) {
  const kept = await outbox.append({ kind: 'match', match: duel(`m${index}`, '1', '2') });
  console.log(JSON.stringify({ id: `m${index}`, kept }));
}
console.log(JSON.stringify({ all: true }));
setInterval(() => {}, 1000);
