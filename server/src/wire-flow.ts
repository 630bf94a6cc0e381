/** Milliseconds after which a snapshot that no acknowledgement covers counts as gone. */
const GONE_MS = 1000;
/** Milliseconds over which the shortest round trip is remembered, twice over. */
const WINDOW_MS = 5000;
/** Snapshots under way at most until the first round trip is known. */
const FIRST = 8;
/** Snapshots that may be under way beyond those that the round trip explains: one is on its way, one waits. */
const SPARE = 2;

/** Frames go by their lowest 12 bits. */
const FRAMES = 4096;

const SNAPSHOT = 0;
const WELCOME = 1;
const KIND_BITS = 0b11;
const ACKNOWLEDGES = 0b1_0000;
/** Bits of a welcome before its frame: kind, epoch, version, map, rules. */
const WELCOME_FRAME_AT = 2 + 2 + 8 + 64 + 64;

/** Lowest 12 bits of the frame of a snapshot or welcome (PROTOCOL.md, 2.1 and 2.4); undefined for other messages. */
export function sentFrame(bytes: Uint8Array): number | undefined {
  if (bytes.length < 2) return undefined;
  const kind = bytes[0]! & KIND_BITS;
  if (kind === SNAPSHOT) return (bytes[0]! >> 4) | (bytes[1]! << 4);
  if (kind !== WELCOME) return undefined;
  // uv(8): eight bits, and a flag if more follow.
  const low = bitsAt(bytes, WELCOME_FRAME_AT, 9);
  return low < 256 ? low : (low & 0xff) | ((bitsAt(bytes, WELCOME_FRAME_AT + 9, 4) & 0xf) << 8);
}

function bitsAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= (((bytes[(at + i) >> 3] ?? 0) >> ((at + i) & 7)) & 1) << i;
  return value;
}

/** Lowest 12 bits of the newest frame that a client's message acknowledges (PROTOCOL.md, 3); undefined: none. */
export function acknowledgedFrame(bytes: Uint8Array): number | undefined {
  if (bytes.length < 3 || (bytes[0]! & ACKNOWLEDGES) === 0) return undefined;
  return (bytes[0]! >> 5) | (bytes[1]! << 3) | ((bytes[2]! & 1) << 11);
}

/**
 * Snapshots that are under way to one client. The sockets' buffers on the way hold thousands of them, and would say
 * nothing of a client that has stopped reading until it is minutes behind; acknowledgements say it within a round trip.
 */
export class Flow {
  #underWay: { frame: number; at: number; isWelcome: boolean }[] = [];
  /** Shortest round trips of the current window and the one before, ms. */
  #shortest = Infinity;
  #shortestBefore = Infinity;
  #windowSince = -Infinity;

  /** @param frameMs between two snapshots in action */
  constructor(private readonly frameMs: number) {}

  /** How many are under way at `now`, ms. */
  underWay(now: number): number {
    while (this.#underWay.length > 0 && now - this.#underWay[0]!.at >= GONE_MS) this.#underWay.shift();
    return this.#underWay.length;
  }

  /** Whether another one may go out. */
  isOpen(now: number): boolean {
    const roundTrip = Math.min(this.#shortest, this.#shortestBefore);
    const most = roundTrip === Infinity ? FIRST : Math.ceil(roundTrip / this.frameMs) + SPARE;
    return this.underWay(now) < most;
  }

  sent(bytes: Uint8Array, now: number): void {
    const frame = sentFrame(bytes);
    if (frame !== undefined) this.#underWay.push({ frame, at: now, isWelcome: (bytes[0]! & KIND_BITS) === WELCOME });
  }

  acknowledged(frame: number, now: number): void {
    const place = this.#underWay.findIndex((each) => each.frame === frame);
    if (place < 0) return;
    this.#note(now - this.#underWay[place]!.at, now);
    // A welcome is repeated until it is acknowledged; the repetitions never are.
    this.#underWay = this.#underWay.filter((each) => !each.isWelcome && (frame - each.frame + FRAMES) % FRAMES >= FRAMES / 2);
  }

  #note(roundTrip: number, now: number): void {
    if (now - this.#windowSince >= WINDOW_MS) {
      this.#shortestBefore = this.#shortest;
      this.#shortest = Infinity;
      this.#windowSince = now;
    }
    this.#shortest = Math.min(this.#shortest, roundTrip);
  }
}
