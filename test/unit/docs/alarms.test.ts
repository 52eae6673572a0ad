import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { priceOf } from '../../../infra/template/alarm-price.ts';
import { functionTimeouts } from '../../../shared/config/parse/alarm-presets.ts';
import { presetAlarms } from '../../../shared/config/parse/alarms.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { createIo } from '../cli/io.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/alarms.md');
const priceText = (cents: number): string => `$${(cents / 100).toFixed(2)}`;
const centsOf = (preset: string): number =>
  presetAlarms()
    .filter((each) => each.preset === preset)
    .flatMap(({ alarms }) => alarms)
    .reduce((sum, alarm) => sum + Math.round(priceOf(alarm) * 100), 0);

describe('the page about alarms', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| \[[\w ]+\]\((runbooks\/[\w-]+\.md)\) \| (\$\d+\.\d\d) \|$/gm)];

  it('shows a configuration that is valid and warned of by nobody', () => {
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    expect(parseConfig(yaml, { file: 'docs/alarms.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('is what the shipped file shows, once the signs of its comment are gone', () => {
    const shipped = read('monitors.yml');
    const [block = ''] = /^# alarms:\n(?:# {3}.*\n)+/m.exec(shipped) ?? [];
    const text = shipped.replace(block, block.replaceAll(/^# /gm, ''));
    const answer = parseConfig(text, { file: 'monitors.yml', env: {} });
    expect(answer).toMatchObject({ ok: true, warnings: [] });
    expect(answer.ok && answer.config.alarms?.map(({ id }) => id)).toEqual([
      'api-errors-ticket',
      'api-errors-page',
      'shortener-slow',
    ]);
  });

  it('lists every preset with its runbook and its price', () => {
    expect(rows.map(([, preset, runbook, price]) => [preset, `docs/${runbook}`, price])).toEqual(
      presetAlarms().map(({ preset, alarms }) => [preset, alarms[0]?.runbook, priceText(centsOf(preset))]),
    );
  });

  it('adds up', () => {
    const all = presetAlarms().reduce((sum, { preset }) => sum + centsOf(preset), 0);
    expect(page).toContain(`All presets, each once, are ${priceText(all)} a month`);
    const one = { watches: { kind: 'rate', namespace: 'a', name: 'b', dimensions: {} }, periodMs: 60_000 } as const;
    expect(page).toContain(`is ${priceText(priceOf(one) * 100)} a month for each metric`);
    expect(page).toContain(
      `${priceText(priceOf({ ...one, periodMs: 10_000 }) * 100)} each with periods below a\nminute`,
    );
  });

  it('names the functions that a preset may watch', () => {
    for (const name of Object.keys(functionTimeouts)) expect(page).toContain(`\`${name}\``);
  });
});

describe('runbooks', () => {
  const names = readdirSync(join(root, 'docs/runbooks'));
  const commands = names.flatMap((name) =>
    [...read(`docs/runbooks/${name}`).matchAll(/(?:^|`)(npx (?:burnwatch|serverless)[^`\n]*)/gm)].map(
      ([, command = '']) => ({
        name,
        command,
      }),
    ),
  );

  it.each(names)('%s is short, and says what is hurt, what to run first, and what to ask the log', (name) => {
    const text = read(`docs/runbooks/${name}`);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(text).toMatch(/^# Runbook: /);
    expect(text).toContain('**Hurt:**');
    expect(text).toMatch(/\n## First/);
    expect(text).toMatch(/^ *(filter|fields) /m);
    expect(text).toMatch(/(npx (burnwatch|serverless)|^aws) /m);
  });

  it.each(names)('%s links to pages that are there', (name) => {
    const links = [...read(`docs/runbooks/${name}`).matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !names.includes(link))).toEqual([]);
  });

  it.each(commands)('$name: $command is a command with options that it has', async ({ command }) => {
    const [, tool, ...words] = command.replaceAll(/'[^']*'/g, 'X').split(/\s+/);
    if (tool === 'serverless') {
      expect(['logs', 'invoke', 'info', 'deploy', 'rollback']).toContain(words[0]);
      const named = words[words.indexOf('-f') + 1];
      if (words.includes('-f')) expect(Object.keys(functionTimeouts)).toContain(named);
      return;
    }
    const { io, written } = createIo();
    const verbs = words.slice(0, words.findIndex((word) => word.startsWith('-')) >>> 0);
    expect(await run([...verbs, '--help'], io)).toBe(0);
    for (const flag of words.filter((word) => word.startsWith('--'))) expect(written.stdout).toContain(flag);
  });
});
