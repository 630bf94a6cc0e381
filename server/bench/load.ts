import { killProcesses, startProcess } from '../test/server-process.js';
import { inputPacket, sleep, TestClient, type Json } from '../test/support.js';
import { Button, WirePlayer } from '../test/wire-network.js';

/**
 * What a match of eight people who run and shoot all the time costs the server: eight scripted clients over real
 * sockets, in another process than the server.
 *
 * LOAD_WIRE: `on` for clients that have the match over the wire. LOAD_SECONDS: length, default 20. LOAD_MATCHES: matches side by side, default 1. LOAD_PROFILE: folder for a CPU
 * profile of the server. Settings of the server as usual.
 */

const SECONDS = Number(process.env['LOAD_SECONDS'] ?? 20);
const MATCHES = Number(process.env['LOAD_MATCHES'] ?? 1);
const IS_ON_WIRE = process.env['LOAD_WIRE'] === 'on';
const INPUTS_PER_SECOND = 60;
const WARM_UP_MS = 3000;

const LOADOUTS = [
  { primary: 'rifle', secondary: 'pistol', support: ['grenade', 'smokegrenade', 'flashbang'] },
  { primary: 'smg', secondary: 'revolver', support: ['machinegun'] },
  { primary: 'shotgun', secondary: 'pistol', support: ['rocket', 'grenade'] },
  { primary: 'battlerifle', secondary: 'suppressedpistol', support: ['grenadelauncher', 'smokegrenade'] },
];

/** Walks in a square, turns, holds the trigger, changes hands now and then, and asks for respawn. */
function drive(client: TestClient, index: number): NodeJS.Timeout {
  let sequence = 0;
  const keys = ['w', 'd', 's', 'a'];
  return setInterval(() => {
    const beat = Math.floor(sequence / 45) + index;
    const angle = sequence / 40 + index;
    client.emit('player:input', inputPacket(++sequence, {
      keys: { [keys[beat % 4]!]: true, [String((beat % 4) + 1)]: sequence % 45 === 0, r: sequence % 200 === 0 },
      mouse: { x: 240 + 200 * Math.cos(angle), y: 135 + 100 * Math.sin(angle), buttons: sequence % 20 < 14 ? 1 : 0 },
    }));
    if (sequence % 60 === 0) client.emit('respawn');
  }, 1000 / INPUTS_PER_SECOND);
}

/** The same over the wire. */
function driveWire(player: WirePlayer, index: number): NodeJS.Timeout {
  const keys = [Button.UP, Button.RIGHT, Button.DOWN, Button.LEFT];
  const hands = [Button.SLOT1, Button.SLOT2, Button.SLOT3, Button.SLOT4];
  let sequence = 0;
  return setInterval(() => {
    const beat = Math.floor(sequence / 45) + index;
    const angle = sequence / 40 + index;
    sequence++;
    if (sequence % 45 === 0) player.tap(hands[beat % 4]!);
    if (sequence % 200 === 0) player.tap(Button.RELOAD);
    player.hold(keys[beat % 4]! | (sequence % 20 < 14 ? Button.FIRE : 0), {
      x: 240 + 200 * Math.cos(angle), y: 135 + 100 * Math.sin(angle),
    });
    if (sequence % 60 === 0) player.wire.requestRespawn();
  }, 1000 / INPUTS_PER_SECOND);
}

async function main(): Promise<void> {
  const profile = process.env['LOAD_PROFILE'];
  const server = startProcess(
    { PORT: '0', KILL_TARGET: '1000' }, profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile],
  );
  const url = await server.ready;
  const clients: TestClient[] = [];
  const players: WirePlayer[] = [];
  const timers: NodeJS.Timeout[] = [];
  let bytes = 0;
  for (let match = 0; match < MATCHES; match++) {
    for (let index = 0; index < 8; index++) {
      const client = await TestClient.connect({ url });
      client.forget = true;
      client.socket.io.engine.on('packet', (packet: { data?: unknown }) => {
        bytes += typeof packet.data === 'string' ? packet.data.length : 0;
      });
      clients.push(client);
      await client.ask('find_match', { gameMode: 'deathmatch' }, 'lobby_joined');
      client.emit('player:join', { loadout: LOADOUTS[index % LOADOUTS.length], playerName: `Load ${index}` });
      if (!IS_ON_WIRE) {
        timers.push(drive(client, index));
        continue;
      }
      const player = await WirePlayer.open({ port: Number(new URL(url).port) }, client);
      player.forget = true;
      players.push(player);
      timers.push(driveWire(player, index));
    }
  }
  await sleep(WARM_UP_MS);
  const health = async (): Promise<Json> => (await fetch(`${url}health`)).json();
  const before = await health();
  bytes = 0;
  for (const player of players) player.bytes = 0;
  const began = Date.now();
  await sleep(SECONDS * 1000);
  const seconds = (Date.now() - began) / 1000;
  const after = await health();
  const sent = players.reduce((sum, player) => sum + player.bytes, bytes);
  for (const timer of timers) clearInterval(timer);
  const steps = after.loop.steps - before.loop.steps;
  const mean = (name: string): number => (after.loop[name] * after.loop.steps - before.loop[name] * before.loop.steps) / steps;
  console.log(JSON.stringify({
    clients: clients.length,
    seconds,
    coresUsed: (after.cpuSeconds - before.cpuSeconds) / seconds,
    meanStepMs: mean('meanStepMs'),
    meanLatenessMs: mean('meanLatenessMs'),
    lateSteps: after.loop.lateSteps - before.loop.lateSteps,
    skippedSteps: after.loop.skippedSteps - before.loop.skippedSteps,
    worstStepMs: after.loop.maxStepMs,
    worstLatenessMs: after.loop.maxLatenessMs,
    kilobytesPerClientAndSecond: sent / 1000 / seconds / clients.length,
    counters: after.counters,
  }, null, 2));
  for (const player of players) player.close();
  for (const client of clients) client.close();
  server.child.kill('SIGTERM');
  await server.exit;
}

main().finally(killProcesses);
