import type { Config } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { type Counts, noCounts } from '../../../shared/ledger/model.ts';

/** As many monitors, each with an SLO of its own over 30 days and the four usual rules. */
export const size = 1_000;
/** So many of them have failed every probe since `outageAt`. */
export const burning = 10;
/** The first evaluation: before the last hour is folded, so that it reads as many single rows as one ever does. */
export const startAt = Date.parse('2026-03-02T10:04:20Z');
export const outageAt = Date.parse('2026-03-02T09:50:00Z');
export const location = 'eu-west-1';

const idOf = (index: number): string => `service-${String(index).padStart(4, '0')}`;

/** Read from a monitors.yml, as a deployment does. */
export function buildFleet(): Config {
  const indexes = Array.from({ length: size }, (_, index) => index);
  const text = [
    'version: 1',
    'service: shop',
    'defaults: { interval: 1m, timeout: 5s }',
    'channels: { oncall: { type: email, to: oncall@example.com } }',
    'monitors:',
    ...indexes.map((i) => `  ${idOf(i)}: { type: http, request: { url: "https://${idOf(i)}.example.com/health" } }`),
    'slos:',
    ...indexes.map(
      (i) => `  ${idOf(i)}: { indicator: { monitors: [${idOf(i)}] }, objective: 99.9%, window: 30d, notify: [oncall] }`,
    ),
  ].join('\n');
  const parsed = parseConfig(text, { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error(`the fleet's configuration is wrong: ${JSON.stringify(parsed.errors[0])}`);
  return parsed.config;
}

/**
 * What a monitor was in a minute. Of every hundred one failed in one minute of each day, so that no hour is like the other and most
 * budgets have been spent a little; the burning ones fail since the outage began.
 */
export function isFailed(index: number, at: number): boolean {
  if (index < burning && at >= outageAt) return true;
  const minute = Math.floor(at / 60_000);
  return (minute * 7 + index * 13) % 1_440 === 0 && index % 100 === Math.floor(minute / 1_440) % 100;
}

const passed: Counts = { ...noCounts, passed: 1 };
const failed: Counts = { ...noCounts, failed: 1 };

export const countAt = (index: number, at: number): Counts => (isFailed(index, at) ? failed : passed);
