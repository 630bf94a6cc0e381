/**
 * Strings of bits as PROTOCOL.md, section 1, has them: bit i is bit i mod 8 (0 the lowest) of byte i div 8, the lowest
 * bit of a field first, the rest of the last byte 0.
 */

/** The one error that reading a message throws: the message breaks the protocol, and nothing of it counts. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const UNSIGNED_MAX = 0xffff_ffff;

/** Shared by readers and writers, which are never in the middle of an f32 when another runs. */
const scratch = new DataView(new ArrayBuffer(4));

/** Reads fields of one message; strict. Reused for the next by {@link BitReader.open}. */
export class BitReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;
  private at = 0;

  /** Begins at the first bit of `bytes`, which must not change until the message is read. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.end = bytes.length * 8;
    this.at = 0;
  }

  /** Bits read. */
  get position(): number {
    return this.at;
  }

  /** Goes back to where {@link BitReader.position} was. */
  seek(position: number): void {
    this.at = position;
  }

  /** `u(bits)`. @param bits 1 to 32 */
  u(bits: number): number {
    let { at } = this;
    const stop = at + bits;
    if (stop > this.end) throw new WireError('past the end');
    let value = 0;
    let got = 0;
    while (at < stop) {
      const offset = at & 7;
      const take = Math.min(8 - offset, stop - at);
      value |= ((this.bytes[at >>> 3]! >>> offset) & ((1 << take) - 1)) << got;
      got += take;
      at += take;
    }
    this.at = at;
    return value >>> 0;
  }

  /** `s(bits)`, two's complement. @param bits 1 to 32 */
  s(bits: number): number {
    const shift = 32 - bits;
    return (this.u(bits) << shift) >> shift;
  }

  flag(): boolean {
    const { at } = this;
    if (at >= this.end) throw new WireError('past the end');
    this.at = at + 1;
    return ((this.bytes[at >>> 3]! >>> (at & 7)) & 1) === 1;
  }

  /** `uv(bits)`: at most 32 bits of value, in no more groups than it needs. @param bits of a group, 1 to 8 */
  uv(bits: number): number {
    let value = 0;
    let unit = 1;
    for (let first = true; ; first = false) {
      const group = this.u(bits);
      value += group * unit;
      if (value > UNSIGNED_MAX) throw new WireError('a number of more than 32 bits');
      if (!this.flag()) {
        if (group === 0 && !first) throw new WireError('a number in more groups than it needs');
        return value;
      }
      // Past 32 bits only groups of 0 could follow, and the last may not be 0.
      if (unit > UNSIGNED_MAX) throw new WireError('a number of more than 32 bits');
      unit *= 1 << bits;
    }
  }

  /** An IEEE 754 single; finite. */
  f32(): number {
    scratch.setUint32(0, this.u(32));
    const value = scratch.getFloat32(0);
    if (!Number.isFinite(value)) throw new WireError('a number that is not finite');
    return value;
  }

  /** The end of the message must be here: no whole byte left, no bit set in the last one's rest. */
  finish(): void {
    if (this.end - this.at >= 8) throw new WireError('bytes left over');
    while (this.at < this.end) if (this.flag()) throw new WireError('bits left over');
  }
}

/** Writes fields of one message into a buffer of its own; reused by {@link BitWriter.begin}. */
export class BitWriter {
  private readonly bytes: Uint8Array;
  private at = 0;

  /** @param capacity bytes; writing more is a mistake of the caller's and throws a RangeError */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  begin(): void {
    this.bytes.fill(0, 0, (this.at + 7) >>> 3);
    this.at = 0;
  }

  /** Bits written. */
  get position(): number {
    return this.at;
  }

  /** `u(bits)`; what `value` has above is cut off. @param bits 1 to 32 */
  u(bits: number, value: number): void {
    let { at } = this;
    const stop = at + bits;
    if (stop > this.bytes.length * 8) throw new RangeError('the message is longer than its buffer');
    let rest = value >>> 0;
    while (at < stop) {
      const offset = at & 7;
      const take = Math.min(8 - offset, stop - at);
      this.bytes[at >>> 3]! |= (rest & ((1 << take) - 1)) << offset;
      rest >>>= take;
      at += take;
    }
    this.at = at;
  }

  /** `s(bits)`. @param bits 1 to 32 */
  s(bits: number, value: number): void {
    this.u(bits, value);
  }

  flag(value: boolean): boolean {
    this.u(1, value ? 1 : 0);
    return value;
  }

  /** `uv(bits)`. @param bits of a group, 1 to 8 @param value whole, 0 to 2^32 - 1 */
  uv(bits: number, value: number): void {
    let rest = value >>> 0;
    for (;;) {
      this.u(bits, rest & ((1 << bits) - 1));
      rest >>>= bits;
      if (!this.flag(rest !== 0)) return;
    }
  }

  f32(value: number): void {
    scratch.setFloat32(0, value);
    this.u(32, scratch.getUint32(0));
  }

  /** The message so far in whole bytes: a view that the next {@link BitWriter.begin} overwrites. */
  view(): Uint8Array {
    return this.bytes.subarray(0, (this.at + 7) >>> 3);
  }

  /** {@link BitWriter.view}, copied. */
  take(): Uint8Array {
    return this.view().slice();
  }
}
