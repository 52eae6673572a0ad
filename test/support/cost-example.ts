import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CostOptions } from '../../infra/cost/index.ts';

/** The example of docs/cost.md: ten monitors, three SLOs and an hourly burst of 1,000 requests. */
export function costExample(): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8');
  return /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
}

/** Deployed without the shortener; November 2026. */
export const costOptions: CostOptions = {
  stage: 'dev',
  region: 'us-east-1',
  isShortenerOn: false,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
  fromAt: Date.UTC(2026, 10, 1),
  alertsPerMonth: 10,
};
