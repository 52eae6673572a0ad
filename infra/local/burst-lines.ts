import { isObject } from './aws/read.ts';
import type { LivePoint } from './console/state.ts';

/** What a line in the log of the burst function says of one invocation. */
export type BurstLine = { readonly invocationId: string } & (
  | { readonly kind: 'progress'; readonly shard: number; readonly point: LivePoint }
  /** `code` is the stable one of the error that ended it. */
  | { readonly kind: 'failure'; readonly code: string }
);

const key = 'burnwatch.burst';

/**
 * The lines that tell how a run goes on, or why it ended, in what the function wrote; everything else is passed over. A function
 * writes each of its lines whole.
 */
export function readBurstLines(text: string): readonly BurstLine[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? readLine(line) : []));
}

function readLine(line: string): readonly BurstLine[] {
  const fields = parse(line);
  const invocationId = fields['faas.invocation_id'];
  if (typeof invocationId !== 'string') return [];
  switch (fields['message']) {
    case 'burst under way':
      return [{ kind: 'progress', invocationId, shard: numberOf(fields, 'shard') ?? 0, point: pointOf(fields) }];
    case 'invocation failed':
      return [{ kind: 'failure', invocationId, code: String(fields['error.type']) }];
    default:
      return [];
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parse(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : {};
  } catch {
    // Somebody else's line: nothing of a run is in it.
    return {};
  }
}

/** As `progressAttributes` writes them. */
function pointOf(fields: Fields): LivePoint {
  const count = (name: string): number => numberOf(fields, name) ?? 0;
  const scheduled = numberOf(fields, 'scheduled');
  const ratePerSecond = numberOf(fields, 'rate_per_second');
  const elapsedMs = count('elapsed_ms');
  return {
    second: Math.max(0, Math.floor(elapsedMs / 1_000) - 1),
    elapsedMs,
    ...(scheduled === undefined ? {} : { scheduled }),
    requests: count('requests'),
    failures: count('failures'),
    underWay: count('under_way'),
    waiting: count('waiting'),
    perSecond: count('per_second'),
    p50Ms: count('p50_ms'),
    p99Ms: count('p99_ms'),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
  };
}

function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[`${key}.${name}`];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
