import { type CpuMeter, systemMeter } from './cpu.ts';

/** What happened to this process while a sample was taken. */
export type Strain = {
  /** The process was short of CPU: the sample's outcome counts, its times do not. */
  readonly isContaminated: boolean;
  /** The longest that the event loop was held up, ms. */
  readonly heldUpMs: number;
};

/** Watches whether this process gets the CPU that it needs to measure honestly. */
export type Watch = {
  /** Begins a sample; call the answer once, when it ends. */
  begin(): () => Strain;
  /** Takes its timer away. Always call it. */
  stop(): void;
};

/** For what is not measured: never strained. */
export const noWatch: Watch = { begin: () => () => ({ isContaminated: false, heldUpMs: 0 }), stop: () => {} };

/** How often the heart beats, and how much later than that a beat may come before the samples around it are marked. */
const beatMs = 5;
const lateMs = 5;
/**
 * The process wanted CPU and did not get it for more than this part of a sample's time, and for more than a moment: it was
 * interrupted often, each time too briefly for the heartbeat to see.
 */
const starvedRatio = 0.02;
const starvedMs = 10;

type Sample = { readonly startedAt: number; readonly wantedMs: number; heldUpMs: number };

/**
 * Marks the samples during which this process was held up: a heartbeat came late, is late as the sample ends, or the event
 * loop was busy for longer than it had CPU. The heart beats only while samples are taken, and keeps no process alive.
 */
export function startWatch(meter: CpuMeter = systemMeter): Watch {
  const samples = new Set<Sample>();
  let beatAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const beat = (): void => {
    const now = meter.monotonicMs();
    if (now - beatAt - beatMs > lateMs) for (const sample of samples) holdUp(sample, beatAt + beatMs, now);
    beatAt = now;
  };
  const rest = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    begin: () => {
      const startedAt = meter.monotonicMs();
      if (timer === undefined) {
        beatAt = startedAt;
        timer = setInterval(beat, beatMs).unref();
      }
      const sample: Sample = { startedAt, wantedMs: wantedOf(meter), heldUpMs: 0 };
      samples.add(sample);
      return () => {
        const now = meter.monotonicMs();
        holdUp(sample, beatAt + beatMs, now);
        samples.delete(sample);
        if (samples.size === 0) rest();
        return strainOf(sample, now - startedAt, wantedOf(meter) - sample.wantedMs);
      };
    },
    stop: rest,
  };
}

/** Time in which there was something to do and no CPU to do it with, since an arbitrary start. */
const wantedOf = (meter: CpuMeter): number => meter.activeMs() - meter.cpuMs();

/** What was held up before the sample began is not its own. */
function holdUp(sample: Sample, dueAt: number, now: number): void {
  sample.heldUpMs = Math.max(sample.heldUpMs, now - Math.max(dueAt, sample.startedAt));
}

function strainOf({ heldUpMs }: Sample, spanMs: number, wantedMs: number): Strain {
  const isStarved = wantedMs > Math.max(starvedMs, starvedRatio * spanMs);
  return { isContaminated: heldUpMs > lateMs || isStarved, heldUpMs };
}
