import { appQueries, numbersPeriodMs } from '../../shared/app/exposition/app-numbers.ts';
import { gigabytesOf } from '../template/memory.ts';
import { functionsOf } from '../template/model.ts';
import { assumptions, minutesPerMonth } from './assumptions.ts';
import { partOf } from './requests.ts';
import { invocations, locationsOf, logged, ours, type Scene, type Usage } from './usage.ts';

const { statusSeconds, logBytes, scrape } = assumptions;
const minuteMs = 60_000;

/** What the calls of heartbeats cost, one a period, and with `metrics: on` a scrape of `/metrics` a minute. */
export function statusUsage(scene: Scene): readonly Usage[] {
  return [...heartbeatUsage(scene), ...(scene.stack.areMetricsOn ? scrapeUsage(scene) : [])];
}

function heartbeatUsage({ config, stack }: Scene): readonly Usage[] {
  return config.monitors.flatMap((monitor) => {
    if (monitor.type !== 'heartbeat') return [];
    const of = [partOf(monitor)];
    const calls = (minutesPerMonth * minuteMs) / monitor.periodMs;
    return [
      ours('api', 'calls of heartbeats', 'apiRequest', calls, of),
      ...invocations('status', calls, statusSeconds, gigabytesOf('status', stack), of),
      ours('dynamodb', 'calls of heartbeats, read', 'readUnit', calls, of),
      ours('dynamodb', 'calls of heartbeats, written', 'writeUnit', calls, of),
      logged('status', calls * (logBytes.request + logBytes.platform), of),
    ];
  });
}

function scrapeUsage(scene: Scene): readonly Usage[] {
  const { stack } = scene;
  const { perMonth, seconds, reads } = scrape;
  const scope = { service: stack.service, environment: stack.stage, apiId: 'api', functions: functionsOf(stack) };
  const { length } = appQueries({ ...scope, ...(stack.isShortenerOn ? app : { routes: [], caches: [] }) });
  return [
    ours('api', 'scrapes of /metrics', 'apiRequest', perMonth),
    ...invocations('status', perMonth, seconds, gigabytesOf('status', stack)),
    ours('dynamodb', 'scrapes of /metrics, read', 'readUnit', perMonth * reads * locationsOf(scene).length),
    ours(
      'calls',
      'numbers of the app for /metrics',
      'metricRead',
      ((minutesPerMonth * minuteMs) / numbersPeriodMs) * length,
    ),
    logged('status', perMonth * (logBytes.request + logBytes.platform)),
  ];
}

/** The hottest route and the cache of the shortener. */
const app = { routes: ['GET /{code}'], caches: ['links'] };
