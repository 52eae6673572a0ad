import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from '../cli/io.ts';

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly if?: string;
  readonly with?: object;
};
type Job = {
  readonly permissions?: Record<string, string>;
  readonly environment?: string;
  readonly needs?: string;
  readonly steps: readonly Step[];
  readonly 'timeout-minutes'?: number;
};
type Workflow = {
  readonly on: Record<string, unknown>;
  readonly permissions: Record<string, string>;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Record<string, Job>;
};

const folder = '.github/workflows';
const texts = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const names = Object.keys(texts);
const workflow = (name: string): Workflow => parse(texts[name] ?? '');
const jobs = (name: string) => Object.values(workflow(name).jobs);
const steps = (name: string) => jobs(name).flatMap((job) => job.steps);
const commands = (name: string) => steps(name).flatMap(({ run }) => run?.split('\n') ?? []);

describe('the workflows', () => {
  it('are these two', () => {
    expect(names.toSorted()).toEqual(['ci.yml', 'deploy.yml']);
  });

  it.each(names)('%s takes each action from one commit, and says of which version that is', (name) => {
    const used = (texts[name] ?? '').split('\n').filter((line) => /\buses\b/.test(line));
    expect(used.length).toBe(steps(name).filter(({ uses }) => uses).length);
    for (const line of used) expect(line).toMatch(/^ +- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('take the same commit of an action everywhere', () => {
    const used = names.flatMap(steps).flatMap(({ uses }) => uses ?? []);
    expect(new Set(used).size).toBe(new Set(used.map((each) => each.split('@')[0])).size);
  });

  it('have the rights that their work takes, and no more', () => {
    expect(workflow('ci.yml').permissions).toEqual({ contents: 'read' });
    expect(jobs('ci.yml').map(({ permissions }) => permissions)).toEqual([undefined]);
    expect(workflow('deploy.yml').permissions).toEqual({});
    const { check, deploy } = workflow('deploy.yml').jobs;
    expect(check?.permissions).toEqual({ contents: 'read' });
    expect(deploy?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  it('are not started by pull requests with the rights of this repository', () => {
    expect(Object.keys(workflow('ci.yml').on)).toEqual(['push', 'pull_request']);
    expect(Object.keys(workflow('deploy.yml').on)).toEqual(['workflow_dispatch']);
  });

  it.each(names)('%s has no secret, prints none, and lets no expression into a shell', (name) => {
    expect(texts[name]).not.toMatch(/secrets\.|secrets\[|github\.token|GITHUB_TOKEN|toJSON/);
    expect(commands(name).filter((line) => /\$\{\{|\becho\b|\bprintenv\b|\benv\b|set -x|\bcurl\b/.test(line))).toEqual(
      [],
    );
  });

  it.each(names)('%s ends by itself, runs once at a time, and leaves no credentials of git behind', (name) => {
    for (const job of jobs(name)) expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
    expect(workflow(name).concurrency.group).toMatch(/\$\{\{ (github\.ref|inputs\.environment) \}\}$/);
    const checkouts = steps(name).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(jobs(name).length);
    for (const checkout of checkouts) expect(checkout.with).toEqual({ 'persist-credentials': false });
  });
});

describe('the deployment', () => {
  const { check, deploy } = workflow('deploy.yml').jobs;
  const lines = (job: Job | undefined) => job?.steps.map((step) => step.run ?? step.uses?.split('@')[0]);

  it('checks and prices without rights, then asks people, then the budget, and is never cut short', () => {
    expect(lines(check)?.slice(2)).toEqual([
      'npm ci --ignore-scripts',
      'npx burnwatch validate',
      'npx burnwatch cost --stage "$STAGE" --max "$MAX_DOLLARS"',
    ]);
    expect(deploy).toMatchObject({ needs: 'check', environment: '${{ inputs.environment }}' });
    expect(lines(deploy)?.slice(2)).toEqual([
      'npm ci --ignore-scripts',
      'aws-actions/configure-aws-credentials',
      'npx burnwatch gate --slo "$GATE_SLO" --min-budget 10% --stage "$STAGE"',
      'npx serverless deploy --stage "$STAGE"',
      `npx burnwatch locations --stage "$STAGE" --json | jq -r '.locations[1:][].deploy' | bash -e`,
    ]);
    // By this name it ends when a command in a pipe fails.
    expect(deploy?.steps.at(-1)?.shell).toBe('bash');
    expect(workflow('deploy.yml').concurrency['cancel-in-progress']).toBe(false);
  });

  it('takes a role for the while, and no key', () => {
    const taken = deploy?.steps.find(({ uses }) => uses?.includes('configure-aws-credentials'))?.with;
    expect(Object.keys(taken ?? {}).toSorted()).toEqual([
      'aws-region',
      'role-session-name',
      'role-skip-session-tagging',
      'role-to-assume',
    ]);
  });

  it('runs commands that there are, with flags that they take', async () => {
    const ours = commands('deploy.yml').filter((line) => line.startsWith('npx burnwatch '));
    expect(ours).toHaveLength(4);
    for (const [, name = '', rest = ''] of ours.map((line) => /^npx burnwatch (\w+)(.*)$/.exec(line) ?? [])) {
      const { io, written } = createIo();
      expect(await run([name, '--help'], io)).toBe(0);
      expect(written.stdout).toContain(`npx burnwatch ${name}`);
      for (const [flag] of rest.matchAll(/--[\w-]+/g)) expect(written.stdout).toMatch(new RegExp(`^  ${flag} `, 'm'));
    }
  });

  it.each(['dev', 'prod'])('of %s would pass its checks with what is shipped', async (stage) => {
    for (const args of [['validate'], ['cost', '--stage', stage, '--max', '15']]) {
      const { io, written } = createIo({ cwd: process.cwd() });
      expect({ args, code: await run(args, io), said: written.stderr }).toMatchObject({ args, code: 0 });
    }
  });
});
