/** A recording's clock: playing, speed, seeking by pieces, and the scan that finds kills and evidence. No DOM. */
import type { Engine, EvidenceMark, HashCheck, Kill, ReplayInfo, Scanned } from '../engine/engine';

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
/** Ticks of one piece of a seek: a few ms to a few dozen. */
const PIECE = 400;
/** Ticks played in one go at most: after a sleep of the page, time has passed that nobody watched. */
const MOST_AT_ONCE = 480;

export class Playback {
  playing = false;
  speed = 1;
  tick: number;
  ended = false;
  /** The last hash of the file that playing has come by. */
  check: HashCheck | null = null;
  /** How far a seek has come, 0 to 1; null: none is under way. */
  progress: number | null = null;
  readonly kills: Kill[] = [];
  readonly evidence: EvidenceMark[] = [];
  verdicts: Scanned['verdicts'] = [];
  /** Hashes that the scan has compared, and those that differed. */
  compared = 0;
  readonly different: HashCheck[] = [];
  scanned: number;
  scanEnded = false;
  private rest = 0;
  /** Of the newest seek: an older one gives way. */
  private seekNumber = 0;

  constructor(
    private readonly engine: Engine,
    readonly info: ReplayInfo,
  ) {
    this.tick = info.firstTick;
    this.scanned = info.firstTick;
  }

  get length(): number {
    return this.info.lastTick - this.info.firstTick;
  }

  seconds(tick: number): number {
    return (tick - this.info.firstTick) / this.info.tickRate;
  }

  /** @param ms since the last call */
  advance(ms: number): void {
    if (!this.playing || this.progress !== null) return;
    this.rest += (ms / 1000) * this.speed * this.info.tickRate;
    const ticks = Math.min(MOST_AT_ONCE, Math.floor(this.rest));
    this.rest = Math.min(this.rest - ticks, 1);
    if (ticks > 0) this.step(ticks);
  }

  step(ticks: number): void {
    const { tick, ended, checks } = this.engine.stepReplay(ticks);
    this.tick = tick;
    this.ended = ended;
    this.check = checks.at(-1) ?? this.check;
    if (ended) this.playing = false;
  }

  /**
   * Goes to a tick, a piece at a time. False: another seek came in between.
   *
   * @param pause between pieces, for the page to draw
   */
  async seek(tick: number, pause: () => Promise<void>): Promise<boolean> {
    const number = (this.seekNumber += 1);
    const wanted = Math.max(this.info.firstTick, Math.min(this.info.lastTick, Math.round(tick)));
    let from: number | null = null;
    this.progress = 0;
    this.ended = false;
    this.check = null;
    this.rest = 0;
    try {
      for (;;) {
        const sought = this.engine.seekReplay(wanted, PIECE);
        from ??= sought.from;
        this.tick = sought.tick;
        if (sought.expected !== null) this.check = { tick: sought.tick, expected: sought.expected, found: sought.found };
        if (sought.done) return true;
        this.progress = (sought.tick - from) / Math.max(1, wanted - from);
        await pause();
        if (number !== this.seekNumber) return false;
      }
    } finally {
      if (number === this.seekNumber) this.progress = null;
    }
  }

  /** Plays a piece of the whole beside what is looked at. True: there is more. */
  scan(ticks: number): boolean {
    if (this.scanEnded) return false;
    const scanned = this.engine.scanReplay(ticks);
    this.kills.push(...scanned.kills);
    this.evidence.push(...scanned.evidence);
    this.verdicts = scanned.verdicts;
    this.compared += scanned.checks.length;
    this.different.push(...scanned.checks.filter(({ expected, found }) => expected !== found));
    this.scanned = scanned.tick;
    this.scanEnded = scanned.ended;
    return !scanned.ended;
  }
}
