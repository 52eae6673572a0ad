import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { costExample } from '../../support/cost-example.ts';
import { createIo } from './io.ts';

const folder = mkdtempSync(join(tmpdir(), 'burnwatch-cost-'));
const file = join(folder, 'm.yml');
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(text: string, ...args: string[]) {
  writeFileSync(file, text);
  const { io, written } = createIo();
  return { code: await run(['cost', '--config', file, ...args], io), ...written };
}
const alone = ['--param', 'shortener=off'];

describe('burnwatch cost', () => {
  it('says what a month costs line by line, for each monitor, beside Synthetics, and what would be cheaper', async () => {
    const { code, stdout, stderr } = await ask(costExample(), ...alone);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^metrics +ProbeLatency +10 +custom metrics +\$0\.30 +\$3\.00 +\$0\.32$/m);
    expect(stdout).toMatch(
      /^calls +PutMetricData of probe +43,200 +calls of CloudWatch +\$10 a million +\$0\.43 +\$0\.00$/m,
    );
    expect(stdout).toMatch(/^ +the monitoring +\$4\.54 +\$0\.41$/m);
    expect(stdout).toMatch(/^ +the targets +\$1\.81 /m);
    expect(stdout).toContain('A monitor costs $0.37 on average (10 monitors); what they all share $0.36.');
    expect(stdout).toContain('Dearer than that: burst peak $0.41.');
    expect(stdout).toContain('CloudWatch Synthetics: $518.40 as 10 canaries, $51.84 with up to ten checks in each;');
    expect(stdout).toMatch(/What would make it cheaper[^\n]*:\n\$\d+\.\d\d +\S/);
    expect(stdout).toMatch(
      /^Prices as read between 20\d\d-\d\d and 20\d\d-\d\d\. From memory: .*GB sent to the internet/m,
    );
  });

  it('keeps what it costs in sight on a narrow terminal', async () => {
    writeFileSync(file, costExample());
    const { io, written } = createIo({ isTerminal: true, columns: 80 });
    await run(['cost', '--config', file, ...alone], io);
    const rows = written.stdout.split('\n').filter((line) => /^(\w+)? {2,}\S/.test(line) && /\$\d+\.\d\d$/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((line) => line.length > 80)).toEqual([]);
    expect(written.stdout).toMatch(/^metrics +ProbeLatency +10 +\$3\.00 +\$0\.32$/m);
  });

  it('answers JSON, and nothing else on stdout', async () => {
    const { code, stdout } = await ask(costExample(), ...alone, '--json');
    const answer = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(Object.keys(answer)).toEqual([
      ...[
        'service',
        'alertsPerMonth',
        'ours',
        'target',
        'lines',
        'parts',
        'shared',
        'locations',
        'synthetics',
        'cheaper',
      ],
      'prices',
    ]);
    expect(answer.ours.list).toBeCloseTo(4.54, 2);
    expect(answer.prices.metric).toMatchObject({ free: 10, grade: 'checked', asOf: '2026-05' });
    expect(answer.parts).toContainEqual({ id: 'monitor/api', list: expect.closeTo(0.37, 2) });
  });

  it('says of several locations what each costs, beside as many canaries', async () => {
    const { code, stdout } = await ask(`${costExample()}locations: { home: eu-west-1, also: [us-east-1] }\n`, ...alone);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^metrics +ProbeLatency, from us-east-1 +10 +custom metrics +\$0\.30 +\$3\.00 /m);
    expect(stdout).toContain('Probing from each location: eu-west-1 $3.74, us-east-1 $3.74.');
    expect(stdout).toContain('CloudWatch Synthetics: $1,036.80 as 20 canaries,');
  });

  it.each([
    ['15', 0, ''],
    ['4.55', 0, ''],
    ['4.50', 1, 'burnwatch cost: $4.54 a month are $0.04 more than --max $4.50\n'],
    ['0', 1, 'burnwatch cost: $4.54 a month are $4.54 more than --max $0.00\n'],
  ])('with --max %s ends with %d', async (max, code, stderr) => {
    expect(await ask(costExample(), ...alone, '--max', max)).toMatchObject({ code, stderr });
  });

  it('takes what a stage and parameters of serverless.yml change', async () => {
    const priced = async (...args: string[]) => JSON.parse((await ask(costExample(), '--json', ...args)).stdout);
    const [dev, prod, full] = [
      await priced(),
      await priced('--stage', 'prod'),
      await priced('--param', 'telemetry=full'),
    ];
    const unitsOf = ({ lines }: { lines: { unit: string }[] }) => lines.map(({ unit }) => unit);
    expect(unitsOf(dev)).not.toContain('recoveryGigabyte');
    expect(unitsOf(prod)).toContain('recoveryGigabyte');
    expect(full.ours.list).toBeGreaterThan(dev.ours.list + 2);
    expect(dev.target.list).toBeGreaterThan(2.5);
  });

  it('says what a stack without the shortener leaves out', async () => {
    const own = costExample().replace('https://www.example.com/cart', '"${output:ShortenerUrl}/cart"');
    const { code, stdout, stderr } = await ask(own, ...alone);
    expect(code).toBe(0);
    expect(stderr).toBe('Left out, because shortener=off deploys no shortener to ask: cart\n');
    expect(stdout).toContain('(9 monitors)');
  });

  it('does without monitors, bursts and channels', async () => {
    const { code, stdout } = await ask(
      'version: 1\nservice: shop\nmonitors: { job: { type: heartbeat, period: 1h, grace: 5m } }\n',
    );
    expect(code).toBe(0);
    expect(stdout).not.toContain('Synthetics');
  });

  it.each([
    [['--max', 'cheap'], '--max must be dollars such as 15 or 7.50, not "cheap": see --help'],
    [['--max=-1'], '--max must be dollars such as 15 or 7.50, not "-1": see --help'],
    [['--max', '1e9'], '--max must be dollars such as 15 or 7.50, not "1e9": see --help'],
    [['--max', '4.545'], '--max must be dollars such as 15 or 7.50, not "4.545": see --help'],
    [['--alerts', '1.5'], '--alerts must be a whole number such as 10, not "1.5": see --help'],
    [['--max'], '--max needs a value: see --help'],
    [['--maxx', '3'], 'has no option "--maxx"; did you mean "--max"?'],
    [['monitors.yml'], 'does not take "monitors.yml": see --help'],
    [['--param', 'shortener=maybe'], '--param shortener: must be on or off, got maybe'],
    [['--param', 'colour=red'], '--param colour: is not a parameter; there are config, shortener,'],
  ])('refuses %j with one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await ask(costExample(), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`burnwatch cost: ${sentence}`);
  });

  it('refuses a configuration that is wrong, and one that is not there', async () => {
    const wrong = await ask('version: 1\nservice: shop\nmonitors: { a: { type: htp } }\n');
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/m\.yml:3:\d+ monitors\.a/);
    const { io, written } = createIo();
    expect(await run(['cost', '--config', join(folder, 'none.yml')], io)).toBe(2);
    expect(written.stderr).toContain('there is no file');
  });

  it('has examples in its help that it takes', async () => {
    const { io, written } = createIo();
    expect(await run(['cost', '--help'], io)).toBe(0);
    for (const flag of ['--config', '--max', '--stage', '--param', '--region', '--alerts', '--json'])
      expect(written.stdout).toContain(flag);
  });
});
