import type { Transition } from '../alert/model.ts';
import {
  type BurnRule,
  type Burst,
  type BurstAlert,
  type Monitor,
  type MonitorAlert,
  monitorIdsOf,
  type Slo,
} from '../config/model.ts';
import { monitorsOf } from '../slo/indicator.ts';
import { subjectsOf } from './alert-subject.ts';
import { renderCommand, renderTarget } from './command.ts';
import { countCommand, describeIndicator } from './indicator-text.ts';
import { renderSent } from './load-text.ts';
import type { NoticeItem, QuietTicket } from './model.ts';
import type { NoticeContext } from './notice-context.ts';
import { quoteLightly } from './shell.ts';

/** What there is to say of one alert. */
export function itemOf(transition: Transition, context: NoticeContext): NoticeItem {
  const { config } = context;
  const { alertId, facts, isWithdrawn } = transition;
  const drill = drillIdOf(transition);
  if (drill !== undefined) return { transition, kind: 'drill', drill };
  if (isWithdrawn) return { transition, kind: 'withdrawn' };
  if (facts.kind === 'path') return { transition, kind: 'path', command: drillCommand(context) };
  const subject = subjectsOf(config).get(alertId);
  switch (subject?.kind) {
    case undefined:
      return { transition, kind: 'withdrawn' };
    case 'location':
      return { transition, ...subject };
    case 'coverage':
      return { transition, ...subject, target: renderTarget(subject.monitor, context.outputs) };
    case 'monitor':
      return monitorItem(transition, subject.monitor, subject.alert, context);
    case 'burn':
      return burnItem(transition, subject.slo, subject.rule, context);
    case 'burst':
      return burstItem(transition, subject.burst, subject.alert, context);
    default:
      return subject satisfies never;
  }
}

function monitorItem(
  transition: Transition,
  monitor: Monitor,
  alert: MonitorAlert,
  context: NoticeContext,
): NoticeItem {
  const failure = context.failures.get(monitor.id);
  const seen = context.seen?.get(monitor.id);
  const dependency = context.dependencies.get(monitor.id);
  const failingSinceAt = context.failingSince.get(alert.id);
  const slos = context.config.slos.filter((slo) => monitorIdsOf(slo).includes(monitor.id));
  return {
    transition,
    kind: 'monitor',
    monitor,
    target: renderTarget(monitor, context.outputs),
    ...commandOf(monitor, context),
    ...(dependency && { dependency }),
    ...(failingSinceAt !== undefined && { failingSinceAt }),
    ...(alert.runbook !== undefined && { runbook: alert.runbook }),
    ...(failure && { failure }),
    ...(seen && { seen }),
    slos: slos.flatMap(({ id }) => context.standings.get(id) ?? []),
  };
}

function burnItem(transition: Transition, slo: Slo, rule: BurnRule, context: NoticeContext): NoticeItem {
  const monitor = context.config.monitors.find(({ id }) => monitorIdsOf(slo).includes(id) && context.failures.has(id));
  const failure = monitor && context.failures.get(monitor.id);
  const seen = monitor && context.seen?.get(monitor.id);
  const standing = context.standings.get(slo.id);
  const resolvesAt = context.resolvesAt.get(rule.id);
  const isPlain = slo.indicator.kind === 'probes' && slo.slices === undefined;
  const command = countCommand(slo, context.outputs, transition.at - rule.longMs, transition.at);
  // A slow probe leaves no message behind: its target is asked once more by hand.
  const [slow] = slo.indicator.kind === 'latency' ? monitorsOf(slo, context.config.monitors) : [];
  return {
    transition,
    kind: 'burn',
    slo,
    rule,
    ...(isPlain ? {} : { counts: describeIndicator(slo, context.outputs) }),
    ...(command !== undefined && { command }),
    ...(slow && commandOf(slow, context)),
    ...(standing && { standing }),
    ...(rule.runbook !== undefined && { runbook: rule.runbook }),
    ...(monitor &&
      failure && {
        failure: { ...failure, monitor, ...commandOf(monitor, context), ...(seen && { seen }) },
      }),
    ...(resolvesAt !== undefined && resolvesAt > context.now && { resolvesAt }),
    also: transition.kind === 'resolved' || rule.severity === 'ticket' ? [] : quietTickets(slo, context),
  };
}

function quietTickets(slo: Slo, { quiet }: NoticeContext): readonly QuietTicket[] {
  return [...(quiet ?? [])].flatMap(([alertId, firedAt]) => {
    const rule = slo.alerts.find(({ id }) => id === alertId);
    return rule === undefined ? [] : [{ rule, firedAt }];
  });
}

function burstItem(transition: Transition, burst: Burst, alert: BurstAlert, context: NoticeContext): NoticeItem {
  const { facts } = transition;
  const runs = context.verdicts.filter((each) => each.burst === burst.id).toSorted((a, b) => b.runAt - a.runAt);
  const run = runs.find(({ runAt }) => facts.kind === 'burst' && facts.runAt === runAt);
  const event = JSON.stringify({ burst: burst.id, record: true });
  return {
    transition,
    kind: 'burst',
    burst,
    sent: renderSent(burst, context.outputs),
    runs,
    again: `npx serverless invoke -f burst --stage ${quoteLightly([context.environment])} -d '${event}'`,
    ...(run && { run }),
    ...(alert.runbook !== undefined && { runbook: alert.runbook }),
  };
}

function commandOf(monitor: Monitor, { outputs }: NoticeContext): { readonly command?: string } {
  const command = renderCommand(monitor, outputs);
  return command === undefined ? {} : { command };
}

const drillCommand = ({ environment }: NoticeContext) => `npx burnwatch drill --stage ${quoteLightly([environment])}`;

/** The id of the drill that it is of: what follows `drill/` in the id of its alert. */
export function drillIdOf({ facts, alertId }: Transition): string | undefined {
  return facts.kind === 'drill' ? alertId.split('/')[1] : undefined;
}
