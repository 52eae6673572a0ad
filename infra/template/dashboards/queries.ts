import { field, quoted } from './logs.ts';

const requests = `sum(${quoted('burnwatch.requests')})`;
const total = `sum(${quoted('burnwatch.requests.duration')})`;
const ofRequests = 'filter message = "requests"';
const route = quoted('http.route');
const method = quoted('http.request.method');

/** What dashboards ask the logs, a command of Logs Insights each. */
export const queries = {
  slowestRoutes: [
    ofRequests,
    `stats ${requests} as requests, ${total} / ${requests} as meanSeconds, max(${field('requestLatency')}) as slowestSeconds by ${method}, ${route}`,
    'sort slowestSeconds desc',
    'limit 20',
  ],
  statusCodes: [
    ofRequests,
    `stats ${requests} as requests by ${field('statusCodes')}`,
    'sort requests desc',
    'limit 20',
  ],
  errorsByType: [
    `filter ispresent(${field('requestErrors')})`,
    `stats ${requests} as requests, count(*) as lines by ${field('requestErrors')}, ${route}, message`,
    'sort lines desc',
    'limit 20',
  ],
  coldStarts: [
    `filter ${field('coldStart')} = 1`,
    `stats count(*) as coldStarts, avg(${field('initDuration')}) as meanSeconds, max(${field('initDuration')}) as slowestSeconds by ${quoted('faas.name')}`,
    'sort coldStarts desc',
  ],
  memory: [
    `filter ispresent(${field('memoryUsage')})`,
    `stats max(${field('memoryUsage')}) / 1000000 as rssMB, max(${field('heapUsed')}) / 1000000 as heapMB, max(${field('handles')}) as handles by ${quoted('faas.name')}`,
    'sort rssMB desc',
  ],
  work: [
    `filter ispresent(${field('cpuTime')})`,
    `stats sum(${field('cpuTime')}) as cpuSeconds, sum(${field('garbageCollection')}) as gcSeconds, max(${field('eventLoopDelay')}) * 1000 as loopDelayMs by ${quoted('faas.name')}`,
    'sort cpuSeconds desc',
  ],
  eventLoop: [
    `filter ispresent(${field('eventLoopDelay')})`,
    `stats max(${field('eventLoopDelay')}) * 1000 as delayMs by bin(5m)`,
  ],
  heap: [
    `filter ispresent(${field('heapUsed')})`,
    `stats max(${field('heapUsed')}) / 1000000 as heapMB, max(${field('memoryUsage')}) / 1000000 as rssMB by bin(5m)`,
  ],
  database: [
    `filter ispresent(${field('databaseTime')})`,
    `stats sum(${field('databaseCalls')}) as calls, sum(${field('databaseTime')}) * 1000 / sum(${field('databaseCalls')}) as meanMs, sum(${field('databaseFailures')}) as failures, sum(${field('databaseCapacity')}) as units by ${quoted('faas.name')}`,
    'sort calls desc',
  ],
  troubles: [
    'filter level = "error" or level = "warn"',
    `stats count(*) as lines, max(timestamp) as newest by message, ${field('requestErrors')}, ${quoted('faas.name')}`,
    'sort lines desc',
    'limit 20',
  ],
} as const satisfies Record<string, readonly string[]>;
