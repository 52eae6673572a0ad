import { readFileSync } from 'node:fs';
import { run } from '../../../infra/cli/main.ts';
import { commands } from '../../deploy/commands.ts';
import { createIo } from '../cli/io.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const page = read('docs/deploy.md');

/** Those of its blocks, and those in its text and its table that begin a cell or stand alone. */
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) => text.trim().split('\n'));
const spans = [...page.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`((?:npx serverless|aws) [^`]+)`/g)].map(
  ([, text = '']) => text,
);
const named = [...new Set([...blocks, ...spans])];

describe('the commands of docs/deploy.md', () => {
  it('are each tried by a test, or say why not', () => {
    expect(named.filter((command) => commands[command] === undefined)).toEqual([]);
  });

  it('are all that is listed, but those of docs/operate.md that a story runs on the way', () => {
    const listed = Object.keys(commands).filter((command) => !named.includes(command));
    expect(listed.filter((command) => !read('docs/operate.md').includes(command))).toEqual([]);
  });

  it('that are tried elsewhere are there', () => {
    for (const [command, how] of Object.entries(commands)) {
      if ('like' in how) expect(commands[how.like]).toHaveProperty('by');
      if ('file' in how) expect([command, isIn(how.file, command)]).toEqual([command, true]);
    }
  });
});

describe('the price in docs/deploy.md', () => {
  it('is that of the shipped configuration', async () => {
    const { io, written } = createIo({ cwd: process.cwd() });
    expect(await run(['cost', '--json'], io)).toBe(0);
    const { ours, target } = JSON.parse(written.stdout) as Readonly<Record<'ours' | 'target', Price>>;
    const text = page.replaceAll(/\s+/g, ' ');
    expect(text).toContain(`the monitoring costs $${ours.list.toFixed(2)} a month at list price`);
    expect(text).toContain(`for what the monitoring asks of it, $${target.list.toFixed(2)}`);
    expect(text).toContain(`with the free tier both together $${(ours.withFree + target.withFree).toFixed(2)}`);
  });
});

type Price = { readonly list: number; readonly withFree: number };

/** A test may name another stage, and writes a command in pieces. */
const isIn = (file: string, command: string): boolean => {
  const text = read(file);
  return command
    .replace(/ --stage prod/, '')
    .split(' ')
    .every((word) => text.includes(word));
};
