/**
 * The server for {@link GameServer}, by a clock that goes SPEED times as fast: half an hour of matches in half a minute. What
 * the machine does not keep up with, the server gives up as it does in any stall.
 */
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const SOURCE = resolve(process.cwd(), '../server/dist/src');
const of = (file) => import(pathToFileURL(resolve(SOURCE, file)).href);
const [{ startServer }, { readConfig }, { createLogger }] = await Promise.all([of('server.js'), of('config.js'), of('logger.js')]);

const speed = Number(process.env.SPEED);
if (!(speed >= 1 && speed <= 100)) throw new Error(`SPEED=${process.env.SPEED}: takes a number from 1 to 100`);
const began = performance.timeOrigin + performance.now();
const clock = {
  now: () => began + (performance.timeOrigin + performance.now() - began) * speed,
  after(ms, action) {
    const timer = setTimeout(action, ms / speed);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
const config = readConfig(process.env);
// Stalls are to be expected here.
const server = await startServer(config, createLogger('error'), { clock });
console.log(`Trespasser is ready: ${server.url}`);
process.once('SIGINT', () => void server.close().then(() => process.exit(0)));
