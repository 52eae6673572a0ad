import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { type TransitionKind, transitionKinds } from '../../../shared/alert/model.ts';
import { prepareForChannels } from '../../../shared/app/notify/channel-request.ts';
import { sendToChannel } from '../../../shared/channels/send.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import { BurnwatchError, type Channel, isSent, type SentChannel } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { runHttpAttempt } from '../../../shared/http/attempt.ts';
import { parseMachine } from '../../../shared/message/machine.ts';
import type { Message } from '../../../shared/message/model.ts';
import { renderTest } from '../../../shared/message/test-message.ts';
import type { Command, Io } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { findReferences } from '../probe/references.ts';
import { thereAre } from '../there-are.ts';
import { publishTest } from './email.ts';
import { type Told, toldJson, toldText } from './text.ts';

const help = `
npx burnwatch notify test --channel NAME [--kind KIND] [--severity page|ticket] [--json]
                          [--stage NAME] [--region REGION] [--config FILE]

Sends a message that is marked as a test to one channel of monitors.yml, from this machine, as the deployed function would,
and says what the service answered. An e-mail address is told through SNS, by the stack that --stage names or by the running
local mode.

  --channel NAME       the channel
  --kind KIND          what is told: ${transitionKinds.join(', ')}; fired by default.
                       Those of one channel are of one incident: resolved ends what fired began
  --severity SEVERITY  page, or ticket, which is the default
  --json               one JSON object, nothing else on standard output
  --stage NAME         the environment that it says it comes from, test by default; of an e-mail channel, the one whose
                       topic it goes to
  --region REGION      where that environment is: AWS_REGION, else us-east-1
  --config FILE        another file than monitors.yml

Secrets (\${ssm:/path}) are read from AWS SSM, or from a running local mode, as npx burnwatch probe reads them. In PagerDuty
a test that fired opens an incident, of urgency "info": send --kind resolved afterwards.

Exit codes: 0 taken, 1 not told, 2 bad usage or configuration.

Examples:
  npx burnwatch notify test --channel chat
  npx burnwatch notify test --channel pager --kind resolved
  npx burnwatch notify test --channel oncall --stage prod
`;

/** Sends a test message through the very renderers and senders that alerts go through. */
export const notifyTestCommand: Command = {
  name: 'notify test',
  summary: 'send a test message to a channel',
  help,
  run: async (argv, io) => {
    const args = readArguments(argv);
    const parsed = await readConfig(args.config, io);
    if (!parsed.ok || !args.json) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const { service, channels, locations } = parsed.config;
    const channel = chooseChannel(channels, args.channel);
    const folder = dirname(resolve(io.cwd, args.config));
    const told = isSent(channel)
      ? await sendTest(channel, messageOf(service, channel, args.stage ?? 'test', args), folder, io)
      : await publishTest(channel, (environment) => messageOf(service, channel, environment, args), {
          ...{ service, folder, stage: args.stage, region: args.region ?? locations?.home },
          io,
        });
    io.stdout(args.json ? `${JSON.stringify(toldJson(told, args.kind))}\n` : toldText(told, io));
    return told.outcome === 'failed' ? 1 : 0;
  },
};

type Arguments = {
  readonly channel: string | undefined;
  readonly kind: TransitionKind;
  readonly severity: 'page' | 'ticket';
  readonly json: boolean;
  readonly config: string;
  readonly stage: string | undefined;
  readonly region: string | undefined;
};

function usage(message: string): BurnwatchError {
  return new BurnwatchError('BURN_USAGE', message);
}

function readArguments(argv: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const { values } = readFlags(argv, {
    ...{ channel: text, kind: text, severity: text, config: text, stage: text, region: text },
    json: { type: 'boolean' },
  });
  return {
    channel: values.channel,
    kind: oneOf('--kind', transitionKinds, values.kind ?? 'fired'),
    severity: oneOf('--severity', ['page', 'ticket'] as const, values.severity ?? 'ticket'),
    json: values.json ?? false,
    config: values.config ?? defaultFile,
    stage: values.stage,
    region: values.region,
  };
}

function oneOf<Word extends string>(flag: string, words: readonly Word[], typed: string): Word {
  const word = words.find((each) => each === typed);
  if (word !== undefined) return word;
  throw usage(`${flag} takes one of ${words.join(', ')}, got ${JSON.stringify(typed)}${didYouMean(typed, words)}`);
}

function chooseChannel(channels: readonly Channel[], id: string | undefined): Channel {
  const ids = channels.map((channel) => channel.id);
  const there = ids.length === 0 ? 'there are none in the configuration' : thereAre(ids);
  if (id === undefined) throw usage(`which channel? --channel NAME; ${there}`);
  const found = channels.find((channel) => channel.id === id);
  if (found !== undefined) return found;
  throw usage(`no channel is called ${JSON.stringify(id)}${didYouMean(id, ids) || `; ${there}`}`);
}

function messageOf(service: string, { id }: Channel, environment: string, { kind, severity }: Arguments): Message {
  return renderTest({ service, environment, channel: id, kind, severity, by: userName(), now: Date.now() });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Nobody of this machine: a container's user may have no name.
    return 'somebody';
  }
}

async function sendTest(channel: SentChannel, message: Message, folder: string, io: Io): Promise<Told> {
  const found = findReferences({}, folder, io);
  const parsed = parseMachine(JSON.stringify(message.json));
  if ('problem' in parsed) throw new TypeError(`the test message is none: ${parsed.problem}`);
  io.stderr(`Sending a test to ${channel.id} (${channel.type})\n`);
  const startedAt = performance.now();
  const deps = {
    clock: systemClock,
    runHttp: runHttpAttempt,
    ...prepareForChannels({
      references: found,
      signer: (service, region) => async (request) => (await signer())(service, region)(request),
    }),
  };
  const delivery = await sendToChannel(channel, parsed.message, deps, io.signal);
  return { channel, message, tookMs: performance.now() - startedAt, ...delivery };
}

/** Few channels are signed for: what signs is loaded where one is. */
async function signer() {
  const { createSigner } = await import('../../../shared/aws/signer.ts');
  return createSigner(() => process.env, Date.now);
}
