import type { Config } from '../../../shared/config/model.ts';
import { alarmNameOf } from '../../../shared/message/alarm-text.ts';
import { alarmName } from '../alarms.ts';
import type { Stack } from '../model.ts';
import { undeliveredName } from '../notify.ts';
import { errorRatio, latency, rate } from './application.ts';
import { trouble, unmet } from './bursts.ts';
import { chunks, columns, type Row } from './layout.ts';
import { logLink, logs } from './logs.ts';
import { filled, graph, metric } from './metrics.ts';
import type { AlarmProperties, Content } from './model.ts';
import { failed, failedCaption, fromHome, monitorsFor, slowest, slowestCaption } from './monitors.ts';
import { queries } from './queries.ts';
import { savedLink } from './saved.ts';
import { headOf, runbookOf, runbooks, type Scene } from './scene.ts';
import { budgetsLeft, burnRates } from './slos.ts';
import { token } from './tokens.ts';

const half = columns / 2;
const third = columns / 3;

/** Latency and what could not be judged are drawn for so many monitors; of all, what fails. */
const limits = { monitors: 12, failures: 500, lines: 1_000, aGraph: 100, slos: 20, bursts: 10 };

/** Are we up, and if not, what is it? */
export function overviewRows(scene: Scene): readonly Row[] {
  const { config } = scene;
  const shown = shownOf(scene).length;
  const isMore =
    config.monitors.length > shown ? `The first ${shown} of ${config.monitors.length} monitors are shown.` : '';
  return [
    headOf(
      scene,
      'overview',
      'Look at what fails, then at the budgets: they say whether it matters. A red alarm, or lines that end, mean that nothing is watched.',
      isMore,
    ),
    ...failures(scene),
    ...standing(scene),
    ...speed(scene),
    ...rest(scene),
  ];
}

/** The monitors of which is drawn what fails. */
function shownOf(scene: Scene) {
  return scene.config.monitors.slice(0, Math.min(limits.failures, monitorsFor(scene, limits.lines)));
}

function failures(scene: Scene): readonly Row[] {
  const { stack, config } = scene;
  const [first, ...more] = chunks(shownOf(scene), monitorsFor(scene, limits.aGraph));
  const ringing = {
    width: first === undefined ? columns : 8,
    content: alarms(stack, config),
    caption: `Those that ring first. The *dead* ones say that probe or evaluate no longer runs. ${runbookOf(scene, runbooks.dead)}`,
  };
  if (first === undefined) return [{ figures: [ringing] }];
  const isMany = more.length > 0;
  const failing = {
    width: 16,
    content: failed(scene, first, isMany ? ', part 1' : ''),
    caption: `${failedCaption} ${savedLink(scene, 'what did the probe see')}`,
  };
  return [
    { figures: [failing, ringing] },
    ...more.map((some, index) => ({
      figures: [{ width: columns, content: failed(scene, some, `, part ${index + 2}`) }],
      ...(index === more.length - 1 ? { caption: failedCaption } : {}),
    })),
  ];
}

function alarms(stack: Stack, config: Config): Content {
  const arns = alarmNames(stack, config).map(
    (name) => `arn:${token('AWS::Partition')}:cloudwatch:${stack.region}:${token('AWS::AccountId')}:alarm:${name}`,
  );
  const properties: AlarmProperties = { title: 'Does an alarm ring?', alarms: arns, sortBy: 'stateUpdatedTimestamp' };
  return { type: 'alarm', properties };
}

/** At most 100 of them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const mostAlarms = 100;

function alarmNames(stack: Stack, { alarms = [] }: Config): readonly string[] {
  const own = (['probe', 'evaluate'] as const).map((target) => alarmName(stack, target));
  const plain = alarms.map((alarm) => alarmNameOf(alarm, stack.service, stack.stage));
  return [...own, ...(stack.isNotifyOn ? [undeliveredName(stack)] : []), ...plain].slice(0, mostAlarms);
}

function standing({ stack, config }: Scene): readonly Row[] {
  const slos = config.slos.slice(0, limits.slos);
  if (slos.length === 0) return [];
  const isMore = config.slos.length > slos.length ? ` The first ${slos.length} of ${config.slos.length}.` : '';
  return [
    {
      figures: [
        {
          width: half,
          content: budgetsLeft(stack, slos),
          caption: `What may still fail before the objective is missed, in percent; below 0 it is. Sent at midnight UTC, and while it burns.${isMore}`,
        },
        {
          width: half,
          content: burnRates(stack, slos),
          caption: 'Over the last hour. At 1 the budget lasts exactly for its window; pages come at about 14.',
        },
      ],
    },
  ];
}

function speed(scene: Scene): readonly Row[] {
  return [
    ...(scene.stack.isShortenerOn ? [answers(scene)] : []),
    ...(scene.config.monitors.length > 0 ? [probes(scene)] : []),
  ];
}

function answers(scene: Scene): Row {
  return {
    figures: [
      { width: third, content: rate(scene), caption: 'Requests that reached the API.' },
      {
        width: third,
        content: errorRatio(scene),
        caption: 'What share of the answers blames us (5xx), or the caller (4xx).',
      },
      { width: third, content: latency(scene), caption: 'What callers waited at API Gateway.' },
    ],
  };
}

/** How slow, and what could not be judged; of several locations no more than home's latency, as the others judge what one cannot. */
function probes(scene: Scene): Row {
  const { config } = scene;
  const monitors = config.monitors.slice(0, limits.monitors);
  const isAll = monitors.length === config.monitors.length;
  const isSeveral = config.locations !== undefined;
  const speed = {
    width: isSeveral ? columns : half,
    content: slowest(scene, isAll ? 'How slow are probes?' : `How slow are the first ${monitors.length}?`, monitors),
    caption: `${fromHome(scene)}${slowestCaption}`,
  };
  const odd = {
    width: half,
    content: unjudged(scene),
    caption: 'Blocked by policy, or our own fault. They lower coverage, never the budget; a line is ours to mend.',
  };
  return { figures: isSeveral ? [speed] : [speed, odd] };
}

function unjudged({ stack, config }: Scene): Content {
  const monitors = config.monitors.slice(0, limits.monitors);
  const rows = monitors.map(({ id }) => metric(stack, 'probeUnjudged', { Monitor: id }, { label: id }));
  return graph(stack, 'What could not be judged?', filled(rows), 'probes', { stat: 'Sum' });
}

function rest(scene: Scene): readonly Row[] {
  const { stack, config } = scene;
  const bursts = config.bursts.slice(0, limits.bursts);
  const [only] = bursts;
  const asked = ['probe', 'evaluate', 'notify', 'burst', 'status', 'shortener'] as const;
  const complaints = {
    width: bursts.length === 0 ? columns : half,
    content: logs(scene, 'What do functions complain of?', asked, queries.troubles),
    caption: `Warnings and errors of the log, the most frequent first. ${logLink(scene, 'Query: complaints', asked, queries.troubles)}`,
  };
  if (only === undefined) return [{ figures: [complaints] }];
  const held = {
    width: half,
    content: bursts.length === 1 ? trouble(stack, only.id) : unmet(stack, bursts),
    caption: 'Of the runs of the last two weeks: what broke, what was never sent, and which thresholds did not hold.',
  };
  return [{ figures: [held, complaints] }];
}
