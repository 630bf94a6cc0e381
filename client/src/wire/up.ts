/** Messages up (section 3): how one is written, and read again for tests and tools. */
import { BitReader, WireError, type BitWriter } from './bits';
import { INPUTS_MOST, UP_MOST } from './names';

/** One input: 1/60 s of the player's time. */
export interface WireInput {
  /** Whole, grows by one an input; of no meaning on the wire beyond its low 16 bits. */
  sequence: number;
  /** Buttons held, a bit each. */
  held: number;
  /** Presses since the input before that were too short to be held at any sampling. */
  taps: number;
  /** 1/16 px, -32768 to 32767. */
  cursorX: number;
  cursorY: number;
}

/** Asks for a life's weapons and side; weapons by number, `team` 0 red, 1 blue, 2 as it is. */
export interface LoadoutRequest {
  readonly type: 'loadout';
  readonly primary: number;
  readonly secondary: number;
  /** Three; NO_WEAPON for none. */
  readonly support: readonly number[];
  readonly team: number;
}

export type Request = LoadoutRequest | { readonly type: 'respawn' };

export interface UpMessage {
  epoch: number;
  /** Newest frame taken (its low 12 bits count), and the mask of those before it; null before the first. */
  ack: { frame: number; mask: number; long: boolean } | null;
  /** An exact record is wanted. */
  exact: boolean;
  request: { number: number; what: Request } | null;
  /** Ticks between the newest frame taken and what the player saw at the last input. */
  view: number;
  /** Oldest first, with sequence numbers in a row; at most 12. */
  inputs: readonly WireInput[];
}

/** Appends a message to an empty writer of at least 256 bytes. */
export function writeUp(w: BitWriter, message: UpMessage): void {
  w.u(2, 0);
  w.u(2, message.epoch);
  const { ack, request, inputs } = message;
  if (w.flag(ack !== null) && ack) {
    w.u(12, ack.frame);
    w.flag(ack.long);
    w.u(ack.long ? 31 : 8, ack.mask);
  }
  w.flag(message.exact);
  if (w.flag(request !== null) && request) writeRequest(w, request.number, request.what);
  w.u(4, inputs.length);
  const last = inputs[inputs.length - 1];
  if (!last) return;
  w.u(16, last.sequence);
  w.uv(3, message.view);
  let before: WireInput | null = null;
  for (const input of inputs) {
    writeInput(w, input, before);
    before = input;
  }
}

function writeRequest(w: BitWriter, number: number, what: Request): void {
  w.u(8, number);
  if (what.type === 'respawn') {
    w.u(2, 1);
    return;
  }
  w.u(2, 0);
  w.u(4, what.primary);
  w.u(4, what.secondary);
  for (let place = 0; place < 3; place += 1) w.u(4, what.support[place] ?? 15);
  w.u(2, what.team);
}

function writeInput(w: BitWriter, input: WireInput, before: WireInput | null): void {
  if (!before) w.u(16, input.held);
  else if (w.flag(input.held !== before.held)) w.u(16, input.held);
  if (w.flag(input.taps !== 0)) w.u(16, input.taps);
  const { cursorX, cursorY } = input;
  if (before) {
    const dx = cursorX - before.cursorX;
    const dy = cursorY - before.cursorY;
    if (!w.flag(dx !== 0 || dy !== 0)) return;
    if (!w.flag(!fits7(dx) || !fits7(dy))) {
      w.s(7, dx);
      w.s(7, dy);
      return;
    }
  }
  w.s(16, cursorX);
  w.s(16, cursorY);
}

function fits7(value: number): boolean {
  return value >= -64 && value <= 63;
}

/**
 * Reads what {@link writeUp} wrote. The host's decoder is the engine's; this one is for tests and tools, and allocates.
 *
 * @throws WireError
 */
export function readUp(bytes: Uint8Array): UpMessage {
  if (bytes.length > UP_MOST) throw new WireError('a message too long');
  const r = new BitReader();
  r.open(bytes);
  if (r.u(2) !== 0) throw new WireError('kind of message');
  const epoch = r.u(2);
  let ack: UpMessage['ack'] = null;
  if (r.flag()) {
    const frame = r.u(12);
    const long = r.flag();
    ack = { frame, long, mask: r.u(long ? 31 : 8) };
  }
  const exact = r.flag();
  const request = r.flag() ? { number: r.u(8), what: readRequest(r) } : null;
  const count = r.u(4);
  if (count > INPUTS_MOST) throw new WireError('inputs');
  const inputs: WireInput[] = [];
  let view = 0;
  if (count > 0) {
    const last = r.u(16);
    view = r.uv(3);
    let before: WireInput | null = null;
    for (let i = 0; i < count; i += 1) {
      before = readInput(r, before, (last - (count - 1 - i)) & 0xffff);
      inputs.push(before);
    }
  }
  r.finish();
  return { epoch, ack, exact, request, view, inputs };
}

function readRequest(r: BitReader): Request {
  const type = r.u(2);
  if (type === 1) return { type: 'respawn' };
  if (type !== 0) throw new WireError('type of request');
  const primary = r.u(4);
  const secondary = r.u(4);
  const support = [r.u(4), r.u(4), r.u(4)];
  const team = r.u(2);
  if (team > 2) throw new WireError('team');
  return { type: 'loadout', primary, secondary, support, team };
}

function readInput(r: BitReader, before: WireInput | null, sequence: number): WireInput {
  const held = !before || r.flag() ? r.u(16) : before.held;
  const taps = r.flag() ? r.u(16) : 0;
  let cursorX = before?.cursorX ?? 0;
  let cursorY = before?.cursorY ?? 0;
  if (!before || r.flag()) {
    if (before && !r.flag()) {
      cursorX += r.s(7);
      cursorY += r.s(7);
      if (cursorX !== (cursorX << 16) >> 16 || cursorY !== (cursorY << 16) >> 16) throw new WireError('cursor');
    } else {
      cursorX = r.s(16);
      cursorY = r.s(16);
    }
  }
  return { sequence, held, taps, cursorX, cursorY };
}
