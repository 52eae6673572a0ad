import type { CloudWatchKey } from '../../../shared/metrics/entries.ts';
import { functionsOf, hasApi, nameOf, type Stack } from '../model.ts';
import { undeliveredName } from '../notify.ts';
import { costRows } from './cost.ts';
import { columns, type Figure, type Row } from './layout.ts';
import { filled, graph, metric, numbers } from './metrics.ts';
import type { Content, MetricOptions, MetricRow } from './model.ts';
import { headOf, runbookOf, runbooks, type Scene } from './scene.ts';
import { token } from './tokens.ts';

const third = columns / 3;

/** Whether AWS holds us back, and what it costs. */
export function infrastructureRows(scene: Scene): readonly Row[] {
  const { stack } = scene;
  return [
    headOf(
      scene,
      'infrastructure',
      'Throttles, refusals and failed deliveries must be 0; the rest tells what is normal.',
    ),
    {
      figures: [
        {
          width: columns,
          height: 4,
          content: cost(stack),
          caption:
            'What was used in each of the last days × the list prices of us-east-1: no discount, no free tier, no custom metrics and dashboards.',
        },
      ],
    },
    { figures: lambdaFigures(scene) },
    { figures: tableFigures(stack) },
    { figures: [...topicFigures(scene), ...apiFigures(stack)] },
  ];
}

function cost(stack: Stack): Content {
  return numbers(stack, 'What does a day cost?', costRows(stack), {
    stat: 'Sum',
    period: 86_400,
    sparkline: true,
    singleValueFullPrecision: false,
    start: '-P7D',
    end: 'P0D',
  });
}

function ofFunctions(stack: Stack, key: CloudWatchKey): readonly MetricRow[] {
  return functionsOf(stack).map((name) => metric(stack, key, { FunctionName: nameOf(stack, name) }, { label: name }));
}

function lambdaFigures(scene: Scene): readonly Figure[] {
  const { stack } = scene;
  return [
    {
      width: third,
      content: graph(stack, 'How often do functions run?', ofFunctions(stack, 'invocations'), 'a minute', {
        stat: 'Sum',
      }),
      caption: 'Probe and evaluate run each minute, whatever happens. A line that ends is an outage of the monitoring.',
    },
    {
      width: third,
      content: graph(stack, 'Which functions fail?', filled(ofFunctions(stack, 'functionErrors')), 'failed a minute', {
        stat: 'Sum',
      }),
      caption: `Invocations that ended in an error or ran out of time. A line is an outage. ${runbookOf(scene, runbooks.functionErrors)}`,
    },
    {
      width: third,
      content: graph(stack, 'Does Lambda refuse?', refusals(stack), 'in a minute', {
        stat: 'Sum',
        yAxis: {
          left: { min: 0, label: 'in a minute', showUnits: false },
          right: { min: 0, label: 'at once', showUnits: false },
        },
      }),
      caption: `Throttled, or too old when their turn came. Right: how many ran at once. ${runbookOf(scene, runbooks.throttling)}`,
    },
  ];
}

/** Throttles, dropped events, and how many ran at once. */
function refusals(stack: Stack): readonly MetricRow[] {
  const at = (name: (typeof background)[number]) => ({ FunctionName: nameOf(stack, name) });
  return [
    ...functionsOf(stack).map((name) =>
      metric(stack, 'throttles', { FunctionName: nameOf(stack, name) }, { label: `${name} throttled` }),
    ),
    ...background.map((name) => metric(stack, 'asyncDropped', at(name), { label: `${name} dropped` })),
    ...functionsOf(stack).map((name) =>
      metric(
        stack,
        'concurrency',
        { FunctionName: nameOf(stack, name) },
        { label: `${name} at once`, stat: 'Maximum', yAxis: 'right' },
      ),
    ),
  ];
}
const background = ['probe', 'evaluate'] as const;

const tablesOf = (stack: Stack) => ['ledger', ...(stack.isShortenerOn ? ['links'] : [])];

function ofTables(stack: Stack, key: CloudWatchKey, word: string, options: MetricOptions = {}): readonly MetricRow[] {
  return tablesOf(stack).map((table) =>
    metric(stack, key, { TableName: nameOf(stack, table) }, { label: `${table} ${word}`, ...options }),
  );
}

function tableFigures(stack: Stack): readonly Figure[] {
  const used = [...ofTables(stack, 'consumedReads', 'read'), ...ofTables(stack, 'consumedWrites', 'written')];
  const refused = [
    ...ofTables(stack, 'tableReadThrottles', 'reads'),
    ...ofTables(stack, 'tableWriteThrottles', 'writes'),
  ];
  const took = tablesOf(stack).flatMap((table) =>
    ['GetItem', 'PutItem', 'Query'].map((operation) =>
      metric(
        stack,
        'tableLatency',
        { TableName: nameOf(stack, table), Operation: operation },
        { label: `${table} ${operation}` },
      ),
    ),
  );
  return [
    {
      width: third,
      content: graph(stack, 'How much do tables work?', used, 'units a minute', { stat: 'Sum' }),
      caption: 'Capacity units, which are what is paid for: $0.125 a million read, $0.625 a million written.',
    },
    {
      width: third,
      content: graph(stack, 'Does DynamoDB refuse?', filled(refused), 'refused a minute', { stat: 'Sum' }),
      caption: 'A table or a key was asked too often. A write of the ledger that is refused is a tick that is missing.',
    },
    {
      width: third,
      content: graph(stack, 'How fast is DynamoDB?', took, 'ms, mean', { stat: 'Average' }),
      caption: 'As DynamoDB sees it. What functions see beyond it is the way there: see Runtime.',
    },
  ];
}

function topicFigures(scene: Scene): readonly Figure[] {
  const { stack } = scene;
  const topics = ['alerts', 'alarms'].map((topic) => ({ topic, values: { TopicName: nameOf(stack, topic) } }));
  const rows = [
    ...topics.map(({ topic, values }) => metric(stack, 'published', values, { label: `${topic} sent` })),
    ...topics.map(({ topic, values }) =>
      metric(stack, 'notificationsFailed', values, { label: `${topic} not delivered` }),
    ),
    ...(stack.isNotifyOn
      ? [
          metric(
            stack,
            'queueDepth',
            { QueueName: undeliveredName(stack) },
            { label: 'wait for a person', stat: 'Maximum' },
          ),
        ]
      : []),
  ];
  return [
    {
      width: third,
      content: graph(stack, 'Does everybody hear of it?', filled(rows), 'messages', { stat: 'Sum' }),
      caption: `While *not delivered* or *wait for a person* is above 0, somebody is not told. ${runbookOf(scene, runbooks.undelivered)}`,
    },
  ];
}

function apiFigures(stack: Stack): readonly Figure[] {
  if (!hasApi(stack)) return [];
  const api = { ApiId: token('HttpApi') };
  const rows = [
    metric(stack, 'apiLatency', api, { label: 'the API' }),
    metric(stack, 'apiIntegrationLatency', api, { label: 'its functions' }),
  ];
  return [
    {
      width: third,
      content: graph(stack, 'Is API Gateway slow, or the function?', rows, 'ms, p90', { stat: 'p90' }),
      caption: 'What lies between the lines is API Gateway itself; the lower one is the function with its cold starts.',
    },
    {
      width: third,
      content: graph(
        stack,
        'How much goes through?',
        [metric(stack, 'apiDataProcessed', api, { label: 'bytes' })],
        'bytes a minute',
        { stat: 'Sum' },
      ),
      caption: 'Bytes of requests and answers. The first 100 GB a month out of AWS cost nothing.',
    },
  ];
}
