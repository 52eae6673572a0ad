import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { presetNames } from '../../../shared/config/parse/alarm-presets.ts';
import { createIo } from './io.ts';

const folder = mkdtempSync(join(tmpdir(), 'burnwatch-alarms-'));
afterAll(() => rmSync(folder, { recursive: true }));
const head = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com }, chat: { type: slack, url: "\${ssm:/slack}" } }
monitors: { api: { type: http, request: { url: https://example.com/ } } }
`;
const alarms = `alarms:
  rate: { preset: errorRate, notify: [oncall, chat] }
  quick: { metric: { namespace: Shop, name: Lost, stat: sum }, above: 1, for: { datapoints: 1 }, period: 10s, notify: [chat], reason: Why. }
`;

async function ask(text: string, ...args: string[]) {
  const file = join(folder, 'm.yml');
  writeFileSync(file, text);
  const { io, written } = createIo();
  return { code: await run(['alarms', '--config', file, ...args], io), ...written };
}

describe('burnwatch alarms', () => {
  it('lists what is deployed with its price, the stack’s own included', async () => {
    const { code, stdout } = await ask(head + alarms, '--stage', 'prod');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ALARM', 'WATCHES', 'RINGS', 'NOTIFIES', 'A MONTH'],
      ['shop-prod-probe-dead', expect.any(String), expect.any(String), 'page → oncall', '$0.10'],
      ['shop-prod-evaluate-dead', expect.any(String), expect.any(String), 'page → oncall', '$0.10'],
      ['shop-prod-undelivered', expect.any(String), 'at 1 in one period of 1 min', 'page → oncall', '$0.10'],
      [
        'shop-prod-rate-ticket',
        '5xx per second in AWS/ApiGateway (ApiId ${output:ApiId})',
        'above 0.1/s in 3 of 5 periods of 1 min',
        'ticket → oncall, chat',
        '$0.10',
      ],
      ['shop-prod-rate-page', expect.any(String), expect.stringContaining('0.5/s'), 'page → oncall, chat', '$0.10'],
      ['shop-prod-quick', 'sum of Lost in Shop', 'above 1 in one period of 10 s', 'page → chat', '$0.30'],
      [''],
      ['$0.80 a month at list price; the first ten of an account are free.'],
      [''],
    ]);
  });

  it('prints one JSON object and nothing else where that is asked for', async () => {
    const { stdout, stderr } = await ask(head + alarms, '--json');
    expect(stderr).toBe('');
    const { service, alarms: listed, dollarsPerMonth } = JSON.parse(stdout);
    expect({ service, dollarsPerMonth }).toEqual({ service: 'shop', dollarsPerMonth: 0.8 });
    expect(listed.at(-1)).toEqual({
      name: 'shop-dev-quick',
      watches: 'sum of Lost in Shop',
      rings: 'above 1 in one period of 10 s',
      notify: ['chat'],
      severity: 'page',
      dollarsPerMonth: 0.3,
      runbook: 'docs/runbooks/own-alarm.md',
    });
  });

  it('says where to look for more when there is none', async () => {
    expect((await ask(head)).stdout).toContain('npx burnwatch alarms --presets lists what could be had.');
  });

  it('lists the presets with their limits and prices', async () => {
    const { code, stdout } = await ask(head, '--presets');
    const named = stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => /^\w+/.exec(line)?.[0]);
    expect({ code, named }).toEqual({ code: 0, named: presetNames });
    expect(stdout).toMatch(
      /^errorRate .*ticket above 0\.1\/s, page above 0\.5\/s in 3 of 5 periods of 1 min +\$0\.20$/m,
    );
    expect(stdout).toMatch(/^functionDuration, function: … .* above 80 % of its timeout in /m);
    const { presets } = JSON.parse((await ask(head, '--presets', '--json')).stdout);
    expect(presets[0]).toMatchObject({ preset: 'errorRatio', dollarsPerMonth: 0.2, alarms: [{ severity: 'page' }] });
  });

  it('refuses a configuration that is wrong, and options that there are not', async () => {
    const wrong = await ask(`${head}alarms: { a: { preset: latencies, notify: [oncall] } }`);
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('did you mean "latency"?');
    expect((await ask(head, '--preset')).stderr).toContain('did you mean "--presets"?');
  });
});
