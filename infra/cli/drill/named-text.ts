import type { Io } from '../command.ts';
import { durationText, percentText } from '../numbers.ts';
import { paint, renderTable } from '../terminal.ts';
import {
  type AskedDrill,
  calmWithinMs,
  type DrillEnd,
  drillNamed,
  drillNames,
  type Expected,
  expectedOf,
} from './named-drills.ts';

/** A line of what goes on and what comes next, written over again and again on a terminal; elsewhere a line for each thing once. */
export type Countdown = { show(now: number): void; end(): void };

const clearLine = '\r\u001b[K';

export function startCountdown(
  asked: AskedDrill,
  expected: readonly Expected[],
  startedAt: number,
  io: Pick<Io, 'stderr' | 'progressColumns'>,
): Countdown {
  io.stderr(`Drill ${asked.name}: ${doesText(asked)}, for ${durationText(asked.lastsMs)}. Ctrl-C mends it at once\n`);
  for (const { what, withinMs } of expected) io.stderr(`  within ${durationText(withinMs).padEnd(8)}  ${what}\n`);
  return {
    show: (now) => {
      if (io.progressColumns === 0) return;
      const line = countdownText(asked, expected, now - startedAt);
      io.stderr(`${clearLine}${line.slice(0, io.progressColumns - 1)}`);
    },
    end: () => io.stderr(io.progressColumns === 0 ? '' : clearLine),
  };
}

/** `outage: 1 min 20 s left; next: the alerts of all monitors of the shortener (within 2 min)`. */
export function countdownText({ name, lastsMs }: AskedDrill, expected: readonly Expected[], passedMs: number): string {
  const leftMs = Math.ceil((lastsMs - passedMs) / 1_000) * 1_000;
  const left = leftMs > 0 ? `${name}: ${durationText(leftMs)} left` : `${name}: over any moment`;
  const next = expected.find(({ withinMs }) => withinMs > passedMs);
  if (next === undefined) return `${left}; everything has to be there by now`;
  return `${left}; next: ${next.what} (within ${durationText(Math.ceil((next.withinMs - passedMs) / 1_000) * 1_000)})`;
}

function doesText({ drill, fault }: Pick<AskedDrill, 'drill' | 'fault'>): string {
  const { errorRatio } = fault;
  if (errorRatio === undefined || errorRatio === drill.fault.errorRatio) return drill.does;
  return `${percentText(errorRatio)} of the requests are answered with 503`;
}

export type ToldDrill = {
  readonly asked: AskedDrill;
  readonly expected: readonly Expected[];
  readonly end: DrillEnd;
  readonly origin: string;
  readonly startedAt: number;
};

const endWords: Readonly<Record<DrillEnd['outcome'], string>> = {
  ended: 'ended by itself',
  mended: 'was ended or replaced by somebody else',
  stopped: 'was mended by hand',
};

/** What became of it, and what is still to be seen. */
export function namedDrillText({ asked, end, origin }: ToldDrill, io: Pick<Io, 'hasColors'>): string {
  const how = `${paint(asked.name, 'bold', io)} ${endWords[end.outcome]} after ${durationText(end.afterMs)}`;
  return `${how}\n${asked.drill.note}\nEverything that moved at ${origin} is calm within ${durationText(calmWithinMs)}.\n`;
}

export function namedDrillJson({ asked, expected, end, origin, startedAt }: ToldDrill): object {
  const { metrics, alarms, hurts } = asked.drill;
  return {
    drill: asked.name,
    origin,
    fault: asked.fault,
    startedAt,
    ...end,
    metrics,
    alarms,
    hurts,
    expected,
    calmWithinMs,
  };
}

/** All drills with what each does and what one will see, at one probe a minute. */
export function listText(io: Io): string {
  const title = (text: string) => paint(text, 'bold', io);
  const parts = drillNames.map((name) => {
    const drill = drillNamed(name);
    const rows = expectedOf(drill).map(({ what, withinMs }) => [`  within ${durationText(withinMs)}`, what]);
    return `${title(name)}: ${drill.does}\n${renderTable(rows)}\n  ${drill.note}`;
  });
  const end = `Each ends by itself after --for, also when this command is killed. After it everything is calm within ${durationText(calmWithinMs)}.`;
  return `${parts.join('\n\n')}\n\n${end}\n`;
}

export function listJson(): object {
  return {
    calmWithinMs,
    drills: drillNames.map((name) => ({ name, ...drillNamed(name), expected: expectedOf(drillNamed(name)) })),
  };
}
