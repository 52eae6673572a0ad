import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../infra/cli/burnwatch.js', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The real thing in a process of its own. `whenReading` is given its standard output as it comes. */
function start(args: string[], node: string[] = [], whenReading?: (child: ReturnType<typeof spawn>) => void) {
  const child = spawn(process.execPath, [...node, bin, ...args], { cwd: root, env: {}, timeout: 20_000 });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    written.stdout += chunk;
    whenReading?.(child);
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
}

describe('the process', () => {
  it('validates the shipped file without anything in its environment', async () => {
    const { code, stdout, stderr } = await start(['validate']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^valid monitors\.yml/);
  });

  it('has no colours where there is no terminal, and answers 2 for what is wrong', async () => {
    const { code, stderr } = await start(['validate', '--config', 'test/fixtures/wrong/version.yml']);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'error test/fixtures/wrong/version.yml:1:1 version: must be the number 1, got 2',
    ]);
  });

  it('says which Node it needs to one that is older', async () => {
    const older = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.20.2' })";
    const { code, stdout, stderr } = await start(['--version'], ['--import', older]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^Burnwatch needs Node 24 or later, this is v\S+: run it as npx burnwatch in its folder\.\n$/,
    );
  });

  it('ends quietly when its reader goes away', async () => {
    const { code, stderr } = await start(['schema'], [], (child) => child.stdout?.destroy());
    expect([code, stderr]).toEqual([0, '']);
  });
});
