import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What a run of `serverless` said, and how it ended. */
export type Run = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type PackagedTemplate = {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly [key: string]: unknown }>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
};

/** A copy of the project in a temporary folder, with everything that `serverless package` reads. */
export function copyProject(): string {
  const root = mkdtempSync(join(tmpdir(), 'burnwatch-package-'));
  for (const name of ['functions', 'shared', 'infra', 'serverless.yml', 'monitors.yml', 'package.json'])
    cpSync(name, join(root, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  return root;
}

export function removeProject(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/** Runs `serverless` there, without credentials of any kind: no variables, no profile, no metadata service. */
export function serverless(root: string, args: readonly string[], extra: Record<string, string> = {}): Promise<Run> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
  const program = [join('node_modules', 'serverless', 'bin', 'serverless.js'), ...args];
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, program, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (chunk: Buffer) => {
        said[stream] += chunk.toString();
      });
    child.on('error', failed);
    child.on('close', (code) => done({ code, ...said }));
  });
}

/** The template that was packaged, with the one part that a clock decides taken out. */
export function readTemplate(root: string): PackagedTemplate {
  const text = readFileSync(templatePath(root), 'utf8');
  return JSON.parse(text.replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DEPLOYED'));
}

export function templatePath(root: string): string {
  return join(root, '.serverless', 'cloudformation-template-update-stack.json');
}
