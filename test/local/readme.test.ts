import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseConfig } from '../../shared/config/parse/index.ts';
import { endAll, isUp, type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';
import { operateCommands } from './operate-commands.ts';

const run = promisify(execFile);
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const hasAwsCli = spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

/** What each command must answer with, and what must be in its output. */
type Expectation = { readonly codes: readonly number[]; readonly output: RegExp };
const runs: Readonly<Record<string, Expectation>> = {
  'npx burnwatch init --url https://example.com/ --email you@example.com --config mine.yml': {
    codes: [0],
    output: /mine\.yml/,
  },
  'npx burnwatch validate --config mine.yml': { codes: [0], output: /1 monitor, 1 SLO, 1 channel/ },
  // There may be no network here: then it fails and says why.
  'npx burnwatch probe --config mine.yml': { codes: [0, 1], output: /failed|passed|unknown/ },
  'npx burnwatch probe shortener-health': { codes: [0], output: /shortener-health/ },
  'npx burnwatch probe shortener-health --json': {
    codes: [0],
    output: /^\{"monitor":"shortener-health","outcome":"(passed|degraded)"/m,
  },
  'npx burnwatch burst redirects': { codes: [0, 1], output: /2,500 requests · 0 failures/ },
  "npx burnwatch burst --url http://127.0.0.1:4001/demo --rate 200 --for 5s --threshold 'p99 < 300ms'": {
    codes: [0, 1],
    output: /1,000 requests · 0 failures/,
  },
  'npx burnwatch burst --url http://127.0.0.1:4001/demo --concurrency 10 --requests 1000': {
    codes: [0],
    output: /1,000 requests · 0 failures/,
  },
  'npx burnwatch burst --url http://127.0.0.1:4001/demo --concurrency 50 --for 5s --json': {
    codes: [0],
    output: /^\{"burst":"http:\/\/127\.0\.0\.1:\d+\/demo","model":"closed".*"failures":0/m,
  },
  "npx burnwatch burst --url http://127.0.0.1:4001/demo --breaking-point --from 500 --to 4000 --hold 1s --threshold 'p99 < 300ms' --report burst.html":
    { codes: [0, 1], output: /sustains|not even the lowest rate could be sent/ },
  'npx burnwatch slo': { codes: [0], output: /shortener-availability/ },
  'npx burnwatch slo show shortener-availability': { codes: [0], output: /shortener-availability/ },
  'npx burnwatch slo preview shortener-availability': { codes: [0], output: /100 ?%/ },
  'npx burnwatch slo simulate --slo shortener-availability --outage 10m': { codes: [0], output: /page/i },
  // A young history may not tell yet.
  'npx burnwatch gate --slo shortener-availability --min-budget 10%': {
    codes: [0, 2],
    output: /shortener-availability/,
  },
  'npx burnwatch logs slowest-routes': { codes: [0], output: /\/health\/readiness/ },
  'npx burnwatch drill --list': { codes: [0], output: /outage: every request is answered with 503/ },
  'npx burnwatch dashboards': { codes: [0], output: /\* {2}overview .*free .*Are we up/ },
  'npx burnwatch cost': { codes: [0], output: /ProbeLatency +1 +custom metrics +\$0\.30 +\$0\.30/ },
  'npx burnwatch cost --config mine.yml --param shortener=off --max 15': { codes: [0], output: /the monitoring +\$\d/ },
  'npx burnwatch permissions': { codes: [0], output: /probe +dynamodb: GetItem PutItem +table shortener-dev-ledger/ },
  'npx burnwatch status': { codes: [0, 1], output: /shortener-health +\w+[\s\S]*SLO/ },
  'npx burnwatch doctor': { codes: [0, 1], output: /secrets +fine[\s\S]*11 checks/ },
  'npx burnwatch incidents': { codes: [0], output: /Nothing is wrong|firing|resolved/i },
  'npx serverless package': { codes: [0], output: /packaged/i },
  'npx serverless package --param shortener=off --param config=mine.yml': { codes: [0], output: /packaged/i },
  [`npx serverless invoke local -f probe -d '{"monitors":["shortener-health"]}'`]: {
    codes: [0],
    output: /"outcome": "(passed|degraded)"/,
  },
  [`npx serverless invoke local -f probe -d '{"monitors":["shortener-health"]}' -e OUTPUT_ShortenerUrl=https://sho.rt`]:
    {
      codes: [0],
      output: /"outcome": "(failed|unknown)"/,
    },
  [`npx serverless invoke local -f burst -d '{"burst":"redirects"}'`]: { codes: [0], output: /"requests": 2500/ },
  [`AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:4566 npx serverless invoke -f probe -d '{"monitors":["shortener-health"]}'`]:
    { codes: [0], output: /"outcome": "(passed|degraded)"/ },
  'AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --region us-east-1 --endpoint-url http://127.0.0.1:4566 cloudwatch list-metrics --namespace Burnwatch':
    {
      codes: [0],
      output: /ProbeLatency/,
    },
  'AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --region us-east-1 --endpoint-url http://127.0.0.1:4566 sns list-topics':
    { codes: [0], output: /-alerts/ },
};

/** Why a command of the README is not run by this test. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci && npm start':
    'it is how the continuous integration and this test begin: npm ci, then local mode on free ports',
  'npm start -- --interval 10s': 'run here with free ports',
  'npm ci && npm test': 'it is what runs this test',
  'export ALERT_EMAIL=you@example.com': 'it is for the next one',
  'npx serverless deploy --stage prod': 'it needs an AWS account; test/deploy runs the same against an emulator',
  [`npx serverless invoke -f probe -d '{"monitors":["shortener-health"]}' --stage prod`]:
    'it needs an AWS account; the same is run against local mode',
  [`npx serverless invoke -f burst -d '{"burst":"redirects"}' --stage prod`]:
    'it needs an AWS account; the same is run against local mode',
  'npx serverless invoke -f evaluate --stage prod': 'it needs an AWS account; the same is run against local mode',
  'npx burnwatch traffic --rate 20/s --for 10m':
    'it takes ten minutes; named-drills.test.ts sends it for as long as it needs',
  'npx burnwatch drill database-down --for 10m':
    'it would break what the other commands ask; named-drills.test.ts runs every drill',
  'npx burnwatch drill --stage prod': 'it needs an AWS account; drill.test.ts runs the same against local mode',
};

const blocks = [...readme.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'));

const folder = temporaryFolder();
const clone = join(folder.path, 'burnwatch');
let local: Running | undefined;

beforeAll(async () => {
  copyRepository();
  local = await startLocalMode(join(clone, '.burnwatch'), '--interval', '10s');
  await local.until(isUp, 20_000);
}, 60_000);

afterAll(async () => {
  await endAll(local);
  folder.remove();
}, 20_000);

describe('the README', () => {
  it('names no command that is neither run by a test nor listed with a reason', () => {
    expect(commands.filter((command) => runs[command] === undefined && notRun[command] === undefined)).toEqual([]);
  });

  it('still names every command that is listed', () => {
    expect([...Object.keys(runs), ...Object.keys(notRun)].filter((command) => !commands.includes(command))).toEqual([]);
  });

  it.each(blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text))(
    'has a monitors.yml that is valid:\n%s',
    (text) => {
      const parsed = parseConfig(text, { file: 'README.md', env: {} });
      expect(parsed).toMatchObject({ ok: true, warnings: [] });
    },
  );

  it('links to nothing that is not there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('says where things are that are there', () => {
    expect(readme).toContain('http://127.0.0.1:4000');
    expect(
      readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && !readme.includes(`docs/${name}`)),
    ).toEqual([]);
  });
});

if (!hasAwsCli) console.warn('The commands of the AWS CLI are not run: there is no `aws` on the PATH.');

describe('the commands of the README, in a copy of the repository', () => {
  for (const command of commands.filter((each) => runs[each] !== undefined)) {
    const { codes, output } = runs[command] as Expectation;
    const test = command.includes(' aws ') && !hasAwsCli ? it.skip : it;
    test(command, async () => {
      const answer = await shell(
        command
          .replace('http://127.0.0.1:4566', local?.aws ?? '')
          .replace('http://127.0.0.1:4001', local?.shortener ?? ''),
      );
      expect(answer.output).toMatch(output);
      expect(codes).toContain(answer.code);
    }, 90_000);
  }
});

describe('the commands of docs/operate.md', () => {
  const refused = /An error occurred \((UnknownOperation|ResourceNotFound|TableNotFound)Exception\)/;
  for (const [command, tried] of Object.entries(operateCommands)) {
    if (tried !== 'sent by the CLI' && 'elsewhere' in tried) continue;
    const test = command.includes('aws ') && !hasAwsCli ? it.skip : it;
    test(command, async () => {
      const access = { AWS_ENDPOINT_URL: local?.aws, AWS_DEFAULT_REGION: 'us-east-1' };
      const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
      const isSent = tried === 'sent by the CLI';
      const { code, output } = isSent
        ? { code: [254, 255], output: refused }
        : { code: [tried.code], output: tried.output };
      const names = isSent ? 'nowhere-' : 'shortener-local-';
      const answer = await shell(command.replaceAll('shortener-prod-', names), { ...access, ...keys });
      expect(answer.output).toMatch(output);
      expect(code).toContain(answer.code);
    }, 90_000);
  }
});

async function shell(
  command: string,
  more: Readonly<Record<string, string | undefined>> = {},
): Promise<{ code: number; output: string }> {
  const env = {
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
    HOME: process.env['HOME'],
    ...more,
  };
  try {
    const { stdout, stderr } = await run('/bin/sh', ['-c', command], { cwd: clone, env, timeout: 80_000 });
    return { code: 0, output: `${stdout}${stderr}` };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: `${stdout}${stderr}` };
  }
}

/** What git would clone, with what is not committed yet, beside the packages that are installed here. */
function copyRepository(): void {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.split('\n').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    copyFileSync(join(root, file), join(clone, file));
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
}
