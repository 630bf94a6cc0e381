import { BitWriter } from './bits';
import { INPUTS_LEAST, INPUTS_MOST, UP_MOST } from './names';
import type { WireReceiver } from './receiver';
import { writeUp, type Request, type UpMessage, type WireInput } from './up';

/** Inputs remembered: twice what may wait, as the least power of two above. */
const KEPT = 32;
/** Every so many messages a long acknowledgement goes along, for the case that all of the last ones were lost. */
const LONG_EVERY = 16;
/** Frames that the short mask reaches back, less what one message in two may be lost. */
const SHORT_REACH = 4;
/** Ticks; more is no view that a host would go back to. */
const VIEW_MOST = 4095;
/** Requests that may wait. */
const REQUESTS = 4;

/** What the host said to a request. */
export type Answered = 'done' | 'not now' | 'not allowed';
const ANSWERS: readonly Answered[] = ['done', 'not now', 'not allowed'];

/**
 * The client's end of a link, up: inputs with those before them that nothing has confirmed, acknowledgements of what
 * the receiver took, and requests, said again until they are answered. Nothing is allocated for a message.
 */
export class WireSender {
  /** An exact record is wanted with the next snapshots. */
  wantsExact = false;
  /** Called once for each request that the host has answered. */
  onAnswer: ((what: Request, answer: Answered) => void) | null = null;

  private readonly writer = new BitWriter(UP_MOST);
  private readonly kept: readonly WireInput[] = Array.from({ length: KEPT }, () => ({
    sequence: 0, held: 0, taps: 0, cursorX: 0, cursorY: 0,
  }));
  /** Sequence number of the newest input; they count from 1 in every epoch. */
  private newest = 0;
  /** Whose inputs these are; -1: none. */
  private epoch = -1;
  /** Inputs in a row up to the newest. */
  private count = 0;
  private readonly requests: Request[] = [];
  private requestNumber = 0;
  private messages = 0;
  private ackedFrame = -1;
  private readonly list: WireInput[] = [];
  private readonly ack = { frame: 0, mask: 0, long: false };
  private readonly request: { number: number; what: Request } = { number: 0, what: { type: 'respawn' } };
  private readonly message: UpMessage = { epoch: 0, ack: null, exact: false, request: null, view: 0, inputs: this.list };

  /** @param receiver of the same connection; must have taken a welcome before anything is written */
  constructor(private readonly receiver: WireReceiver) {}

  /**
   * Remembers an input for the next messages; overwritten 32 inputs later.
   *
   * @param cursorX, cursorY playfield px; rounded to 1/16 px and held within 2000 px, as the engine does
   */
  push(held: number, taps: number, cursorX: number, cursorY: number): Readonly<WireInput> {
    this.followEpoch();
    this.count = Math.min(this.count + 1, KEPT);
    this.newest += 1;
    const input = this.kept[this.newest % KEPT]!;
    input.sequence = this.newest;
    input.held = held & 0xffff;
    input.taps = taps & 0xffff;
    input.cursorX = fixed(cursorX);
    input.cursorY = fixed(cursorY);
    return input;
  }

  /** Asks for something; false where too much waits already. One of a type waits once, with what was said last. */
  ask(what: Request): boolean {
    // The first is under way with its number, and stays as it is.
    for (let i = this.requests.length - 1; i > 0; i -= 1) {
      if (this.requests[i]!.type !== what.type) continue;
      this.requests[i] = what;
      return true;
    }
    const [first] = this.requests;
    if (first?.type === 'respawn' && what.type === 'respawn') return true;
    if (this.requests.length >= REQUESTS) return false;
    this.requests.push(what);
    if (this.requests.length === 1) this.nextNumber();
    return true;
  }

  /** After each snapshot: what it answered is asked for no more. */
  heard(): void {
    const { answer } = this.receiver.state;
    const [what] = this.requests;
    if (!what || answer.number !== this.requestNumber) return;
    this.requests.shift();
    if (this.requests.length > 0) this.nextNumber();
    this.onAnswer?.(what, ANSWERS[answer.result]!);
  }

  /**
   * Sequence number that the newest snapshot's `input` stands for: that of the last input applied, at most the newest
   * one made; 0 and below while none of this epoch was.
   */
  get confirmed(): number {
    const { welcome, state } = this.receiver;
    if (!welcome || welcome.epoch !== this.epoch || state.frame === welcome.frame) return 0;
    return this.newest - ((this.newest - state.input) & 255);
  }

  /**
   * The next message: a view that the next call overwrites; null before a welcome.
   *
   * @param view ticks between the newest frame taken and what the player saw at the newest input, 0 and up
   */
  write(view: number): Uint8Array | null {
    const { receiver, message, list, writer } = this;
    const { welcome, newest: frame } = receiver;
    if (!welcome || frame === null) return null;
    this.followEpoch();
    message.epoch = welcome.epoch;
    message.exact = this.wantsExact;

    this.messages += 1;
    this.ack.frame = frame & 0xfff;
    const moved = frame - this.ackedFrame;
    this.ack.long = moved > SHORT_REACH || moved < 0 || this.messages % LONG_EVERY === 0;
    this.ack.mask = this.ack.long ? receiver.ackMask : receiver.ackMask & 0xff;
    this.ackedFrame = frame;
    message.ack = this.ack;

    const [what] = this.requests;
    message.request = null;
    if (what) {
      this.request.number = this.requestNumber;
      this.request.what = what;
      message.request = this.request;
    }

    list.length = 0;
    const waiting = Math.max(INPUTS_LEAST, this.newest - this.confirmed);
    const most = Math.min(this.count, INPUTS_MOST, waiting);
    for (let back = most - 1; back >= 0; back -= 1) list.push(this.kept[(this.newest - back) % KEPT]!);
    message.view = Math.min(VIEW_MOST, Math.max(0, Math.round(view)));
    writer.begin();
    writeUp(writer, message);
    return writer.view();
  }

  private followEpoch(): void {
    const epoch = this.receiver.welcome?.epoch ?? -1;
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.newest = 0;
    this.count = 0;
    this.ackedFrame = -1;
  }

  private nextNumber(): void {
    this.requestNumber = (this.requestNumber + 1) & 255;
  }
}

/** 1/16 px, nearest, halves away from 0, as the engine rounds a cursor. */
export function fixed(px: number): number {
  const value = Math.min(2000, Math.max(-2000, Math.fround(px))) * 16;
  return value < 0 ? -Math.round(-value) : Math.round(value);
}
