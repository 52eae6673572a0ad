import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAlarms } from '../../../infra/local/alarm/alarms.ts';
import { openCloudWatchStore } from '../../../infra/local/aws/cloudwatch-store.ts';
import { createSns } from '../../../infra/local/aws/sns.ts';
import { openSnsStore } from '../../../infra/local/aws/sns-store.ts';
import { buildStack } from '../../../infra/local/stack.ts';
import { createVendedMetrics } from '../../../infra/local/vended-metrics.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const root = join(import.meta.dirname, '../../..');
const origins = { console: 'http://127.0.0.1:1', shortener: 'http://127.0.0.1:2', aws: 'http://127.0.0.1:3' };
const startAt = Date.UTC(2026, 10, 21, 12, 0, 30);
const parsed = parseConfig(readFileSync(join(root, 'monitors.yml')), { file: 'monitors.yml', env: {} });
if (!parsed.ok) throw new Error('monitors.yml is wrong');
const stack = buildStack(parsed.config, origins, '/nowhere', {});

describe('the dead-man alarms of the template, over what Lambda publishes', () => {
  const metrics = openCloudWatchStore(':memory:');
  const inbox = openSnsStore(':memory:');
  afterAll(() => {
    metrics.close();
    inbox.close();
  });
  let now = startAt;
  for (const topic of stack.topics) inbox.addTopic(topic);
  inbox.replaceStack(stack.subscriptions);
  const sns = createSns(
    inbox,
    () => now,
    () => {},
    () => {},
  );
  const alarms = createAlarms({ store: metrics, publish: sns.publish, now: () => now });
  alarms.replace(stack.alarms);
  const vended = createVendedMetrics(metrics);

  /** Some minutes in which every function runs each second; `evaluate` well, badly, or not at all. */
  const pass = (minutes: number, evaluate: 'works' | 'fails' | 'is not run'): void => {
    for (let second = 1; second <= minutes * 60; second += 1) {
      now += 1_000;
      vended.onInvocation('shortener-local-probe', now, false, 20, 1);
      if (evaluate !== 'is not run') vended.onInvocation('shortener-local-evaluate', now, evaluate === 'fails', 20, 1);
      if (second % 5 !== 0) continue;
      vended.flush();
      alarms.evaluate();
    }
  };
  const mails = () =>
    inbox
      .mails(10)
      .map(
        ({ at, to, subject }) =>
          `${Math.floor((at - startAt) / 60_000)} ${to} ${subject.split(' ').slice(0, 2).join(' ')}`,
      )
      .reverse();

  it('say nothing in a healthy run, mail after five bad minutes, and mail again when it works', () => {
    pass(15, 'works');
    expect(mails()).toEqual([]);
    pass(4, 'fails');
    expect(mails()).toEqual([]);
    pass(6, 'fails');
    // It began to fail in the middle of a minute: five whole ones later, and a moment for what is late.
    expect(mails()).toEqual(['20 oncall@example.com ALARM: "shortener-local-evaluate-dead"']);
    pass(5, 'works');
    expect(mails().slice(1)).toEqual(['25 oncall@example.com OK: "shortener-local-evaluate-dead"']);
    // What is missing is waited for: CloudWatch looks at two more periods than it needs.
    pass(10, 'is not run');
    expect(mails().slice(2)).toEqual(['37 oncall@example.com ALARM: "shortener-local-evaluate-dead"']);
  });
});
