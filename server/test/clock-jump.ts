/** For `node --import`: the host's clock, as this process sees it, is SKEW_MS ahead, and jumps by JUMP_MS at each SIGUSR2. */
const jump = Number(process.env['JUMP_MS']);
const RealDate = Date;
let offset = Number(process.env['SKEW_MS'] ?? 0);
// What counts from the start of the process is ahead as well; it does not jump.
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + offset });

class JumpingDate extends RealDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(RealDate.now() + offset);
    else super(...parts as [number]);
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
}

globalThis.Date = JumpingDate as DateConstructor;
process.on('SIGUSR2', () => {
  offset += jump;
  console.log(`the clock has jumped to ${new Date().toISOString()}`);
});
