import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Tick } from '../../shared/ledger/model.ts';
import { functionsIn, outputsOf, putSecrets, secrets, whatIsLeft } from './account.ts';
import type { Emulator } from './emulator.ts';
import { clientSettings, openProject } from './project.ts';
import { openReceiver, type Receiver, slow, steps, until, withEmulator, writeConfig } from './stage.ts';
import { openTarget, type Target } from './target.ts';

const stage = 'world';
const stack = `shortener-${stage}`;
const [home, away] = ['us-east-1', 'eu-west-1'];
const params = ['--param', 'config=deploy.yml'];

/** `agreed` and `touchy` see the same failures, which one location sees at a time. */
const config = (url: string) => `
version: 1
service: shortener
locations: { home: ${home}, also: [${away}] }
channels:
  oncall: { type: email, to: oncall@example.com }
defaults: { interval: 10s, retry: { limit: 0 } }
monitors:
  app: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" } }
  secret:
    type: http
    allowPrivate: true
    request: { url: "${url}/secret", headers: { authorization: "Bearer \${ssm:/burnwatch/hook-secret}" } }
    alerts: [&quick { for: { failures: 1, of: 1 }, recover: { successes: 1 }, notify: [oncall] }]
  agreed: { type: http, allowPrivate: true, request: { url: "${url}/one-of-two/agreed" }, alerts: [*quick] }
  touchy: { type: http, allowPrivate: true, quorum: any, request: { url: "${url}/one-of-two/touchy" }, alerts: [*quick] }
  broken: { type: http, allowPrivate: true, request: { url: "${url}/broken" }, alerts: [*quick] }
`;

await withEmulator('two locations in two regions', story);

