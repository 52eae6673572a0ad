import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/** What the process did since it was read before. Seconds and bytes. */
export type ProcessReading = {
  readonly 'faas.mem_usage': number;
  readonly 'v8js.memory.heap.used': number;
  /** Of the thread that runs the handler. */
  readonly 'process.cpu.time': number;
  readonly 'nodejs.eventloop.utilization': number;
  /** Absent where nothing ran for as long as a sample takes, 10 ms. */
  readonly 'nodejs.eventloop.delay.max'?: number;
  readonly 'v8js.gc.duration': number;
  readonly 'burnwatch.process.handles': number;
};

export type ProcessMeter = {
  /** Watches the event loop until `rest`, at 13 µs: while an invocation runs, since a frozen sandbox is late for everything. */
  watch(): void;
  rest(): void;
  read(): ProcessReading;
};

/** A sample of the event loop's delay is the time between two timers, of which this much is meant. */
const resolutionMs = 10;

/** Watches the process of one function, from now on. Reading costs some ten microseconds. */
export function createProcessMeter(): ProcessMeter {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  let lateMs: number | undefined;
  let gcMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs += duration;
  }).observe({ entryTypes: ['gc'] });
  let cpu = { user: 0, system: 0 }; // what the start cost is the first invocation's
  let loop: ReturnType<typeof performance.eventLoopUtilization> | undefined;

  return {
    watch: () => {
      delay.reset(); // or the first sample would reach back to the last one
      delay.enable();
    },
    rest: () => {
      delay.disable();
      if (delay.count > 0) lateMs = Math.max(lateMs ?? 0, delay.max / 1e6 - resolutionMs);
    },
    read: () => {
      const used = process.threadCpuUsage(cpu);
      const now = performance.eventLoopUtilization();
      const reading: ProcessReading = {
        'faas.mem_usage': process.resourceUsage().maxRSS * 1_024,
        'v8js.memory.heap.used': getHeapStatistics().used_heap_size,
        'process.cpu.time': seconds((used.user + used.system) / 1_000),
        'nodejs.eventloop.utilization': Number(
          (loop === undefined ? now : performance.eventLoopUtilization(now, loop)).utilization.toFixed(3),
        ),
        ...(lateMs !== undefined && { 'nodejs.eventloop.delay.max': seconds(lateMs) }),
        'v8js.gc.duration': seconds(gcMs),
        'burnwatch.process.handles': process.getActiveResourcesInfo().length,
      };
      cpu = process.threadCpuUsage();
      loop = now;
      gcMs = 0;
      lateMs = undefined;
      return reading;
    },
  };
}

/**
 * From the start of this process until now, in seconds: what a start takes, where it is read as soon as the code is loaded. In a thread
 * from its own start, because the clock of a thread is that of its process.
 */
export const secondsSinceStart = (): number =>
  seconds(performance.now() - (isMainThread ? 0 : performance.nodeTiming.environment));

/** Milliseconds as seconds, to the microsecond. */
export const seconds = (ms: number): number => Math.round(ms * 1_000) / 1e6;
