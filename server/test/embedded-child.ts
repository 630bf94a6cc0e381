/** A server that is nothing but its embedded database: writes a row, says so, and waits to be killed. */
import pg from 'pg';
import { createLogger } from '../src/logger.js';
import { startEmbeddedDatabase } from '../src/store/index.js';

const database = await startEmbeddedDatabase({ dataDir: process.argv[2]! }, { log: createLogger('silent') });
const client = new pg.Client({ connectionString: database.url });
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS survivors (n serial)');
await client.query('INSERT INTO survivors DEFAULT VALUES');
console.log(JSON.stringify({ pid: database.pid }));
setInterval(() => {}, 1000);
