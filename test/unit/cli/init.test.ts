import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { createIo } from './io.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'burnwatch-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const good = ['--url', 'https://www.example.com/health?a=$5', '--email', 'me@example.com'];
const file = (name = 'monitors.yml') => readFileSync(join(folder, name), 'utf8');
const parse = (text: string) => parseConfig(text, { file: 'm.yml', env: {} });

async function init(argv: string[]) {
  const { io, written } = createIo({ cwd: folder });
  return { code: await run(['init', ...argv], io), ...written };
}

/** Somebody at a terminal, who types an answer whenever there is a question. */
async function talk(answers: string[], argv: string[] = []) {
  const { io, stdin, written } = createIo({ cwd: folder, isInteractive: true, isTerminal: true });
  let asked = 0;
  const stdout = (text: string) => {
    io.stdout(text);
    const questions = written.stdout.match(/(URL|address): /g)?.length ?? 0;
    if (questions > asked) setImmediate(() => stdin.write(answers[asked++] ?? '\u0004'));
  };
  return { code: await run(['init', ...argv], { ...io, stdout }), ...written };
}

describe('burnwatch init with flags', () => {
  it('writes a valid file without a warning, and says what is next', async () => {
    expect(await init(good)).toEqual({
      code: 0,
      stdout: 'Wrote monitors.yml.\nNext: npx burnwatch validate\nThen: npx burnwatch probe\n',
      stderr: '',
    });
    expect(parse(file())).toMatchObject({
      ok: true,
      warnings: [],
      config: {
        service: 'example-com',
        channels: [{ id: 'oncall', to: 'me@example.com' }],
        monitors: [{ id: 'example-com', request: { url: 'https://www.example.com/health?a=$5' } }],
        slos: [{ id: 'example-com-availability', objectivePpm: 999_000 }],
      },
    });
  });

  it('names the schema by a path that leads to it, from any folder', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    await init([...good, '--config', 'a/b/c.yml']);
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(file('a/b/c.yml')) ?? [];
    expect(existsSync(resolve(folder, 'a/b', path))).toBe(true);
  });

  it('says in the file how that very file is checked', async () => {
    await init(good);
    expect(file()).toContain('\n# Check it with: npx burnwatch validate\n');
    await init([...good, '--config', 'mine.yml']);
    expect(file('mine.yml')).toContain('\n# Check it with: npx burnwatch validate --config mine.yml\n');
  });

  it('leaves a file that is there alone, unless it is forced', async () => {
    writeFileSync(join(folder, 'monitors.yml'), 'mine');
    expect(await init(good)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'burnwatch init: monitors.yml is there already: --force writes over it, --config FILE writes another\n',
    });
    expect(file()).toBe('mine');
    expect(await init([...good, '--force'])).toMatchObject({ code: 0 });
    expect(file()).toContain('version: 1');
  });

  it.each([
    [['--url', 'example.com', '--email', 'a@b.co'], '--url must be an http or https URL such as https://example.com/'],
    [
      ['--url', 'https://u:hunter2@example.com', '--email', 'a@b.co'],
      '--url must not contain a user name or password: use auth: { type: basic, … } with ${ssm:/path}',
    ],
    [
      ['--url', 'https://example.com/?token=hunter2', '--email', 'a@b.co'],
      '--url has a query parameter that looks like a secret: write ${ssm:/path} in its place',
    ],
    [
      ['--url', 'https://example.com/', '--email', 'me'],
      '--email must be one e-mail address such as oncall@example.com',
    ],
    [
      ['--url', 'https://example.com/${vars.id}', '--email', 'a@b.co'],
      '--url uses ${vars.…}, which only the steps of a flow have',
    ],
    [[], 'needs --url and --email, because there is no terminal to ask in'],
    [['--url', 'https://example.com/'], 'needs --email, because there is no terminal to ask in'],
    [[...good, '--config', 'no/such/folder.yml'], 'no/such/folder.yml cannot be written: there is no folder no/such'],
  ])('%j is refused and nothing is written', async (argv, message) => {
    expect(await init(argv)).toEqual({ code: 2, stdout: '', stderr: `burnwatch init: ${message}\n` });
    expect(existsSync(join(folder, 'monitors.yml'))).toBe(false);
  });

  it('allows a private address, which is meant when it is named, and nothing else', async () => {
    await init(['--url', 'http://localhost:3000/', '--email', 'a@b.co']);
    expect(file()).toContain('    allowPrivate: true # without it');
    await init(['--url', 'https://example.com/', '--email', 'a@b.co', '--force']);
    expect(file()).not.toContain('allowPrivate');
  });

  it.each([
    'https://example.com/"#x:y',
    "https://example.com/'",
    'http://10.0.0.1:8080/',
    'https://a-very-long-name-of-a-host-that-goes-on-and-on.example.com/',
    'https://bücher.example/',
    'https://${output:Host}/x',
    'https://example.com/?token=${ssm:/t}',
  ])('%s ends in a valid file', async (url) => {
    expect(await init(['--url', url, '--email', 'a@b.co'])).toMatchObject({ code: 0 });
    expect(parse(file())).toMatchObject({ ok: true, warnings: [] });
  });
});

describe('burnwatch init at a terminal', () => {
  it('asks again until an answer is good', async () => {
    const { code, stdout, stderr } = await talk(['nonsense\r', 'https://example.com/\r', 'me\r', 'me@example.com\r']);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'It must be an http or https URL such as https://example.com/.\nIt must be one e-mail address such as oncall@example.com.\n',
    );
    expect(stdout).toContain('Wrote monitors.yml.');
    expect(parse(file())).toMatchObject({ ok: true });
  });

  it('asks only for what is missing', async () => {
    const { code, stdout } = await talk(['me@example.com\r'], ['--url', 'https://example.com/']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('What shall be probed?');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s leaves with 130 and writes nothing', async (_, key) => {
    expect(await talk(['https://example.com/\r', key])).toMatchObject({
      code: 130,
      stderr: '\nNothing was written.\n',
    });
    expect(existsSync(join(folder, 'monitors.yml'))).toBe(false);
  });
});
