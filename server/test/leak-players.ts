/**
 * Players for leaks.test.ts, in a process of their own, so that what they keep is not the server's. Told over IPC how many
 * to be; says when they are gone.
 */
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { inputPacket } from './support.js';

const [url, seed] = [process.argv[2]!, Number(process.argv[3] ?? 0)];
let played = seed;

process.on('message', ({ players }: { players: number }) => {
  Promise.all(Array.from({ length: players }, () => play(played++))).then(() => process.send!('done'), (error: unknown) => {
    process.send!(`failed: ${String(error)}`);
  });
});

process.send!('ready');

const told = (socket: Socket, event: string): Promise<unknown> => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no ${event} over ${socket.io.engine?.transport?.name}`)), 20_000);
  socket.once('connect_error', (error) => reject(error));
  socket.once(event, (payload) => {
    clearTimeout(timer);
    resolve(payload);
  });
});

/** Joins, plays a little, and goes in one of the ways in which players go. */
async function play(index: number): Promise<void> {
  const socket = io(url, { transports: [index % 10 === 0 ? 'polling' : 'websocket'], forceNew: true, reconnection: false });
  await told(socket, 'connect');
  socket.emit('client:ready', { timestamp: 0, userAgent: 'test', sounds: index % 2 === 0 });
  const joined = told(socket, 'lobby_joined');
  if (index % 7 === 0) socket.emit('create_private_lobby', { password: 'pst' });
  else socket.emit('find_match', { gameMode: 'deathmatch' });
  await joined;
  const state = told(socket, 'game:state');
  socket.emit('player:join', { loadout: { primary: 'rifle', secondary: 'pistol', support: ['grenade'] }, playerName: `Player ${index}` });
  await state;
  for (let sequence = 1; sequence <= 5; sequence++) {
    socket.emit('player:input', inputPacket(sequence, { keys: { d: true }, mouse: { x: 400, y: 135, buttons: 1, leftPressed: sequence === 1 } }));
  }
  socket.emit('no:such:event', {});
  if (index % 3 === 0) {
    const ready = told(socket, 'wire:ready');
    socket.emit('wire:open', { version: 1 });
    const { path, ticket } = await ready as { path: string; ticket: string };
    // Half of the tickets are never used.
    if (index % 6 === 0) {
      const wire = new WebSocket(`${url.replace('http', 'ws').replace(/\/$/, '')}${path}?ticket=${ticket}`);
      await new Promise((resolve) => { wire.onopen = wire.onerror = () => resolve(undefined); });
      if (index % 12 === 0) wire.close();
    }
  }
  const way = index % 4;
  if (way === 0) {
    const left = told(socket, 'left_lobby');
    socket.emit('leave_lobby');
    await left;
  }
  if (way === 1) {
    const again = told(socket, 'lobby_joined');
    socket.emit('leave_game');
    socket.emit('find_match', { gameMode: 'duel' });
    await again;
  }
  if (way === 3) {
    // The line is cut without a word, or polls stop.
    const { transport } = socket.io.engine as unknown as { transport: { ws?: WebSocket; doClose: () => void } };
    transport.ws?.terminate();
    transport.doClose = () => {};
  }
  socket.disconnect();
}
