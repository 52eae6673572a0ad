/** What this thread does with its time; spans in ms, from arbitrary starts. */
export type CpuMeter = {
  monotonicMs(): number;
  /** For how long the event loop had something to do. */
  activeMs(): number;
  /** How much CPU it got. */
  cpuMs(): number;
};

/** The meter of the thread that asks; a reading takes about a microsecond. */
export const systemMeter: CpuMeter = {
  monotonicMs: () => performance.now(),
  activeMs: () => performance.eventLoopUtilization().active,
  cpuMs: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  },
};
