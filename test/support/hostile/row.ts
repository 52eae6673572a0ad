import type { Monitor } from '../../../shared/config/model.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';

/** A server that is up to no good, and what a probe of it must say. */
export type HostileRow = {
  /** Follows "a target that". */
  readonly name: string;
  readonly start: () => Promise<Running>;
  readonly monitor: (port: number) => Monitor;
  /** Where the answer is not determined, all that are right. */
  readonly expected: Expected | readonly Expected[];
  /** The server is a name server, and the names of an http target are asked of it. */
  readonly nameServer?: true;
  /** The probe is stopped from outside after this time. */
  readonly stopAfterMs?: number;
  /** The origin of the server may be private although the monitor does not say so. */
  readonly allowOrigin?: true;
  /** More that must hold once the probe is over; each text is a violation. */
  readonly check?: (running: Running) => readonly string[];
};

export type Running = {
  readonly port: number;
  /** Everything that clients sent. */
  readonly received: readonly string[];
  close(): Promise<void>;
};

export type Expected = Partial<Omit<ProbeResult, 'message' | 'phases' | 'steps'>> & {
  readonly message?: string | RegExp;
  /** The actual value of the first assertion. */
  readonly actual?: string | RegExp | null;
};

/** What a row's timeouts are: short where the clock is meant to run out, long where it must not. */
export const hangsForMs = 300;
export const answersWithinMs = 4_000;

export function timeoutOf(expected: HostileRow['expected']): number {
  return expectations(expected).some(({ errorType }) => errorType === 'timeout') ? hangsForMs : answersWithinMs;
}

export function expectations(expected: HostileRow['expected']): readonly Expected[] {
  return isList(expected) ? expected : [expected];
}

const isList = (expected: HostileRow['expected']): expected is readonly Expected[] => Array.isArray(expected);

export const passed: Expected = { outcome: 'passed' };

/** Failed with this type, and with this message where it is given. */
export function failed(errorType: NonNullable<ProbeResult['errorType']>, message?: string | RegExp): Expected {
  return { outcome: 'failed', errorType, ...(message === undefined ? {} : { message }) };
}

export const blocked: Expected = { outcome: 'blocked', errorType: 'blocked' };

/** What is wrong with a result: nothing, or how it differs from the nearest of what was expected. */
export function mismatches(result: ProbeResult, expected: HostileRow['expected']): readonly string[] {
  const all = expectations(expected).map((each) => differences(result, each));
  return all.reduce((least, each) => (each.length < least.length ? each : least));
}

function differences(result: ProbeResult, { message, actual, ...rest }: Expected): readonly string[] {
  const found: Readonly<Record<string, unknown>> = result;
  const plain = Object.entries(rest).filter(([key, value]) => found[key] !== value);
  return [
    ...plain.map(([key, value]) => `${key} is ${found[key]} (${result.message}), not ${value}`),
    ...(holds(message, result.message) ? [] : [`the message is "${result.message}", not ${message}`]),
    ...(holds(actual, result.assertions[0]?.actual)
      ? []
      : [`what was found is "${result.assertions[0]?.actual}", not ${actual}`]),
  ];
}

function holds(expected: string | RegExp | null | undefined, found: string | null | undefined): boolean {
  if (expected === undefined) return true;
  return expected instanceof RegExp ? expected.test(found ?? '') : expected === found;
}
