import type { GamePage } from './gamePage';
import type { CpuProfile, HeapNode } from './profile';
import { CATEGORIES, isWanted, readTrace, type Reading, type TraceEvent } from './trace';

/** KB; a minute of a fight fills a tenth. */
const BUFFER = 500 * 1024;
/** µs between two looks at where the page is, of the profile of time. */
const SAMPLE_US = 250;
/** Bytes between two looks at who allocates, of the profile of memory. */
const SAMPLE_BYTES = 2048;

const pass = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

/**
 * A trace of the page over some seconds, read.
 *
 * @param onSecond after each
 * @throws Error where the browser lost events, or there were no frames
 */
export async function traceFor({ browserTools }: GamePage, seconds: number, onSecond: (passed: number) => void = () => {}): Promise<Reading> {
  const events: TraceEvent[] = [];
  const take = ({ value }: { value: object[] }): void => {
    for (const event of value as TraceEvent[]) if (isWanted(event)) events.push(event);
  };
  browserTools.on('Tracing.dataCollected', take);
  try {
    await browserTools.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { recordMode: 'recordUntilFull', traceBufferSizeInKb: BUFFER, includedCategories: [...CATEGORIES], excludedCategories: ['*'] },
    });
    for (let passed = 0; passed < seconds; passed += 1) {
      onSecond(passed);
      await pass(Math.min(1, seconds - passed));
    }
    const complete = new Promise<{ dataLossOccurred: boolean }>((done) => browserTools.once('Tracing.tracingComplete', done));
    await browserTools.send('Tracing.end');
    const { dataLossOccurred } = await complete;
    if (dataLossOccurred) throw new Error(`the browser lost events of the trace: ask for fewer seconds than ${seconds}`);
  } finally {
    browserTools.off('Tracing.dataCollected', take);
  }
  return readTrace(events);
}

/** Who takes the time of the page's main thread. */
export async function profileTime({ tools }: GamePage, seconds: number): Promise<CpuProfile> {
  await tools.send('Profiler.enable');
  await tools.send('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await tools.send('Profiler.start');
  await pass(seconds);
  const { profile } = await tools.send('Profiler.stop');
  await tools.send('Profiler.disable');
  return profile;
}

/** Who allocates: also what was collected since. */
export async function profileMemory({ tools, page }: GamePage, seconds: number): Promise<{ head: HeapNode; frames: number }> {
  const frames = (): Promise<number> => page.evaluate(() => window.trespasser!.frames());
  await tools.send('HeapProfiler.enable');
  await tools.send('HeapProfiler.startSampling', {
    samplingInterval: SAMPLE_BYTES, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true,
  });
  const before = await frames();
  await pass(seconds);
  const after = await frames();
  const { profile } = await tools.send('HeapProfiler.stopSampling');
  return { head: profile.head, frames: after - before };
}