function story(emulator: Emulator): void {
  const { call, stop } = emulator;
  const project = openProject(emulator);
  const dynamodb = new DynamoDBClient(clientSettings(emulator, home));
  const ledger = createLedgerStore(dynamodb, `${stack}-ledger`);
  const step = steps();
  let receiver: Receiver;
  let target: Target;

  const locations = async () => {
    const { code, stdout, stderr } = await project.burnwatch('locations', '--stage', stage, ...params, '--json');
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return (JSON.parse(stdout) as { readonly locations: readonly Location[] }).locations;
  };
  const shell = async (line: string | undefined) => {
    const { code, stdout, stderr } = await project.shell(line ?? '');
    expect([line, code, stdout + stderr]).toEqual([line, 0, expect.any(String)]);
    return stdout + stderr;
  };
  const ticks = (region: string, sinceAt: number) => ledger.loadTicks(region, sinceAt, Date.now() + 60_000);
  const toldOf = (name: string) =>
    receiver.published.filter(({ transitions }) => transitions.some((each) => each.name === name));
  beforeAll(async () => {
    [receiver, target] = await Promise.all([openReceiver(secrets['hook-secret']), openTarget(secrets['hook-secret'])]);
    writeConfig(project.root, config(target.url));
    await putSecrets(call);
  }, slow);

  afterAll(async () => {
    dynamodb.destroy();
    await Promise.all([receiver?.close(), target?.close()]);
    project.remove();
    await stop();
  }, slow);

  step('is deployed by the commands that it prints, home first', async () => {
    expect(await shell((await locations())[0]?.deploy)).toContain(`deployed to stack ${stack}`);
    const [, second] = await locations();
    expect(second).toMatchObject({ location: away, isHome: false, stack: null });
    expect(second?.deploy).toContain('outputs=ShortenerUrl=http');
    expect(await shell(second?.deploy)).toContain(`deployed to stack ${stack}`);
    await call('sns', 'subscribe', {
      TopicArn: (await outputsOf(call, stack))['AlertsTopic'],
      Protocol: 'http',
      Endpoint: `${receiver.url}/sns`,
    });
  });

  step('has no more in the second region than what probes', async () => {
    expect(await functionsIn(call, away)).toEqual([`${stack}-probe`]);
    const there = await whatIsLeft(call, stack, away);
    expect(
      there.filter((name) => /ledger|links|alerts|alarms|evaluate|dead|overview/.test(name) && !name.includes(home)),
    ).toEqual([]);
  });

  step('writes what both see into the ledger of home', async () => {
    const passed = ({ outcomes }: Tick) => outcomes.filter(({ outcome }) => outcome === 'passed').length;
    await until(90, 'rows of both locations', async () => {
      const seen = await Promise.all([home, away].map((region) => ticks(region, Date.now() - 600_000)));
      // The app, and the one that has to know a secret that lies at home.
      return seen.every((rows) => rows.some((row) => passed(row) >= 2)) ? true : undefined;
    });
    const told = await until(90, 'both to be heard', async () => {
      const seen = await locations();
      return seen.every(({ newestRowAgeMs }) => (newestRowAgeMs ?? Number.POSITIVE_INFINITY) < 120_000)
        ? seen
        : undefined;
    });
    expect(told.map(({ location, schedules, unseen }) => ({ location, schedules, unseen }))).toEqual(
      [home, away].map((location) => ({ location, schedules: expect.anything(), unseen: [] })),
    );
    for (const { schedules } of told) expect(schedules?.enabled).toBe(schedules?.expected);
  });

  step('tells of what both see, or any where that is enough, and not of what one sees', async () => {
    await until(120, 'messages of two monitors', async () =>
      toldOf('broken').length > 0 && toldOf('touchy').length > 0 ? true : undefined,
    );
    expect(toldOf('agreed')).toEqual([]);
    expect(toldOf('secret')).toEqual([]);
    expect(JSON.stringify(toldOf('broken')[0])).toContain(away);
  });

  step('goes on without a location that stops, and opens no incident', async () => {
    const GroupName = `${stack}-ticks`;
    const { Schedules } = (await call('scheduler', 'list_schedules', { GroupName }, away)) as {
      Schedules: readonly { Name: string }[];
    };
    for (const { Name } of Schedules) await call('scheduler', 'delete_schedule', { GroupName, Name }, away);
    const doctor = await project.burnwatch('doctor', '--stage', stage, ...params);
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining('there is no schedule')]);
    target.mend();
    // Its last run covers the minute that has begun, and what it saw is fresh for two intervals more.
    const endedAt = Math.ceil(Date.now() / 60_000) * 60_000;
    await sleep(endedAt + 30_000 - Date.now());
    const judged = await project.serverless('invoke', '-f', 'evaluate', '--stage', stage, ...params, '-d', '{}');
    expect(JSON.parse(judged)).toMatchObject({ fired: 0 });
    expect(await ticks(away, endedAt)).toEqual([]);
    expect((await ticks(home, endedAt)).length).toBeGreaterThan(0);
    expect(toldOf('agreed')).toEqual([]);
    expect(toldOf('secret')).toEqual([]);
    await until(60, 'the end of what both saw', async () =>
      kindsOf(toldOf('broken'), 'broken').at(-1) === 'resolved' ? true : undefined,
    );
  });

  step('is removed by the commands that it prints, home last', async () => {
    for (const { remove } of (await locations()).toReversed())
      expect(await shell(`${remove} --param delete=true`)).toContain('successfully removed');
    expect(await Promise.all([home, away].map((region) => whatIsLeft(call, stack, region)))).toEqual([[], []]);
  });
}

type Location = {
  readonly location: string;
  readonly isHome: boolean;
  readonly stack: unknown;
  readonly schedules?: { readonly expected: number; readonly enabled: number };
  readonly newestRowAgeMs?: number;
  readonly unseen: readonly string[];
  readonly deploy: string;
  readonly remove: string;
};

function kindsOf(messages: Receiver['published'], name: string): readonly string[] {
  return messages.flatMap(({ transitions }) =>
    transitions.filter((each) => each.name === name).map(({ kind }) => kind),
  );
}
