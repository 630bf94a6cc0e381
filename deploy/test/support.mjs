// Starting and ending what is tested: child processes, ports, folders. Everything ends with the test that began it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DEPLOY = fileURLToPath(new URL('..', import.meta.url));

/** Runs from last to first when the process of a test file that is not asked nicely ends. */
const endings = new Set();
process.on('exit', () => { for (const end of endings) end(); });

/** A port of TCP that is free at this address now. */
export async function freePort(host = '127.0.0.1') {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'trespasser-deploy-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A program that runs until the test ends; `output()` is what it has said so far. */
export function program(t, command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let said = '';
  child.stdout.on('data', (data) => { said += data; });
  child.stderr.on('data', (data) => { said += data; });
  const exit = new Promise((resolve) => {
    child.once('error', (error) => { said += error; resolve(-1); });
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  const kill = () => child.kill('SIGKILL');
  endings.add(kill);
  t.after(async () => {
    kill();
    await exit;
    endings.delete(kill);
  });
  return { child, exit, output: () => said };
}

/** Waits for a condition that comes; `what` is in the message if it does not. */
export async function until(what, condition, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${typeof what === 'function' ? what() : what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Answers every question for `name` with these addresses of version 4, and all others with "no such name". */
export async function nameServer(t, name, addresses) {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => new Promise((resolve) => socket.close(resolve)));
  socket.on('message', (question, from) => {
    let end = 12;
    const labels = [];
    while (end < question.length && question[end] !== 0) {
      labels.push(question.toString('latin1', end + 1, end + 1 + question[end]));
      end += 1 + question[end];
    }
    end += 5;
    const known = labels.join('.').toLowerCase() === name;
    const answers = known && question.readUInt16BE(end - 4) === 1 ? addresses : [];
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt32BE(0, 8);
    const records = answers.map((address) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]));
    socket.send(Buffer.concat([header, question.subarray(12, end), ...records]), from.port, from.address);
  });
  return `127.0.0.1:${socket.address().port}`;
}
