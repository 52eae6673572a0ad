import { parseFault } from '../../../functions/shortener/fault.ts';
import { readDrill } from '../../../infra/cli/drill/named.ts';
import { drillNamed, drillNames, expectedOf, nameDrill } from '../../../infra/cli/drill/named-drills.ts';
import { countdownText } from '../../../infra/cli/drill/named-text.ts';
import { run } from '../../../infra/cli/main.ts';
import { openDoor } from '../../../infra/cli/shortener-door.ts';
import { type EntryKey, entryOf } from '../../../shared/metrics/entries.ts';
import { createIo } from './io.ts';

const minuteMs = 60_000;

describe('Each named drill', () => {
  it.each(drillNames)('%s is a drill that the shortener takes, and is known by what goes wrong', (name) => {
    const { fault, metrics } = drillNamed(name);
    const parsed = parseFault({ ...fault, for: '2m' }, 0);
    expect(parsed).toMatchObject({ value: { untilAt: 2 * minuteMs } });
    expect(nameDrill({ errorRatio: 0, ...fault })).toBe(name);
    for (const key of Object.keys(metrics) as EntryKey[]) expect(entryOf(key).help).not.toBe('');
    const waits = expectedOf(drillNamed(name)).map(({ withinMs }) => withinMs);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it('has alerts sooner where probes come faster, and dashboards and alarms by the minute all the same', () => {
    expect(expectedOf(drillNamed('outage'), 10_000)).toEqual([
      { what: 'the alerts of all monitors of the shortener', withinMs: 90_000 },
      {
        what: 'on dashboards 5xx answers, errors by type go up; cache hits, cache misses go down',
        withinMs: 2 * minuteMs,
      },
      { what: 'the alarm errorsPerMinute, where deployed', withinMs: 3 * minuteMs },
      { what: 'the alarms errorRatio and errorRate, where deployed', withinMs: 5 * minuteMs },
    ]);
  });

  it('is told by any share of errors, and by nothing else that somebody put together', () => {
    expect(nameDrill({ errorRatio: 0.2 })).toBe('errors');
    expect(nameDrill({ errorRatio: 0.2, latencyMs: 5 })).toBeUndefined();
    expect(nameDrill({ errorRatio: 0 })).toBeUndefined();
  });
});

describe('What is asked of a drill', () => {
  it('is its name, its share and its time', () => {
    expect(readDrill('errors', '20%', '2m')).toMatchObject({ fault: { errorRatio: 0.2 }, lastsMs: 2 * minuteMs });
    expect(readDrill('errors', undefined, undefined)).toMatchObject({ fault: { errorRatio: 0.05 }, lastsMs: 600_000 });
  });

  it.each([
    ['2%', ['errorRate', 'errorsPerMinute']],
    ['5%', ['errorRate', 'errorsPerMinute']],
    ['5.1%', ['errorRatio', 'errorRate', 'errorsPerMinute']],
    ['20%', ['errorRatio', 'errorRate', 'errorsPerMinute']],
  ])('rings the alarm on the share of errors where that is above its limit: %s', (share, alarms) => {
    expect(readDrill('errors', share, undefined).drill.alarms).toEqual(alarms);
  });

  it.each([
    [['outge'], 'there is no drill "outge"; did you mean "outage"?'],
    [['xxxxxxxx'], `there is no drill "xxxxxxxx"; there are ${drillNames.join(', ')}`],
    [['outage', '5%'], 'outage takes nothing behind it, got "5%"'],
    [['errors', '0%'], 'errors takes a share of the requests, such as 5%, got "0%"'],
    [['errors', '101%'], 'errors takes a share of the requests, such as 5%, got "101%"'],
    [['outage', '--for', '500ms'], '--for must be between 1s and 24h, got 500ms'],
    [['outage', '--channel', 'chat'], '--channel goes with a drill of the alerts, without a name'],
    [['--for', '2m'], '--for goes with the name of a drill, such as outage: see --list'],
    [['outage', '--url', 'http://127.0.0.1:1/x'], /^--url takes the address of a shortener alone/],
    [['outage', '--url', 'ftp://127.0.0.1'], /^--url takes the address of a shortener alone/],
    [['outage', '--url', 'http://u:p@127.0.0.1'], /^--url takes the address of a shortener alone/],
    [['outage'], /^no local mode runs here/],
    [['outage', '--url', 'http://127.0.0.1:1'], 'the shortener at http://127.0.0.1:1 does not answer'],
  ])('%j is refused in one line', async (argv, message) => {
    const { io, written } = createIo({ cwd: '/nowhere' });
    expect(await run(['drill', ...argv], io)).toBe(2);
    const [, said = ''] = /^burnwatch drill: (.*)\n$/.exec(written.stderr) ?? [];
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
    expect(written.stdout).toBe('');
  });

  it('without a shortener is the list of all of them, for people and for machines', async () => {
    const { io, written } = createIo();
    expect(await run(['drill', '--list'], io)).toBe(0);
    for (const name of drillNames) expect(written.stdout).toContain(`${name}: ${drillNamed(name).does}\n`);
    const machine = createIo();
    await run(['drill', '--list', '--json'], machine.io);
    expect(JSON.parse(machine.written.stdout).drills.map(({ name }: { name: string }) => name)).toEqual(drillNames);
  });
});

describe('While a drill is on', () => {
  it('one line says how long, and what comes next within what time', () => {
    const asked = readDrill('outage', undefined, '10m');
    const told = (passedMs: number) => countdownText(asked, expectedOf(asked.drill), passedMs);
    expect(told(0)).toMatch(/^outage: 10 min left; next: on dashboards .* \(within 2 min\)$/);
    expect(told(150_000)).toBe(
      'outage: 7 min 30 s left; next: the alarm errorsPerMinute, where deployed (within 30 s)',
    );
    expect(told(301_000)).toBe('outage: 4 min 59 s left; everything has to be there by now');
    expect(told(700_000)).toBe('outage: over any moment; everything has to be there by now');
  });
});

describe('The door to a shortener', () => {
  it('is where a flag says, else the environment', () => {
    const { io } = createIo({ cwd: '/nowhere', env: { OUTPUT_ShortenerUrl: 'https://a.example.com/' } });
    expect(openDoor({}, io).origin).toBe('https://a.example.com');
    expect(openDoor({ url: 'http://127.0.0.1:9' }, io).origin).toBe('http://127.0.0.1:9');
  });
});
