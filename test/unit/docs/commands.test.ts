import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from '../cli/io.ts';

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
];
const commands = pages.filter((page) => page.endsWith('.md')).flatMap(commandsOf);
const helps = new Map<string, string>();

/** The commands of `npx burnwatch` in the sh blocks of a page, each without what follows in a pipe. */
function commandsOf(page: string): readonly { readonly page: string; readonly line: string }[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const lines = blocks.flatMap((text) => text.replaceAll(/\\\n\s*/g, '').split('\n'));
  return lines.flatMap((line) => {
    const [, own] = /npx burnwatch ([^|;&>)]+)/.exec(line) ?? [];
    return own === undefined ? [] : [{ page, line: own.replace(/ #.*$/, '').trim() }];
  });
}

/** What `--help` says behind these words: of a command, or of a part of it such as `slo show`. */
async function helpOf(words: readonly string[]): Promise<string> {
  const key = words.join(' ');
  const { io, written } = createIo();
  if (!helps.has(key)) await run([...words, '--help'], io);
  const help = helps.get(key) ?? written.stdout;
  helps.set(key, help);
  return help;
}

describe('the commands in the docs', () => {
  it('are many', () => {
    expect(commands.length).toBeGreaterThan(60);
  });

  it.each(commands)('$page: npx burnwatch $line: is there, with these options', async ({ line }) => {
    const [name = '', ...rest] = line.split(/\s+/);
    const part = rest[0] !== undefined && /^[a-z]+$/.test(rest[0]) ? [rest[0]] : [];
    const help = `${await helpOf([name])}${await helpOf([name, ...part])}`;
    expect(help).toContain(`npx burnwatch ${name}`);
    const options = rest.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? []);
    expect(options.filter((option) => !help.includes(option))).toEqual([]);
  });
});

describe.each(['docs/cost.md', 'docs/permissions.md'])('%s', (page) => {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-docs-'));
  beforeAll(() => {
    for (const name of ['monitors.yml', 'mine.yml']) copyFileSync('monitors.yml', join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(commandsOf(page))('npx burnwatch $line: does it', async ({ line }) => {
    const { io, written } = createIo({ cwd: folder });
    expect({ code: await run(line.split(/\s+/), io), stderr: written.stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^$|^Left out, because/),
    });
    expect(written.stdout).not.toBe('');
  });
});
