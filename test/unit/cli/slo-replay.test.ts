import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../../../infra/cli/command.ts';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from './io.ts';

const config = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  web: { type: http, request: { url: https://a.example/ } }
slos:
  web-week:
    indicator: { monitors: [web] }
    objective: 99.9%
    window: 7d
    alerts:
      - { severity: page, budget: 8%, long: 1h, notify: [oncall] }
      - { severity: page, budget: 12.5%, long: 6h, notify: [oncall] }
      - { severity: ticket, budget: 20.0005%, long: 1d, notify: [oncall] }
`;
const good = { good: 1, bad: 0 };
const bad = { good: 0, bad: 1 };
const outage = [...Array(90).fill(good), ...Array(4).fill(bad), null, null, ...Array(30).fill(good)];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-replay-'));
  writeFileSync(join(folder, 'monitors.yml'), config);
  writeFileSync(join(folder, 'series.json'), JSON.stringify({ slo: 'web-week', minutes: outage }));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function replay(argv: readonly string[], world: Partial<Io> = {}) {
  const { io, written } = createIo({ cwd: folder, ...world });
  return { code: await run(['slo', 'replay', ...argv], io), ...written };
}
const write = (text: string | Uint8Array): void => writeFileSync(join(folder, 'series.json'), text);

describe('burnwatch slo replay', () => {
  it('prints as JSON what fired and resolved when, and what is left', async () => {
    const { code, stdout, stderr } = await replay(['--series', 'series.json', '--json']);
    expect([code, stderr, stdout.split('\n').length]).toEqual([0, '', 2]);
    expect(JSON.parse(stdout)).toEqual({
      transitions: [
        { minute: 93, kind: 'fired', severity: 'page', long: '1h' },
        { minute: 93, kind: 'fired', severity: 'page', long: '6h' },
        { minute: 104, kind: 'resolved', severity: 'page', long: '1h' },
      ],
      budgetLeftRatio: 38 / 63,
    });
  });

  it('tries rules that would be refused otherwise, and warns of them', async () => {
    const rare = config.replace('type: http,', 'type: http, interval: 5m,').replace('long: 1h', 'long: 10m');
    writeFileSync(join(folder, 'monitors.yml'), rare);
    const { code, stdout, stderr } = await replay(['--series', 'series.json', '--plain']);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'must be longer than its short window of 15m, three intervals of the slowest monitor, got 10m',
    );
    expect(stdout).toContain('page 8%/10m');
  });

  it('leaves with --plain the textbook alone, budgets with decimals included', async () => {
    const { code, stdout } = await replay(['--series', 'series.json', '--plain', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      transitions: [
        { minute: 91, kind: 'fired', severity: 'page', long: '1h' },
        { minute: 91, kind: 'fired', severity: 'page', long: '6h' },
        { minute: 91, kind: 'fired', severity: 'ticket', long: '1d' },
        { minute: 99, kind: 'resolved', severity: 'page', long: '1h' },
        { minute: 124, kind: 'resolved', severity: 'page', long: '6h' },
      ],
      budgetLeftRatio: -969 / 31,
    });
  });

  it('shows it to people, with the budget as a chart and a line for each rule', async () => {
    const { code, stdout } = await replay(['--series', 'series.json']);
    expect(code).toBe(0);
    expect(stdout).toBe(`web-week: 99.9% of 7d · 126 minutes, 2 without data · with all that evaluate does

MINUTE  RULE
    93  page 8%/1h     fired
    93  page 12.5%/6h  fired
   104  page 8%/1h     resolved  after 11 min

             100 %  ██████████████████████████████████████████▂
                    ███████████████████████████████████████████
                    ███████████████████████████████████████████▅
                    ████████████████████████████████████████████▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
              50 %  ████████████████████████████████████████████████████████████
                    ████████████████████████████████████████████████████████████
                    ████████████████████████████████████████████████████████████
               0 %  ████████████████████████████████████████████████████████████
minute              1                                                    126 min
page 8%/1h          ···········································██████···········
page 12.5%/6h       ···········································█████████████████
ticket 20.0005%/1d  ····························································
no data             ············································██··············

2 pages and 0 tickets; budget left 60 %
`);
  });

  it('shows no more than sixty changes', async () => {
    const flapping = Array.from({ length: 1_000 }, (_, index) => (index % 10 === 0 ? bad : good));
    write(JSON.stringify({ slo: 'web-week', minutes: flapping }));
    const { stdout } = await replay(['--series', 'series.json', '--plain']);
    expect(stdout).toMatch(/\nand 1\d\d more: --json has them all\n\n/);
    expect(stdout).toMatch(/\n1\d\d pages and 1 ticket; budget left -\d+ %\n$/);
  });

  it.each([40, 80, 200])('keeps to %i columns of a terminal, in colour too', async (columns) => {
    const { stdout } = await replay(['--series', 'series.json'], { isTerminal: true, hasColors: true, columns });
    const lines = stripVTControlCharacters(stdout).split('\n');
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('\u001B[31mfired\u001B[0m');
  });

  it.each<[string, string | Uint8Array, string]>([
    ['no JSON', '{"slo":', 'series.json: is not JSON: Unexpected end of JSON input'],
    ['another SLO', '{"slo":"web-weak","minutes":[null]}', 'no SLO is called "web-weak"; did you mean "web-week"?'],
    [
      'an SLO of no name',
      `{"slo":"${'x'.repeat(999)}","minutes":[null]}`,
      `no SLO is called "${'x'.repeat(79)}…"; there is web-week`,
    ],
    ['no minutes', '{"slo":"web-week","minutes":[]}', 'series.json: minutes: must hold one minute at least'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe), 'series.json: must be UTF-8 text'],
    ['too much of it', `"${'x'.repeat(32 * 1_048_576)}"`, 'series.json: must be at most 32 MiB'],
  ])('refuses a series of %s in one line', async (_, text, message) => {
    write(text);
    const refused = { code: 2, stdout: '', stderr: `burnwatch slo replay: ${message}\n` };
    expect(await replay(['--series', 'series.json', '--json'])).toEqual(refused);
  });

  it.each([
    [['--json'], 'which minutes? --series FILE names them'],
    [['--series', 'none.json'], 'there is no file none.json: check --series FILE'],
    [['--series', '.'], '. is a folder: check --series FILE'],
    [['--series', 'series.json', '--config', 'none.yml'], 'there is no file none.yml: check --config FILE'],
    [['--serie', 'series.json'], 'has no option "--serie"; did you mean "--series"?'],
    [['series.json'], 'does not take "series.json": see --help'],
  ])('%j is bad usage', async (argv, message) => {
    expect(await replay(argv)).toEqual({ code: 2, stdout: '', stderr: `burnwatch slo replay: ${message}\n` });
  });

  it('takes a series through rules that can never fire, of which it warns', async () => {
    writeFileSync(join(folder, 'monitors.yml'), config.replace('99.9%', '50%'));
    const { code, stdout, stderr } = await replay(['--series', 'series.json', '--plain']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing fired; budget left ')]);
    expect(stderr).toMatch(/^warning monitors\.yml:12:27 slos\.web-week\.alerts\[0\]\.budget: can never fire: /);
    expect((await replay(['--series', 'series.json', '--json'])).stderr).toBe('');
  });

  it('says what is wrong with the configuration', async () => {
    writeFileSync(join(folder, 'monitors.yml'), config.replace('12.5%', '12.55555%'));
    const { code, stdout, stderr } = await replay(['--series', 'series.json', '--json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('slos.web-week.alerts[1].budget: must have at most four decimal places');
  });
});

describe('burnwatch slo', () => {
  const call = async (...argv: string[]) => {
    const { io, written } = createIo({ cwd: folder });
    return { code: await run(argv, io), ...written };
  };

  it.each([
    [['slo', 'replay', '--help'], 'npx burnwatch slo replay '],
    [['help', 'slo', 'replay'], 'npx burnwatch slo replay '],
    [['slo', '--help'], 'npx burnwatch slo '],
  ])('%j explains', async (argv, start) => {
    const { code, stdout } = await call(...argv);
    expect([code, stdout.startsWith(start)]).toEqual([0, true]);
  });

  it.each([
    ['repley', 'there is no slo "repley"; did you mean "replay"?'],
    ['constructor', 'there is no slo "constructor": see --help'],
  ])('%s is no verb of it', async (word, message) => {
    expect(await call('slo', word)).toEqual({ code: 2, stdout: '', stderr: `burnwatch slo: ${message}\n` });
  });
});
