import { crc32 as zlibCrc32 } from 'node:zlib';

/*
 * A frame, little endian: magic u32, kind u8, number u48, length u32, CRC-32 u32 of kind, number, length and payload;
 * then the payload. A frame that was being written when the machine stopped does not add up, and neither does one that
 * the disk has damaged; reading goes on at the next one that does.
 */

export const FrameKind = { entry: 1, confirmed: 2 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface Frame {
  kind: FrameKind;
  /** Of the entry; entries are numbered from 1 on in each folder. */
  number: number;
  payload: Buffer;
}

const MAGIC = 0x5842_4f54; // "TOBX"
const HEADER = 19;
export const MAXIMUM_PAYLOAD = 1 << 20;

export function encodeFrame({ kind, number, payload }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + payload.length);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt8(kind, 4);
  bytes.writeUIntLE(number, 5, 6);
  bytes.writeUInt32LE(payload.length, 11);
  payload.copy(bytes, HEADER);
  bytes.writeUInt32LE(checksum(bytes.subarray(4, 15), payload), 15);
  return bytes;
}

/** All frames that add up, and how many bytes belong to none. */
export function decodeFrames(bytes: Buffer): { frames: Frame[]; damaged: number; end: number } {
  const frames: Frame[] = [];
  let damaged = 0;
  let end = 0;
  const magic = Buffer.allocUnsafe(4);
  magic.writeUInt32LE(MAGIC, 0);
  for (let at = 0; at < bytes.length;) {
    const frame = frameAt(bytes, at);
    if (frame !== undefined) {
      frames.push(frame);
      at += HEADER + frame.payload.length;
      end = at;
      continue;
    }
    const next = bytes.indexOf(magic, at + 1);
    const to = next === -1 ? bytes.length : next;
    damaged += to - at;
    at = to;
  }
  return { frames, damaged, end };
}

function frameAt(bytes: Buffer, at: number): Frame | undefined {
  if (bytes.length - at < HEADER || bytes.readUInt32LE(at) !== MAGIC) return undefined;
  const kind = bytes.readUInt8(at + 4);
  const length = bytes.readUInt32LE(at + 11);
  if (length > MAXIMUM_PAYLOAD || bytes.length - at - HEADER < length) return undefined;
  if (kind !== FrameKind.entry && kind !== FrameKind.confirmed) return undefined;
  const payload = bytes.subarray(at + HEADER, at + HEADER + length);
  if (bytes.readUInt32LE(at + 15) !== checksum(bytes.subarray(at + 4, at + 15), payload)) return undefined;
  return { kind, number: bytes.readUIntLE(at + 5, 6), payload };
}

const checksum = (header: Buffer, payload: Buffer): number => crc32(payload, crc32(header, 0));

/** Node 20.15 has it in zlib; the table serves those before. */
const crc32: (bytes: Buffer, start: number) => number = (zlibCrc32 as typeof zlibCrc32 | undefined) ?? slowCrc32;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value >>> 0;
});

export function slowCrc32(bytes: Uint8Array, start = 0): number {
  let value = ~start >>> 0;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8)) >>> 0;
  return ~value >>> 0;
}
