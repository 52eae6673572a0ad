import type { Slo } from '../../shared/config/model.ts';
import { dayMs } from '../../shared/ledger/keys.ts';
import { daysPerMonth, hoursPerMonth, minutesPerMonth } from './assumptions.ts';
import { readUnits } from './capacity.ts';
import { coldReads, ours, type Scene, type Usage } from './usage.ts';

/** What SLOs cost that judge something else than probes: runs of bursts in the ledger, metrics of others in CloudWatch. */
export function countedUsage(scene: Scene): readonly Usage[] {
  const { config, coldStartsPerDay } = scene;
  const counted = new Set(
    config.slos.flatMap(({ indicator }) => (indicator.kind === 'bursts' ? indicator.bursts : [])),
  );
  return [
    ...[...counted].flatMap((id) => [
      ours('dynamodb', 'runs, counted', 'readUnit', minutesPerMonth, [`burst/${id}`]),
      ours('dynamodb', coldReads, 'readUnit', daysPerMonth * coldStartsPerDay * runsRead(scene, id), [`burst/${id}`]),
    ]),
    ...config.slos.flatMap(metricUsage),
  ];
}

/** Read units for the counts of all runs in the longest window of an SLO over a burst. */
function runsRead({ config, bursts }: Scene, id: string): number {
  const own = config.slos.filter(({ indicator }) => indicator.kind === 'bursts' && indicator.bursts.includes(id));
  const days = Math.max(...own.map(({ windowMs }) => windowMs)) / dayMs;
  const found = bursts.find(({ burst }) => burst.id === id);
  return found === undefined ? 1 : readUnits((found.month.runs / daysPerMonth) * days * found.sizes.counts);
}

/** Bad events are read each minute (of what is good both sums), both sums once more when an hour is over. */
function metricUsage({ id, indicator }: Slo): readonly Usage[] {
  if (indicator.kind !== 'cloudwatch') return [];
  const perMinute = 'good' in indicator.counts ? 2 : 1;
  const reads = minutesPerMonth * perMinute + hoursPerMonth * 2;
  return [
    ours('calls', 'GetMetricData', 'metricRead', reads, [`slo/${id}`]),
    ours('dynamodb', 'hours and days, folded', 'writeUnit', hoursPerMonth + daysPerMonth, [`slo/${id}`]),
  ];
}
