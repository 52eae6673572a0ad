import { caches, hotRoutes } from '../../../functions/shortener/telemetry.ts';
import { columns, type Row } from './layout.ts';
import { logs } from './logs.ts';
import { filled, graph, hidden, metric, quantiles } from './metrics.ts';
import type { Content, MetricRow } from './model.ts';
import { queries } from './queries.ts';
import { savedLink } from './saved.ts';
import { headOf, runbookOf, runbooks, type Scene } from './scene.ts';
import { token } from './tokens.ts';

const half = columns / 2;
const third = columns / 3;

/** What callers of the shortener get, how fast, and what goes wrong. */
export function applicationRows(scene: Scene): readonly Row[] {
  const { stack } = scene;
  if (!stack.isShortenerOn)
    return [headOf(scene, 'application', 'The shortener is not deployed in this stack: there is nothing to draw.')];
  const errors = savedLink(scene, 'errors by type');
  const routes = savedLink(scene, 'slowest routes');
  return [
    headOf(scene, 'application', 'Errors first, then latency, then who asks.', runbookOf(scene, runbooks.shortener)),
    {
      figures: [
        {
          width: third,
          content: rate(scene),
          caption: 'Requests of every kind that reached the API. A sudden end is an outage in front of it.',
        },
        {
          width: third,
          content: errorRatio(scene),
          caption: `The share of answers that blame us (5xx) or the caller (4xx). ${runbookOf(scene, runbooks.errors)}`,
        },
        {
          width: third,
          content: latency(scene),
          caption: `Half, 90 % and 99 % of all answers were faster, cold starts included. ${runbookOf(scene, runbooks.latency)}`,
        },
      ],
    },
    {
      figures: [
        {
          width: half,
          content: bands(scene),
          caption: 'CloudWatch draws no heat map: these are its bands. The more red, the more callers waited.',
        },
        {
          width: half,
          content: hottest(scene),
          caption: 'The route that is asked most, as the function sees it: without API Gateway and cold starts.',
        },
      ],
    },
    {
      figures: [
        {
          width: third,
          content: cache(scene),
          caption: 'Redirects answered from memory. After a start or a deployment it is cold for a minute.',
        },
        {
          width: third,
          content: statusCodes(scene),
          caption: 'Answers by status code in the time that is shown, counted in the log.',
        },
        {
          width: third,
          content: active(scene),
          caption:
            'Requests at once. Each of them holds a sandbox; the account has 1,000 of them, unless it asked for more.',
        },
      ],
    },
    {
      figures: [
        {
          width: half,
          content: logs(scene, 'Which routes are slow?', ['shortener'], queries.slowestRoutes),
          caption: `By method and route, the slowest first, from the log. ${routes}`,
        },
        {
          width: half,
          content: logs(scene, 'Which errors, and where?', ['shortener'], queries.errorsByType),
          caption: `Answers of 4xx and 5xx by the type of their problem, from the log. ${errors} ${savedLink(scene, 'one request by its id')}`,
        },
      ],
    },
  ];
}

const api = { ApiId: token('HttpApi') };
const perMinute = { stat: 'Sum', period: 60 } as const;

export function rate({ stack }: Scene): Content {
  return graph(
    stack,
    'How much is asked?',
    [metric(stack, 'apiRequests', api, { label: 'requests' })],
    'a minute',
    perMinute,
  );
}

export function errorRatio({ stack }: Scene): Content {
  const rows: readonly MetricRow[] = [
    [{ expression: '100 * m0', id: 'server', label: '5xx', color: '#d62728' }],
    [{ expression: '100 * m1', id: 'client', label: '4xx', color: '#ff7f0e' }],
    ...hidden([metric(stack, 'api5xx', api), metric(stack, 'api4xx', api)]),
  ];
  return graph(stack, 'What share fails?', rows, '% of the requests', { stat: 'Average' });
}

export function latency({ stack }: Scene): Content {
  return graph(stack, 'How fast are answers?', quantiles(stack, 'apiLatency', api), 'ms');
}

const edges = [10, 30, 100, 300, 1_000] as const;
const colors = ['#2ca02c', '#98df8a', '#ffdd71', '#ffbb78', '#ff7f0e', '#d62728'] as const;

/** How many answers lie between two latencies: the trimmed count of CloudWatch, from above the first bound to the second. */
function bands({ stack }: Scene): Content {
  const bounds = [0, ...edges, undefined];
  const rows = colors.map((color, index) => {
    const [from, to] = [bounds[index], bounds[index + 1]];
    const stat = `TC(${from === 0 ? '' : from}:${to ?? ''})`;
    return metric(stack, 'apiLatency', api, { stat, label: bandText(from, to), color });
  });
  return graph(stack, 'How are latencies spread?', rows, 'answers', { stacked: true, period: 60 });
}

function bandText(from: number | undefined, to: number | undefined): string {
  if (to === undefined) return `above ${from} ms`;
  return from === 0 ? `up to ${to} ms` : `${from} to ${to} ms`;
}

function hottest({ stack }: Scene): Content {
  const [route = ''] = hotRoutes;
  return graph(stack, `How fast is ${route}?`, quantiles(stack, 'requestLatency', { Route: route }), 'ms');
}

function cache({ stack }: Scene): Content {
  const values = { Cache: caches[0] };
  const rows: readonly MetricRow[] = [
    [{ expression: '100 * m0 / (m0 + m1)', id: 'ratio', label: '% hits', yAxis: 'right' }],
    metric(stack, 'cacheHits', values, { id: 'm0', label: 'hits' }),
    metric(stack, 'cacheMisses', values, { id: 'm1', label: 'misses' }),
  ];
  return graph(stack, 'Does the cache help?', rows, 'look-ups a minute', {
    ...perMinute,
    yAxis: {
      left: { min: 0, label: 'look-ups a minute', showUnits: false },
      right: { min: 0, max: 100, label: '% hits', showUnits: false },
    },
  });
}

function statusCodes(scene: Scene): Content {
  return logs(scene, 'What do callers get?', ['shortener'], queries.statusCodes, 'bar');
}

function active({ stack }: Scene): Content {
  const values = { FunctionName: `${stack.service}-${stack.stage}-shortener` };
  const rows = filled([metric(stack, 'concurrency', values, { label: 'at once' })]);
  return graph(stack, 'How many are served at once?', rows, 'requests', { stat: 'Maximum' });
}
