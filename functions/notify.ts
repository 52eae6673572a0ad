import type { KnownAlarms } from '../shared/app/notify/alarm.ts';
import { prepareForChannels } from '../shared/app/notify/channel-request.ts';
import type { NotifyDeps, NotifyPackage, NotifySummary, Told } from '../shared/app/notify/model.ts';
import { notify } from '../shared/app/notify/notify.ts';
import { sendToChannel } from '../shared/channels/send.ts';
import { systemClock } from '../shared/clock/clock.ts';
import type { Alarm } from '../shared/config/model.ts';
import { runHttpAttempt } from '../shared/http/attempt.ts';
import { meterDynamoDb } from '../shared/lambda/database-meter.ts';
import { readOutput, readVariable, requireVariable } from '../shared/lambda/environment.ts';
import { readPackaged } from '../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../shared/lambda/handler.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

/** Kept of the invocation's time to remember what came of it, and to report what could not be told. */
const settleMs = 12_000;

/** What SNS delivers of the alerts' topic, to the channels that are no e-mail addresses. */
export const handler = lambdaHandler<unknown, NotifySummary>('notify', async (event, invocation) => {
  const summary = await notify(event, createDeps(invocation, await loadPackage()));
  invocation.log('info', 'notified', summary);
  return summary;
});

const loadPackage = keepWarm(() => readPackaged<NotifyPackage>(new URL('./channels.json', import.meta.url)));
const parameters = keepWarm(async () => (await import('../shared/aws/parameters.ts')).createParameters(Date.now));
const signer = keepWarm(async () =>
  (await import('../shared/aws/signer.ts')).createSigner(() => process.env, Date.now),
);
const store = keepWarm(async () => {
  const { createNotifyStore } = await import('../shared/aws/notify-store.ts');
  const { createDynamoDb } = await import('../shared/aws/dynamodb.ts');
  return createNotifyStore(meterDynamoDb(createDynamoDb()), requireVariable('LEDGER_TABLE'), Date.now);
});
const alarmMemory = keepWarm(async () => {
  const { createAlarmMemory } = await import('../shared/aws/alarm-memory.ts');
  const { createDynamoDb } = await import('../shared/aws/dynamodb.ts');
  return createAlarmMemory(meterDynamoDb(createDynamoDb()), requireVariable('LEDGER_TABLE'), Date.now);
});
const topic = keepWarm(async () =>
  (await import('../shared/aws/topic.ts')).createTopic(requireVariable('ALERT_TOPIC_ARN')),
);

function createDeps({ id, log, remainingMs }: Invocation, packaged: NotifyPackage): NotifyDeps {
  const signal = AbortSignal.timeout(Math.max(0, remainingMs() - settleMs));
  const runtimeApi = process.env['AWS_LAMBDA_RUNTIME_API'];
  const queue = process.env['UNDELIVERED_QUEUE'];
  const sendDeps = {
    clock: systemClock,
    runHttp: runHttpAttempt,
    ...prepareForChannels({
      references: { output: readOutput, parameter: async (path) => (await parameters())(path) },
      signer: (service, region) => async (request) => (await signer())(service, region)(request),
    }),
    ...(runtimeApi ? { runtimeApi } : {}),
  };
  return {
    channels: packaged.channels,
    invocationId: id,
    send: (channel, message) => sendToChannel(channel, message, sendDeps, signal),
    loadStore: store,
    publish: async (report) => (await topic())(report),
    ...(queue ? { queue } : {}),
    ...(packaged.alarms ? { alarms: { known: knownAlarms(packaged.alarms), loadMemory: alarmMemory } } : {}),
    now: Date.now,
    onDelivery: (told) => log(told.delivery.outcome === 'failed' ? 'warn' : 'info', 'told', attributesOf(told)),
    onWarning: (message, cause) => log('warn', message, cause === undefined ? {} : describeError(cause)),
  };
}

function knownAlarms(alarms: readonly Alarm[]): KnownAlarms {
  const [service, environment] = ['BURNWATCH_SERVICE', 'BURNWATCH_ENVIRONMENT'].map(requireVariable) as [
    string,
    string,
  ];
  const url = readVariable('DASHBOARD_URL');
  return {
    alarms,
    scope: { service, environment, outputs: readOutput },
    neighbourArn: requireVariable('ALERT_TOPIC_ARN'),
    links: url === undefined ? [] : [{ label: 'Dashboard', url }],
  };
}

/** Of what was sent, and to where, nothing: addresses of channels are secrets. */
function attributesOf({ message, channel, delivery }: Told) {
  return {
    'burnwatch.message': message.id,
    'burnwatch.channel': channel.id,
    'burnwatch.channel.type': channel.type,
    'burnwatch.outcome': delivery.outcome,
    'burnwatch.attempts': delivery.attempts,
    ...('statusCode' in delivery && { 'http.response.status_code': delivery.statusCode }),
    ...(delivery.outcome === 'failed' && {
      'exception.message': delivery.problem,
      'burnwatch.final': delivery.isFinal,
    }),
    ...(delivery.outcome === 'skipped' && { 'burnwatch.reason': delivery.reason }),
  };
}
