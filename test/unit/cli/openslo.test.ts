import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { run } from '../../../infra/cli/main.ts';
import { changed, good, spec } from '../openslo/sample.ts';
import { createIo } from './io.ts';

const monitors = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  web: { type: http, request: { url: https://a.example/ } }
slos:
  web-works: { indicator: { monitors: [web] }, objective: 99.9%, window: 30d, notify: [oncall] }
`;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-openslo-'));
  writeFileSync(join(folder, 'monitors.yml'), monitors);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function call(...argv: string[]) {
  const { io, written } = createIo({ cwd: folder });
  return { code: await run(argv, io), ...written };
}
const write = (text: string | Uint8Array) => writeFileSync(join(folder, 'slos.yaml'), text);

describe('burnwatch export openslo', () => {
  it('prints documents, or one array', async () => {
    const { code, stdout, stderr } = await call('export', 'openslo');
    expect([code, stderr]).toEqual([0, '']);
    const documents = stdout.split('---\n').map((text) => parseYaml(text));
    expect(documents.map(({ kind }) => kind)).toEqual([
      'Service',
      'DataSource',
      'AlertNotificationTarget',
      ...Array(4).fill('AlertPolicy'),
      'SLO',
    ]);
    const json = await call('export', 'openslo', '--json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([0, documents]);
  });

  it('is taken over again by import', async () => {
    write((await call('export', 'openslo')).stdout);
    const { code, stdout, stderr } = await call('import', 'openslo', 'slos.yaml');
    expect([code, stderr]).toEqual([0, '1 SLO carried over\n']);
    writeFileSync(join(folder, 'monitors.yml'), monitors.replace(/slos:.*/s, stdout));
    expect((await call('validate')).code).toBe(0);
  });

  it.each([
    [['export'], 'burnwatch export: from or to which format? There is '],
    [['export', 'openslow'], 'burnwatch export: there is no export "openslow"; did you mean "openslo"?'],
    [['import', 'sloth'], 'burnwatch import: there is no import "sloth": see --help'],
    [
      ['export', 'openslo', '--config', 'no.yml'],
      'burnwatch export openslo: there is no file no.yml: check --config FILE',
    ],
  ])('%j says what is wrong', async (argv, message) => {
    expect(await call(...argv)).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('burnwatch import openslo', () => {
  it('tells what could not be carried over, and answers 1 where an SLO was left out', async () => {
    const prometheus = { counter: true, good: { metricSource: { type: 'Prometheus', spec: { query: 'up' } } } };
    const ratio = { ...prometheus, total: prometheus.good };
    const other = changed(spec('indicator', 'spec', 'ratioMetric'), ratio).replace('name: checkout\n', 'name: other\n');
    write(`${good}---\n${other}`);
    const { code, stdout, stderr } = await call('import', 'openslo', 'slos.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('\n  checkout:\n');
    expect(stdout).not.toContain('other');
    expect(stderr).toBe(
      'note SLO other spec.indicator.spec: nothing here reads "Prometheus": the SLO is left out (or name what probes it with --monitors)\n' +
        '1 SLO carried over, left out: other\n',
    );
    const named = await call('import', 'openslo', 'slos.yaml', '--monitors', 'web');
    expect([named.code, named.stdout.includes('other:')]).toEqual([0, true]);
  });

  it('makes nothing of a file that is wrong, and moves no terminal', async () => {
    write(good.replace('service: shop', 'service: 5').replace('kind: SLO', 'kind: SLO\nx: "\\u001B[2J"'));
    const { code, stdout, stderr } = await call('import', 'openslo', 'slos.yaml');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe('error slos.yaml:7:12 SLO checkout spec.service must be a text\n');
  });

  it.each<[string, string | Uint8Array | undefined, readonly string[], string]>([
    ['no file', undefined, ['slos.yaml'], 'there is no file slos.yaml'],
    ['a folder', undefined, ['.'], '. is a folder'],
    ['none named', good, [], 'which file? import openslo FILE names one'],
    ['bytes that are no text', Uint8Array.of(0xff), ['slos.yaml'], 'slos.yaml must be UTF-8 text'],
    [
      'odd monitors',
      good,
      ['slos.yaml', '--monitors', 'a b'],
      '--monitors takes names with commas between them, got "a b"',
    ],
  ])('refuses %s in one line', async (_, text, argv, message) => {
    if (text !== undefined) write(text);
    const refused = { code: 2, stdout: '', stderr: `burnwatch import openslo: ${message}\n` };
    expect(await call('import', 'openslo', ...argv)).toEqual(refused);
  });
});
