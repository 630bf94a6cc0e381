import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, crc32 as nodeCrc32 } from 'node:zlib';

export const folder = dirname(dirname(fileURLToPath(import.meta.url)));
export const require = createRequire(import.meta.url);
export const engine = require('../index.js');
/** The addon itself, with what index.js keeps to itself. */
export const native = require(join(folder, require('../platform.js').binaryName()));

/** Asserts that a call is refused with this code and a message that matches. */
export function refused(call, code, message) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Error, `${error} is no Error`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** An open field with one wooden wall between two spawns that face each other. */
export function openMap(material = 'wood') {
  return engine.GameMap.fromRects(
    [{ x: 235, y: 10, width: 10, height: 50, material }],
    [{ x: 100, y: 135, team: 'red' }, { x: 200, y: 135, team: 'blue' }],
  );
}

/** A world with a match, a red and a blue player who face each other 100 px apart. */
export function duel({ world: worldOptions, match: matchOptions, map = openMap() } = {}) {
  const world = new engine.World(worldOptions);
  const match = world.createMatch(map, matchOptions);
  const red = world.addPlayer(match, { team: 'red' });
  const blue = world.addPlayer(match, { team: 'blue' });
  return { world, match, map, red, blue };
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

// node:zlib has it since 20.15.
const crc32 = nodeCrc32 ?? ((bytes) => {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** An RGB picture; `pixels` maps "x,y" to [r, g, b], the rest is white. */
export function png(width, height, pixels = {}) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3), 0xff);
  for (let y = 0; y < height; y++) {
    const row = y * (1 + width * 3);
    rows[row] = 0;
    for (let x = 0; x < width; x++) rows.set(pixels[`${x},${y}`] ?? [255, 255, 255], row + 1 + x * 3);
  }
  return new Uint8Array(Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]));
}
