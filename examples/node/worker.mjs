// The simulation in a worker thread: the main thread moves bytes, and nothing else. What crosses the line between the two
// lies in shared memory, where each half writes what is its own and tells the other by an atomic number.
//
// node examples/node/worker.mjs [SECONDS]
//
//   down (main to worker)   a ring of records: a player's number, length in two bytes, a client's message
//   up (worker to main)     two buffers in turns: the packets of a step, with an index beside them
//
// The clients here are the engine's reference client, played by random keys; a server has sockets in their place.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Button, GameMap, Match, WIRE_COLUMNS, WireClient, World } from '../../node-binding/index.mjs';

const PLAYERS = 8;
/** Bytes of the ring down, a power of two. */
const DOWN = 1 << 16;
const MASK = DOWN - 1;
/** Bytes of packets of one step, and rows of their index. */
const UP = 1 << 18;
const ROWS = 256;
/** Numbers of `control`: bytes written to and read from the ring (they wrap), steps written and taken, and whether it is over. */
const WRITTEN = 0, READ = 1, STEPS = 2, TAKEN = 3, OVER = 4;
/** Where the count of a buffer's packets stands. */
const COUNT = 5;

const views = (shared) => ({
  control: new Int32Array(shared.control),
  down: new Uint8Array(shared.down),
  up: shared.up.map(({ bytes, index }) => ({ bytes: new Uint8Array(bytes), index: new Uint32Array(index) })),
});

function simulate({ control, down, up }, ticks) {
  const world = new World();
  const match = new Match(world, GameMap.builtin('yard'), { seed: 7 });
  const players = Array.from({ length: PLAYERS }, () => match.addPlayer());
  for (const player of players) player.wireOpen();
  // Ids go once, by message; bytes never do.
  parentPort.postMessage(players.map(({ id }) => id));

  let read = 0;
  const take = () => {
    const written = Atomics.load(control, WRITTEN);
    while (read !== written) {
      const player = players[down[read & MASK]];
      const length = down[(read + 1) & MASK] | down[(read + 2) & MASK] << 8;
      const message = Uint8Array.from({ length }, (_, i) => down[(read + 3 + i) & MASK]);
      read = (read + 3 + length) | 0;
      try {
        player.wireReceive(message);
      } catch (error) {
        // Bytes from outside that are no message: counted in wireStats(), and nothing has changed.
        if (error.code !== 'BAD_MESSAGE') throw error;
      }
    }
    Atomics.store(control, READ, read);
  };

  let next = performance.now();
  for (let tick = 0; tick < ticks; tick++) {
    take();
    world.step();
    const { packets } = world.wirePending();
    if (packets > 0) {
      const steps = Atomics.load(control, STEPS);
      // Never more than two steps ahead: the buffer that is written now was taken.
      while (steps - Atomics.load(control, TAKEN) >= 2) Atomics.wait(control, TAKEN, Atomics.load(control, TAKEN), 100);
      const { bytes, index } = up[steps % 2];
      Atomics.store(control, COUNT + steps % 2, world.wirePackets(bytes, index));
      Atomics.store(control, STEPS, steps + 1);
      Atomics.notify(control, STEPS);
    }
    // 60 ticks a second; what is late is caught up with, at once.
    next += 1000 / 60;
    const early = next - performance.now();
    if (early > 0) Atomics.wait(control, OVER, 0, early);
  }
  Atomics.store(control, OVER, 1);
  Atomics.notify(control, STEPS);
  parentPort.postMessage({ hash: match.hash(), tick: match.tick, players: match.view().players });
  world.dispose();
}

async function serve(seconds) {
  const buffer = (bytes) => new SharedArrayBuffer(bytes);
  const shared = {
    control: buffer(32),
    down: buffer(DOWN),
    up: [0, 1].map(() => ({ bytes: buffer(UP), index: buffer(ROWS * WIRE_COLUMNS * 4) })),
  };
  const { control, down, up } = views(shared);
  const worker = new Worker(new URL(import.meta.url), { workerData: { shared, ticks: seconds * 60 } });
  const answer = () => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const ids = await answer();
  const end = answer();
  const clients = ids.map(() => new WireClient());
  let written = 0, packets = 0, received = 0, sent = 0;

  /** A client's message into the ring; `false`: the worker has not read what is there. */
  const send = (player, message) => {
    if (((written - Atomics.load(control, READ)) | 0) + 3 + message.length > DOWN) return false;
    for (const byte of [player, message.length & 255, message.length >> 8, ...message]) {
      down[written & MASK] = byte;
      written = (written + 1) | 0;
    }
    Atomics.store(control, WRITTEN, written);
    sent += message.length;
    return true;
  };

  const frame = setInterval(() => {
    for (const [player, client] of clients.entries()) {
      client.input(Button.RIGHT << (player % 2) | Button.FIRE, 0, 240, 135);
      const message = client.write();
      // A message that finds no room is lost, as on a network; the next one has its inputs again.
      if (message.length > 0) send(player, message);
    }
  }, 1000 / 60);

  for (let taken = 0; ;) {
    // In this order: nothing is written after the end.
    const isOver = Atomics.load(control, OVER) === 1;
    const steps = Atomics.load(control, STEPS);
    if (steps === taken) {
      if (isOver) break;
      // Waits without holding the event loop.
      await Atomics.waitAsync(control, STEPS, steps, 100).value;
      continue;
    }
    const { bytes, index } = up[taken % 2];
    const count = Atomics.load(control, COUNT + taken % 2);
    for (let row = 0; row < count; row++) {
      const [, , player, offset, length] = index.subarray(row * WIRE_COLUMNS);
      clients[ids.indexOf(player)].receive(bytes.subarray(offset, offset + length));
      received += length;
    }
    packets += count;
    Atomics.store(control, TAKEN, ++taken);
    Atomics.notify(control, TAKEN);
  }
  clearInterval(frame);
  const { hash, tick, players } = await end;
  const moved = players.filter(({ lastSequence }) => lastSequence > 0).length;
  console.log(`${tick} ticks in a worker; ${packets} packets, ${received} bytes up, ${sent} bytes down`);
  console.log(`${moved} of ${players.length} players were moved by what came down`);
  console.log(`hash ${hash}`);
}

if (isMainThread) {
  const seconds = Number(process.argv[2] ?? '5');
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    console.error(`SECONDS is ${JSON.stringify(process.argv[2])}; it must be a whole number from 1 to 3600`);
    process.exit(1);
  }
  await serve(seconds);
} else {
  simulate(views(workerData.shared), workerData.ticks);
}
