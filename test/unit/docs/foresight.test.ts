import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from '../cli/io.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/error-budgets.md'), 'utf8');

async function call(command: string) {
  const { io, written } = createIo({ cwd: root });
  return { code: await run(command.replace('npx burnwatch ', '').split(' '), io), ...written };
}

describe('the page about error budgets', () => {
  const shown = [...page.matchAll(/```sh\n(npx burnwatch slo .*)\n```\n\n```text\n([\s\S]*?)```/g)];

  it('shows two commands with what they print', () => {
    expect(shown.map(([, command = '']) => command.split(' ')[3])).toEqual(['preview', 'simulate']);
  });

  it.each(shown.map(([, command = '', printed = '']) => [command, printed] as const))(
    '%s',
    async (command, printed) => {
      expect(await call(command)).toMatchObject({ code: 0, stdout: printed });
    },
  );

  it('shows a series that can be replayed', async () => {
    const [, series = ''] = /```json\n(.*)\n```/.exec(page) ?? [];
    const [, command = ''] = /```sh\n(npx burnwatch slo replay .*)\n```/.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'burnwatch-series-'));
    try {
      writeFileSync(join(folder, 'series.json'), series);
      const { code, stdout } = await call(command.replace('series.json', join(folder, 'series.json')));
      expect([code, JSON.parse(stdout)]).toEqual([0, { transitions: [], budgetLeftRatio: 1 - 1 / 43.2 }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
