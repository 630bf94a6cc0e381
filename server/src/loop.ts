import { systemClock, StepTime, type Clock } from './clock.js';

export interface LoopStats {
  steps: number;
  /** Steps begun more than one period late. */
  lateSteps: number;
  /** Milliseconds between a step's due time and its begin. */
  meanLatenessMs: number;
  maxLatenessMs: number;
  /** Steps given up because more than `MAX_CATCH_UP` were due at once. */
  skippedSteps: number;
  /** Milliseconds spent in a step. */
  meanStepMs: number;
  maxStepMs: number;
  /** The worst of the last one to two minutes: a start-up's stall does not stand there for ever. */
  recent: Worst;
}

interface Worst {
  latenessMs: number;
  stepMs: number;
}

/** Milliseconds. */
const RECENT_MS = 60_000;

/** Steps run back to back at most; what is due beyond that is given up, or a slow host would never answer a packet again. */
export const MAX_CATCH_UP = 6;

/** Timers wake up to a millisecond and a bit late, so the last stretch is waited for in `setImmediate` turns, which let packets in. */
const SPIN_MS = 1.5;

/** Told when steps are given up. @param lateMs how late the first of them was */
export type OnStall = (skippedSteps: number, lateMs: number) => void;

/** Told of each step, milliseconds. On the hot path. */
export type OnStep = (latenessMs: number, spentMs: number) => void;

/** Decides how many steps are due and keeps the books. No timers of its own: see `FixedLoop`. */
export class StepSchedule {
  #next = 0;
  readonly #stats = { lateSteps: 0, latenessSum: 0, maxLatenessMs: 0, skippedSteps: 0, stepSum: 0, maxStepMs: 0, steps: 0 };

  #recent: Worst = { latenessMs: 0, stepMs: 0 };
  #recentBefore: Worst = this.#recent;
  #recentSince: number;

  constructor(
    readonly time: StepTime,
    private readonly clock: Clock,
    private readonly onStall: OnStall = () => {},
    private readonly onStep: OnStep = () => {},
  ) {
    this.#recentSince = clock.now();
  }

  begin(): void {
    this.time.begin(this.clock.now());
  }

  /** Milliseconds until the next step is due; negative when it is overdue. */
  untilNext(): number {
    return this.time.epochMs(this.#next) - this.clock.now();
  }

  runDue(step: (index: number) => void): void {
    const overdue = Math.floor(-this.untilNext() / this.time.periodMs) + 1;
    if (overdue > MAX_CATCH_UP) {
      const given = overdue - MAX_CATCH_UP;
      const lateMs = -this.untilNext();
      // The step that it would have been begins in time now: its lateness is the stall's, and must not get lost.
      this.#stats.maxLatenessMs = Math.max(this.#stats.maxLatenessMs, lateMs);
      this.#noteRecent(this.clock.now(), lateMs, 0);
      this.time.giveUp(given);
      this.#stats.skippedSteps += given;
      this.onStall(given, lateMs);
    }
    for (let run = 0; run < MAX_CATCH_UP && this.untilNext() <= 0; run++) {
      const lateness = -this.untilNext();
      const began = this.clock.now();
      step(this.#next++);
      const spent = this.clock.now() - began;
      const stats = this.#stats;
      stats.steps++;
      stats.latenessSum += lateness;
      stats.maxLatenessMs = Math.max(stats.maxLatenessMs, lateness);
      if (lateness > this.time.periodMs) stats.lateSteps++;
      stats.stepSum += spent;
      stats.maxStepMs = Math.max(stats.maxStepMs, spent);
      this.#noteRecent(began, lateness, spent);
      this.onStep(lateness, spent);
    }
  }

  #noteRecent(now: number, latenessMs: number, stepMs: number): void {
    if (now - this.#recentSince >= RECENT_MS) {
      this.#recentBefore = this.#recent;
      this.#recent = { latenessMs: 0, stepMs: 0 };
      this.#recentSince = now;
    }
    this.#recent.latenessMs = Math.max(this.#recent.latenessMs, latenessMs);
    this.#recent.stepMs = Math.max(this.#recent.stepMs, stepMs);
  }

  stats(): LoopStats {
    const { steps, lateSteps, latenessSum, maxLatenessMs, skippedSteps, stepSum, maxStepMs } = this.#stats;
    const per = Math.max(1, steps);
    const recent = {
      latenessMs: Math.max(this.#recent.latenessMs, this.#recentBefore.latenessMs),
      stepMs: Math.max(this.#recent.stepMs, this.#recentBefore.stepMs),
    };
    return { steps, lateSteps, skippedSteps, maxLatenessMs, maxStepMs, meanLatenessMs: latenessSum / per, meanStepMs: stepSum / per, recent };
  }
}

/** Runs a schedule on real time. Absolute due times, so that lateness never adds up. */
export class FixedLoop {
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(private readonly schedule: StepSchedule, private readonly step: (index: number) => void) {}

  start(): void {
    this.schedule.begin();
    this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #wait(): void {
    if (this.#stopped) return;
    const left = this.schedule.untilNext();
    if (left > SPIN_MS) this.#timer = setTimeout(() => this.#wait(), Math.floor(left - SPIN_MS));
    else this.#immediate = setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.schedule.runDue(this.step);
    this.#wait();
  }
}

export function createSchedule(stepsPerSecond: number, clock: Clock = systemClock, onStall?: OnStall, onStep?: OnStep): StepSchedule {
  return new StepSchedule(new StepTime(clock.now(), stepsPerSecond), clock, onStall, onStep);
}
