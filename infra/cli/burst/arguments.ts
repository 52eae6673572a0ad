import type { Burst, HttpRequest, Load, Threshold } from '../../../shared/config/model.ts';
import { type Outputs, readOutputs } from '../probe/references.ts';
import { type AbortAsked, mergeAbort, readAbort } from './abort.ts';
import {
  type BurstFlags,
  quoteUrl,
  readBurstFlags,
  readConcurrency,
  readFlag,
  readSpan,
  readThresholdFlag,
  urlFlagOf,
  usage,
} from './flags.ts';
import { readLoad } from './load.ts';
import { readRequest } from './request.ts';

/** What the command line asks for, and what is to become of it. */
export type Arguments = {
  readonly asked: AskedConfigured | AskedUrl;
  readonly changes: Changes;
  readonly json: boolean;
  /** Where a report is to be written, as it was typed. */
  readonly report?: string;
};
/** A burst of monitors.yml. */
export type AskedConfigured = { readonly id: string; readonly config?: string; readonly outputs: Outputs };
/** A burst to one URL. */
export type AskedUrl = { readonly request: HttpRequest; readonly load: Load };

/** What flags change of either. */
export type Changes = {
  readonly thresholds: readonly Threshold[];
  readonly abort?: AbortAsked;
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly freshConnections: boolean;
};

/**
 * Reads a command line. Everything that can be told wrong without the configuration is told here, in one line (BURN_USAGE). A
 * body is read from its file, relative to `cwd`.
 */
export function readArguments(argv: readonly string[], cwd: string): Arguments {
  const { id, flags } = readBurstFlags(argv);
  const asked = id === undefined ? readUrl(flags, cwd) : readConfigured(id, flags);
  return {
    asked,
    changes: readChanges(flags),
    json: flags.json ?? false,
    ...(flags.report === undefined ? {} : { report: flags.report }),
  };
}

function readConfigured(id: string, flags: BurstFlags): AskedConfigured {
  if (/^https?:/i.test(id)) throw usage(`takes the name of a burst, got ${quoteUrl(id)}: a URL goes behind --url`);
  const odd = urlFlagOf(flags);
  if (odd === 'url') throw usage(`takes the name of a burst or --url, not both: ${JSON.stringify(id)} is in the way`);
  if (odd !== undefined) throw usage(`--${odd} goes with --url: what ${id} sends is said in its configuration`);
  const outputs = readOutputs(flags.output ?? []);
  return { id, outputs, ...(flags.config === undefined ? {} : { config: flags.config }) };
}

const needsTarget = 'needs the name of a burst in monitors.yml, or --url URL: see --help';

function readUrl(flags: BurstFlags, cwd: string): AskedUrl {
  const { url, config, output } = flags;
  if (url === undefined) throw usage(needsTarget);
  if (config !== undefined || output !== undefined)
    throw usage(`--${config === undefined ? 'output' : 'config'} goes with the name of a burst, not with --url`);
  const load = readLoad(flags);
  return { request: readRequest({ ...flags, url }, cwd), load };
}

function readChanges(flags: BurstFlags): Changes {
  const { threshold = [], timeout } = flags;
  const [abort, concurrency] = [readAbort(flags['abort-if'] ?? []), flags['limit-concurrency']];
  return {
    thresholds: threshold.map(readThresholdFlag),
    ...(abort === undefined ? {} : { abort }),
    ...(concurrency === undefined ? {} : { concurrency: readFlag('limit-concurrency', concurrency, readConcurrency) }),
    ...(timeout === undefined ? {} : { timeoutMs: readFlag('timeout', timeout, readSpan) }),
    freshConnections: flags['fresh-connections'] ?? false,
  };
}

/** A burst with what the flags change of it. */
export function applyChanges(burst: Burst, changes: Changes): Burst {
  const { thresholds, abort, concurrency, timeoutMs, freshConnections } = changes;
  const abortIf = mergeAbort(burst.abortIf, abort);
  return {
    ...burst,
    thresholds: [...burst.thresholds, ...thresholds],
    ...(abortIf === undefined ? {} : { abortIf }),
    ...(concurrency === undefined ? {} : { limits: { ...burst.limits, concurrency } }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    freshConnections: burst.freshConnections || freshConnections,
  };
}
