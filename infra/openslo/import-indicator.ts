import type { Plain } from '../../shared/config/parse/plain.ts';
import type { Around } from './around.ts';
import { cloudWatchSource, ownSource } from './names.ts';
import { get, isMap, listAt, type Path, textAt } from './problem.ts';

/** An indicator as monitors.yml has it. */
export type IndicatorEntry =
  | { readonly monitors: readonly string[]; readonly good?: string; readonly degraded?: string }
  | { readonly bursts: readonly string[] }
  | { readonly cloudwatch: MetricEntry };
type MetricEntry = {
  readonly namespace: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly bad?: string;
  readonly good?: string;
  readonly total: string;
};

/** What an SLO counts; undefined, with a note, where nobody here can count it. */
export function indicatorOf(spec: Plain, around: Around): IndicatorEntry | undefined {
  const ref = textAt(spec, 'indicatorRef');
  const sli = ref === undefined ? get(spec, 'indicator', 'spec') : get(around.find('SLI', ref)?.value, 'spec');
  const at: Path = ref === undefined ? ['spec', 'indicator', 'spec'] : ['spec', 'indicatorRef'];
  if (sli === undefined) return unknown(at, `there is no SLI ${ref} in the file`, around);
  if (get(sli, 'thresholdMetric') !== undefined)
    return unknown(at, 'a threshold metric is not known here, which counts good and bad events', around);
  return ratioOf(get(sli, 'ratioMetric') ?? null, at, around);
}

/** The monitors that were named for such a case, or nothing. */
function unknown(at: Path, why: string, { note, monitors }: Around): IndicatorEntry | undefined {
  note(
    at,
    `${why}: ${monitors.length > 0 ? `the probes of ${monitors.join(', ')} are taken` : 'the SLO is left out (or name what probes it with --monitors)'}`,
  );
  return monitors.length > 0 ? { monitors } : undefined;
}

function ratioOf(ratio: Plain, at: Path, around: Around): IndicatorEntry | undefined {
  if (get(ratio, 'raw') !== undefined) return unknown(at, 'a raw ratio has no counts', around);
  const part = get(ratio, 'bad') === undefined ? 'good' : 'bad';
  const [mine, total] = [sourceOf(ratio, part, around), sourceOf(ratio, 'total', around)];
  if (mine.type?.toLowerCase() !== total.type?.toLowerCase())
    return unknown(at, `${part} and total come from different sources`, around);
  switch (mine.type?.toLowerCase()) {
    case ownSource.toLowerCase():
      return ownOf(mine.spec, at, around);
    case cloudWatchSource.toLowerCase():
      return metricsOf(part, mine.spec, total.spec, at, around);
    default:
      return unknown(
        at,
        `nothing here reads ${mine.type === undefined ? 'a source without a type' : JSON.stringify(mine.type.slice(0, 80))}`,
        around,
      );
  }
}

/** The type may stand in the DataSource that is referred to. */
function sourceOf(
  ratio: Plain,
  part: string,
  { find }: Around,
): { readonly type: string | undefined; readonly spec: Plain } {
  const source = get(ratio, part, 'metricSource');
  const ref = textAt(source, 'metricSourceRef');
  const referred = ref === undefined ? undefined : textAt(find('DataSource', ref)?.value, 'spec', 'type');
  return { type: textAt(source, 'type') ?? referred, spec: get(source, 'spec') ?? null };
}

function ownOf(spec: Plain, at: Path, around: Around): IndicatorEntry | undefined {
  const [monitors, bursts] = [textsOf(spec, 'monitors'), textsOf(spec, 'bursts')];
  if (bursts.length > 0) return { bursts };
  if (monitors.length === 0) return unknown(at, 'names no monitors and no bursts', around);
  const [good, degraded] = [textAt(spec, 'good'), textAt(spec, 'degraded')];
  return {
    monitors,
    ...(good === undefined || good === 'passed' ? {} : { good }),
    ...(degraded === 'bad' ? { degraded } : {}),
  };
}

const textsOf = (spec: Plain, key: string): readonly string[] =>
  listAt(spec, key).filter((each): each is string => typeof each === 'string');

function metricsOf(
  part: 'good' | 'bad',
  mine: Plain,
  total: Plain,
  at: Path,
  around: Around,
): IndicatorEntry | undefined {
  const [one, all] = [metricOf(mine), metricOf(total)];
  if (one === undefined || all === undefined)
    return unknown(at, 'a CloudWatch source needs namespace, metricName and dimensions, and the statistic Sum', around);
  if (one.namespace !== all.namespace || JSON.stringify(one.dimensions) !== JSON.stringify(all.dimensions))
    return unknown(at, `${part} and total must share their namespace and dimensions here`, around);
  const { namespace, dimensions } = one;
  const names = part === 'good' ? { good: one.name } : { bad: one.name };
  const told = Object.keys(dimensions).length === 0 ? {} : { dimensions };
  return { cloudwatch: { namespace, ...told, ...names, total: all.name } };
}

type Metric = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

function metricOf(spec: Plain): Metric | undefined {
  const namespace = textAt(spec, 'namespace');
  const name = textAt(spec, 'metricName') ?? textAt(spec, 'name') ?? textAt(spec, 'metric');
  const stat = textAt(spec, 'stat') ?? textAt(spec, 'statistic') ?? 'Sum';
  const dimensions = dimensionsOf(get(spec, 'dimensions') ?? null);
  if (namespace === undefined || name === undefined || dimensions === undefined || stat.toLowerCase() !== 'sum')
    return undefined;
  return { namespace, name, dimensions };
}

/** A map, or a list of names and values, as both are in use; by name, so that two of them can be compared. */
function dimensionsOf(value: Plain): Readonly<Record<string, string>> | undefined {
  const pairs = Array.isArray(value)
    ? value.map((each): [unknown, unknown] => [
        get(each, 'name') ?? get(each, 'Name'),
        get(each, 'value') ?? get(each, 'Value'),
      ])
    : Object.entries(isMap(value) ? value : {});
  if (!pairs.every((pair): pair is [string, string] => pair.every((word) => typeof word === 'string')))
    return undefined;
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
