import type { Slo } from '../../shared/config/model.ts';
import { daysPerMonth, hoursPerMonth, minutesPerMonth } from './assumptions.ts';
import { ours, type Scene, type Usage } from './usage.ts';

/** What SLOs cost that judge something else than probes: runs of bursts in the ledger, metrics of others in CloudWatch. */
export function countedUsage({ config }: Scene): readonly Usage[] {
  const bursts = new Set(config.slos.flatMap(({ indicator }) => (indicator.kind === 'bursts' ? indicator.bursts : [])));
  return [
    ...[...bursts].map((id) => ours('dynamodb', 'runs, counted', 'readUnit', minutesPerMonth, [`burst/${id}`])),
    ...config.slos.flatMap(metricUsage),
  ];
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
