import { readFileSync } from 'node:fs';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from './io.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

async function call(...argv: string[]) {
  const { io, written } = createIo();
  return { code: await run(argv, io), ...written };
}

describe('burnwatch', () => {
  it.each([['--help'], ['-h'], ['help']])('%s lists the commands with an example of each, on stdout', async (flag) => {
    const { code, stdout, stderr } = await call(flag);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of ['init', 'validate', 'probe', 'burst', 'heartbeat', 'slo', 'schema'])
      expect(stdout).toContain(`npx burnwatch ${name}`);
  });

  it('without a command says so and how it is used, on stderr', async () => {
    const { code, stdout, stderr } = await call();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^burnwatch: which command\?\n[\s\S]*Usage:/);
  });

  it('--version is that of the package', async () => {
    expect(await call('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['validat', '; did you mean "validate"?'],
    ['intt', '; did you mean "init"?'],
    ['frobnicate', ''],
    ['constructor', ''],
  ])('%s is no command', async (name, hint) => {
    const expected = `burnwatch: there is no command "${name}"${hint}\nnpx burnwatch --help lists what there is.\n`;
    expect(await call(name)).toEqual({ code: 2, stdout: '', stderr: expected });
  });

  it.each([
    ['init', '--help'],
    ['validate', '-h'],
    ['schema', '--help'],
    ['burst', '--help'],
    ['help', 'validate'],
  ])('%s %s explains one command, with examples', async (...argv) => {
    const { code, stdout } = await call(...argv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^npx burnwatch \w+[\s\S]*\nExamples:\n {2}npx burnwatch /);
  });

  it.each([
    [['validate', '--jsn'], 'burnwatch validate: has no option "--jsn"; did you mean "--json"?\n'],
    [['validate', '--wat=1'], 'burnwatch validate: has no option "--wat": see --help\n'],
    [['validate', '-j'], 'burnwatch validate: has no option "-j": see --help\n'],
    [['validate', '--json=yes'], 'burnwatch validate: --json takes no value: see --help\n'],
    [['validate', '--config', '--json'], 'burnwatch validate: --config needs a value: see --help\n'],
    [['validate', '--config'], 'burnwatch validate: --config needs a value: see --help\n'],
    [
      ['slo', '--stage', '../x'],
      'burnwatch slo: --stage must be letters, digits and dashes, such as prod, got "../x"\n',
    ],
    [['alarms', '--stage', ''], 'burnwatch alarms: --stage must be letters, digits and dashes, such as prod, got ""\n'],
    [
      ['gate', '--slo', 'x', '--min-budget', '1%', '--stage', 'prod', '--region', 'a b'],
      'burnwatch gate: --region must be a region of AWS, such as eu-west-1, got "a b"\n',
    ],
    [['validate', 'monitors.yml'], 'burnwatch validate: does not take "monitors.yml": see --help\n'],
    [['schema', 'x'], 'burnwatch schema: does not take "x": see --help\n'],
  ])('%j is bad usage', async (argv, stderr) => {
    expect(await call(...argv)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('prints the schema that is committed', async () => {
    const { stdout } = await call('schema');
    const committed = readFileSync(new URL('../../../shared/config/monitors.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(committed));
  });
});
