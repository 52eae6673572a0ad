import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { problems } from '../../functions/shortener/problem.ts';
import { type ShortenerServer, startShortener } from '../support/shortener-server.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/shortener.md'), 'utf8');
/** The commands, each with the answer that stands below it. */
const examples = [...guide.matchAll(/```sh\n([^`]+)```\n(?:\n```\n([^`]+)```)?/g)].map(
  ([, command = '', answer = '']) => ({
    command,
    answer,
  }),
);
const run = promisify(execFile);
let server: ShortenerServer;

beforeAll(async () => {
  server = await startShortener({ writes: 'token' });
});
afterAll(() => server.close());

describe("The shortener's guide", () => {
  it('has commands, in the order in which they are run here', () => {
    expect(examples.filter(({ command }) => command.includes('curl')).length).toBeGreaterThanOrEqual(5);
  });

  it.each(examples.filter(({ command }) => command.includes('curl')))(
    'prints what $command answers',
    async ({ command, answer }) => {
      const env = { ...process.env, APP: server.origin, TOKEN: server.token };
      const { stdout } = await run('bash', ['-ec', command], { env, timeout: 20_000 });
      const printed = plain(stdout.replaceAll(server.origin, 'http://127.0.0.1:4001'));
      for (const line of plain(answer).split('\n')) expect(printed).toContain(line);
      expect(printed).not.toMatch(/HTTP\/1.1 5\d\d|problem:(?:unauthorized|unknown|invalid-json|internal)/);
    },
  );

  it('lists every problem with its status', () => {
    for (const [name, { status }] of Object.entries(problems)) expect(guide).toContain(`| \`${name}\` | ${status} |`);
  });
});

/** Without what differs from day to day. */
function plain(text: string): string {
  return text.replaceAll('\r', '').replaceAll(/"\d{4}-\d\d-\d\d(T[\d:.]+Z)?"/g, '"(a time)"');
}
