import type { DescribedAlarm } from '../aws/cloudwatch.ts';
import type { CloudWatchStore } from '../aws/cloudwatch-store.ts';
import type { Sns } from '../aws/sns.ts';
import { describeAlarm } from './description.ts';
import { type AlarmChange, renderAlarmMail } from './mail.ts';
import { type Alarm, type AlarmStatus, alarmStates } from './model.ts';
import { readDatapoints } from './points.ts';
import { judgeAlarm } from './step.ts';

export type Alarms = {
  /** Takes these alarms from now on; one of the same name keeps its state. */
  replace(alarms: readonly Alarm[]): void;
  /** Judges every alarm, mails what changed, and answers the changes. */
  evaluate(): readonly AlarmChange[];
  status(): readonly AlarmStatus[];
  describe(): readonly DescribedAlarm[];
};

export type AlarmDeps = {
  readonly store: CloudWatchStore;
  readonly publish: Sns['publish'];
  /** Epoch ms. */
  now(): number;
};

/** Evaluations further apart than this were interrupted by a sleep: nothing can be said about that time. */
const longestPauseMs = 90_000;

/**
 * Evaluates the alarms as CloudWatch does, on every call. Until a full evaluation range has passed since the start, or
 * since a machine woke up, an alarm keeps the state that it had: there was nobody to publish what it is waiting for.
 */
export function createAlarms({ store, publish, now }: AlarmDeps): Alarms {
  let alarms: readonly Alarm[] = [];
  let watchingSince = now();
  let lastAt = now();
  const statuses = new Map<string, AlarmStatus>();

  const load = ({ name }: Alarm): AlarmStatus => {
    const saved = store.loadAlarm(name);
    const state = alarmStates.find((one) => one === saved?.state);
    if (saved && state) return { name, state, reason: saved.reason, since: saved.since };
    const reason = 'Unchecked: Initial alarm creation';
    return { name, state: 'INSUFFICIENT_DATA', reason, since: now() };
  };
  const statusOf = (alarm: Alarm): AlarmStatus => statuses.get(alarm.name) ?? load(alarm);

  const change = (alarm: Alarm): AlarmChange | undefined => {
    const status = statusOf(alarm);
    const points = readDatapoints(store, alarm, watchingSince, now());
    const judged = points && judgeAlarm(alarm, points.values, status.state, points.newestAt);
    if (!judged || judged.state === status.state) return undefined;
    const at = now();
    const changed = { alarm, from: status.state, to: judged.state, reason: judged.reason, at };
    // Told before it is remembered: a crash in between tells it twice rather than never.
    for (const topic of isNews(changed) ? alarm.actions[judged.state] : []) publish(topic, renderAlarmMail(changed));
    store.saveAlarm(alarm.name, judged.state, judged.reason, at);
    statuses.set(alarm.name, { name: alarm.name, state: judged.state, reason: judged.reason, since: at });
    return changed;
  };

  return {
    replace: (list) => {
      alarms = list;
      statuses.clear();
      for (const alarm of list) statuses.set(alarm.name, load(alarm));
    },
    evaluate: () => {
      if (Math.abs(now() - lastAt) > longestPauseMs) watchingSince = now();
      lastAt = now();
      return alarms.flatMap((alarm) => change(alarm) ?? []);
    },
    status: () => alarms.map(statusOf),
    describe: () => alarms.map((alarm) => describeAlarm(alarm, statusOf(alarm))),
  };
}

/** AWS also mails the first OK after a creation. Here every start would do that, and nothing was ever wrong. */
const isNews = ({ from, to }: AlarmChange): boolean => !(from === 'INSUFFICIENT_DATA' && to === 'OK');
