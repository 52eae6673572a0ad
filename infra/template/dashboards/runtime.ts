import { functionsOf, nameOf } from '../model.ts';
import { columns, type Row } from './layout.ts';
import { logLink, logs } from './logs.ts';
import { graph, metric } from './metrics.ts';
import type { Content } from './model.ts';
import { queries } from './queries.ts';
import { headOf, runbookOf, runbooks, type Scene } from './scene.ts';

const half = columns / 2;
const third = columns / 3;

/** Whether our own processes are well: memory, event loop, garbage collection, handles, CPU, cold starts, duration. */
export function runtimeRows(scene: Scene): readonly Row[] {
  const all = functionsOf(scene.stack);
  return [
    headOf(
      scene,
      'runtime',
      'What functions say of their processes lies in their logs, which costs nothing as a metric would; the queries read the time that is shown.',
    ),
    {
      figures: [
        {
          width: half,
          content: duration(scene),
          caption: `The slowest hundredth of the invocations of five minutes. Near its timeout a function will soon fail. ${runbookOf(scene, runbooks.duration)}`,
        },
        {
          width: half,
          content: logs(scene, 'How often does a caller wait for a start?', all, queries.coldStarts),
          caption: `Cold starts, and how long they took. Rare is well; after a deployment all are cold. ${logLink(scene, 'Query: starts', all, queries.coldStarts)}`,
        },
      ],
    },
    {
      figures: [
        {
          width: half,
          content: logs(scene, 'Is the event loop late?', ['shortener', 'probe'], queries.eventLoop, 'timeSeries'),
          caption:
            'The longest delay of each five minutes. Above some 20 ms, own work or a starved CPU delays answers.',
        },
        {
          width: half,
          content: logs(scene, 'Does memory grow?', ['shortener', 'probe'], queries.heap, 'timeSeries'),
          caption: 'The largest heap and process of each five minutes. A line that only climbs is a leak.',
        },
      ],
    },
    {
      figures: [
        {
          width: third,
          content: logs(scene, 'How full is the memory?', all, queries.memory),
          caption:
            'The most that each process ever held, in MB, and its handles. Compare it with what the function has.',
        },
        {
          width: third,
          content: logs(scene, 'What does the CPU do?', all, queries.work),
          caption: 'Seconds of CPU, and of garbage collection among them; the longest delay of the event loop.',
        },
        {
          width: third,
          content: logs(scene, 'How long does the database take?', all, queries.database),
          caption: 'Calls of DynamoDB as functions see them, retries included, and the capacity units that they used.',
        },
      ],
    },
    {
      figures: [
        {
          width: columns,
          content: logs(scene, 'What do functions complain of?', all, queries.troubles),
          caption: `Warnings and errors by message, the most frequent first. ${logLink(scene, 'Query: complaints', all, queries.troubles)}`,
        },
      ],
    },
  ];
}

function duration({ stack }: Scene): Content {
  const rows = functionsOf(stack).map((name) =>
    metric(stack, 'functionDuration', { FunctionName: nameOf(stack, name) }, { label: name }),
  );
  return graph(stack, 'How long do functions run?', rows, 'ms, p99', { stat: 'p99', period: 300 });
}
