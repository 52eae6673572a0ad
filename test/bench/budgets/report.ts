import type { Invoked } from './sandbox.ts';
import type { Counted } from './servers.ts';

/** One invocation, and what was asked of AWS meanwhile. */
export type Run = Invoked & { readonly served: Counted };

/** The bars: a cold invocation, from the event to its answer, and the most memory of the process. */
const [mostColdMs, mostMB] = [2_000, 512];

/** Prints the first run, as soon as it is done. */
export function printCold(cold: Run): void {
  console.log('          ms   CPU ms   dynalite CPU ms   peak MB   kB read   AWS calls');
  console.log(row('cold', cold));
}

/** Prints those that followed it, what was told, and the bars. */
export function printWarm(cold: Run, warm: readonly Run[]): void {
  const sorted = warm.toSorted((a, b) => a.ms - b.ms);
  const [median, longest] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
  if (median !== undefined) console.log(row('warm', median));
  if (longest !== undefined) console.log(row('warm max', longest));
  console.log(`told, cold: ${cold.served.subjects.length} messages, such as "${cold.served.subjects[0] ?? ''}"`);
  const told = warm.reduce((sum, { served }) => sum + served.subjects.length, 0);
  console.log(`told, warm: ${told} messages in ${warm.length} minutes`);
  const peakMB = Math.max(cold.peakMB, ...warm.map((each) => each.peakMB));
  console.log(bar(`cold ${cold.ms.toFixed(0)} ms`, cold.ms, mostColdMs, 'ms'));
  console.log(bar(`peak ${peakMB.toFixed(0)} MB`, peakMB, mostMB, 'MB'));
}

function row(name: string, { ms, cpuMs, peakMB, served }: Run): string {
  const calls = Object.entries(served.calls).map(([operation, count]) => `${operation} ${count}`);
  const total = Object.values(served.calls).reduce((sum, count) => sum + count, 0);
  const numbers = [ms, cpuMs, served.cpuMs, peakMB, served.answeredBytes / 1_000];
  const widths = [4, 9, 18, 10, 10];
  const cells = numbers.map((value, index) => value.toFixed(0).padStart(widths[index] ?? 0));
  return `${name.padEnd(8)}${cells.join('')}   ${total} (${calls.join(', ')})`;
}

function bar(what: string, value: number, most: number, unit: string): string {
  return `${value <= most ? 'ok  ' : 'OVER'}  ${what}, at most ${most} ${unit}`;
}
