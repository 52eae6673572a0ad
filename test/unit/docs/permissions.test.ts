import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { run } from '../../../infra/cli/main.ts';
import { addedTo, type Grant } from '../../../infra/permissions/grants.ts';
import { reasonKey, reasons } from '../../../infra/permissions/reasons.ts';
import { renderGrants } from '../../../infra/permissions/render.ts';
import { createIo } from '../cli/io.ts';

/** What may be written into monitors.yml, or given as `--param`, beside what is shipped. */
type Feature = {
  readonly title: string;
  readonly yaml?: string;
  readonly params?: readonly string[];
  readonly region?: string;
};
const slo = 'objective: 99%, window: 30d, notify: [oncall]';
const features: readonly Feature[] = [
  {
    title: 'A secret in a request',
    yaml: `monitors: { shortener-health: { request: { headers: { x-key: "\${ssm:/shop/key}" } } } }`,
  },
  {
    title: 'A secret in a burst',
    yaml: `bursts: { redirects: { request: { headers: { x-key: "\${ssm:/shop/key}" } } } }`,
  },
  { title: 'A heartbeat', yaml: 'monitors: { nightly: { type: heartbeat, period: 1d, grace: 1h } }' },
  { title: 'Links that acknowledge', yaml: 'acknowledge: link' },
  {
    title: 'A channel that is no e-mail address',
    yaml: `channels: { chat: { type: slack, url: "\${ssm:/shop/slack}" } }`,
  },
  { title: 'An SLO over bursts', yaml: `slos: { load: { indicator: { bursts: [redirects] }, ${slo} } }` },
  {
    title: 'An SLO over metrics of others',
    yaml: `slos: { api: { indicator: { cloudwatch: { namespace: AWS/ApiGateway, bad: 5xx, total: Count } }, ${slo} } }`,
  },
  {
    title: 'A burst that requires a budget',
    yaml: 'bursts: { redirects: { requireBudget: { left: 50%, slos: [shortener-availability] } } }',
  },
  { title: 'Metrics for Prometheus', params: ['metrics=on'] },
  {
    title: 'Probes and bursts from a VPC',
    params: ['vpcSubnets=subnet-0123456789abcdef0', 'vpcSecurityGroups=sg-0123456789abcdef0'],
  },
  {
    title: 'Encryption with a key of your own',
    params: ['encryption=arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  },
];

/** Another stack than that of all the rest. */
const elsewhere: Feature = {
  title: 'A location that is not home',
  yaml: [
    'locations: { home: us-east-1, also: [eu-west-1] }',
    'monitors: { shortener-health: { request: { headers: { x-key: "${ssm:/shop/key}" } } } }',
  ].join('\n'),
  region: 'eu-west-1',
};

const path = 'docs/permissions.md';
const shipped = parse(readFileSync('monitors.yml', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'burnwatch-permissions-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Into objects by key; all else takes the place of what was there. */
function merge(into: unknown, added: unknown): unknown {
  if (!isObject(into) || !isObject(added)) return added;
  const keys = Object.keys(added).map((key) => [key, merge(into[key], added[key])]);
  return { ...into, ...Object.fromEntries(keys) };
}
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the command says of the shipped file with some features. */
async function ask(...chosen: readonly Feature[]): Promise<readonly Grant[]> {
  const config = chosen.reduce<unknown>((whole, { yaml }) => (yaml ? merge(whole, parse(yaml)) : whole), shipped);
  const file = join(folder, 'monitors.yml');
  writeFileSync(file, stringify(config));
  const params = chosen.flatMap((feature) => feature.params ?? []).flatMap((param) => ['--param', param]);
  const { io, written } = createIo();
  const regions = chosen.flatMap(({ region }) => (region === undefined ? [] : ['--region', region]));
  const code = await run(['permissions', '--config', file, '--stage', 'prod', '--json', ...params, ...regions], io);
  expect({ code, stderr: written.stderr.replaceAll(/^warning .*\n/gm, '') }).toMatchObject({ code: 0 });
  return JSON.parse(written.stdout).grants;
}

/** The part of the page between `<!-- name -->` and `<!-- /name -->`. */
function between(page: string, name: string): RegExp {
  expect(page).toContain(`<!-- ${name} -->`);
  return new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
}

async function featureText(feature: Feature, base: readonly Grant[]): Promise<string> {
  const asked = feature.yaml
    ? `\`\`\`yaml\n${feature.yaml}\n\`\`\``
    : (feature.params ?? []).map((param) => `\`--param ${param}\``).join(' ');
  const where = feature.region === undefined ? '' : `\`--region ${feature.region}\`\n\n`;
  return `### ${feature.title}\n\n${asked}\n\n${where}${renderGrants(addedTo(base, await ask(feature)))}\n`;
}

describe('docs/permissions.md', () => {
  /** `UPDATE_GOLDEN=1` writes the tables anew; the diff is to be read. */
  it('says what each role may do, and what each feature adds', async () => {
    const page = readFileSync(path, 'utf8');
    const base = await ask();
    const texts: string[] = [];
    for (const feature of [...features, elsewhere]) texts.push(await featureText(feature, base));
    const fresh = page
      .replace(between(page, 'shipped'), () => `${renderGrants(base)}\n`)
      .replace(between(page, 'features'), () => texts.join('\n'));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, fresh);
    expect(page).toBe(fresh);
  });

  it('gives a reason for every statement that there can be, and for no other', async () => {
    const secrets = features.flatMap(({ yaml = '' }) => (yaml.includes('requireBudget') ? [] : [yaml]));
    const required = { yaml: 'bursts: { redirects: { requireBudget: { left: 50%, slos: [load, api] } } }' };
    const all = await ask(...features.filter(({ yaml = '' }) => !yaml || secrets.includes(yaml)), {
      title: 'everything',
      ...required,
    });
    expect(all.length).toBeGreaterThan(50);
    expect([...all, ...(await ask(elsewhere))].filter(({ why }) => why === '')).toEqual([]);
    const used = new Set(all.map(({ why }) => why));
    const written = Object.values(reasons).flatMap((each) => Object.values(each));
    expect(written.filter((why) => !used.has(why))).toEqual([]);
  });

  it('has nothing on all resources but what AWS knows on none, and never all actions of a service', async () => {
    const all = await ask(...features);
    const wide = all.filter(({ effect, resources }) => effect === 'Allow' && resources.includes('*'));
    expect(new Set(wide.flatMap(({ actions }) => actions.map((action) => action.split(':')[0])))).toEqual(
      new Set(['cloudwatch', 'ec2']),
    );
    expect(all.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    expect(all.flatMap(({ resources }) => resources).filter((resource) => /.\*|\*./.test(resource))).toEqual([]);
  });

  it('has the whole name of every resource', async () => {
    const all = [...(await ask(...features)), ...(await ask(elsewhere))];
    const names = new Set(all.flatMap(({ resources }) => resources));
    const whole = /^(\*|(table|topic|queue|log group|function|key) \S+|(table|parameter) \S+( of us-east-1)?)$/;
    expect([...names].filter((name) => !whole.test(name))).toEqual([]);
  });
});

describe('burnwatch permissions', () => {
  it('prints a line for each statement, and only what is more than another file has', async () => {
    const { io, written } = createIo();
    expect(await run(['permissions'], io)).toBe(0);
    expect(written.stdout).toMatch(
      /^probe +dynamodb: GetItem PutItem +table shortener-dev-ledger +partitions tick#\* +writes the tick/m,
    );
    const same = createIo();
    expect(await run(['permissions', '--than', 'monitors.yml', '--json'], same.io)).toBe(0);
    expect(JSON.parse(same.written.stdout)).toEqual({ service: 'shortener', grants: [] });
  });

  it('ends with 2 where a file is not there', async () => {
    const { io } = createIo();
    expect(await run(['permissions', '--than', 'nowhere.yml'], io)).toBe(2);
  });
});

it('its reasons are found by what a statement does', () => {
  const grant = { role: 'probe', effect: 'Allow' as const, actions: ['dynamodb:GetItem', 'dynamodb:PutItem'] };
  expect(reasonKey({ ...grant, resources: ['table t'], condition: 'partitions tick#*' })).toBe(
    'GetItem+PutItem tick#*',
  );
  expect(reasonKey({ ...grant, resources: ['table t'] })).toBe('GetItem+PutItem dynamodb');
});
