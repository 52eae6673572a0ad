import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signatureOf } from '../../../shared/channels/webhook.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/channels.md', import.meta.url), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';

const secret = 'a secret of many characters';
const body = '{"subject":"Zürich 東京 \\u2028"}';
const now = 1_795_169_000;
const timestamp = String(now - 10);
const good = {
  'x-burnwatch-timestamp': timestamp,
  'x-burnwatch-signature': `v1=${signatureOf(secret, timestamp, body)}`,
};
const signed = (at: string): string => `v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
const old = String(now - 301);
const early = String(now + 301);

/** What a receiver may get, and whether it is from Burnwatch. */
const cases: readonly (readonly [
  what: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  isGood: boolean,
])[] = [
  ['a message', good, body, true],
  ['a message whose body was changed', good, `${body} `, false],
  ['a message whose time was changed', { ...good, 'x-burnwatch-timestamp': String(now) }, body, false],
  [
    'a message that is older than five minutes',
    { 'x-burnwatch-timestamp': old, 'x-burnwatch-signature': signed(old) },
    body,
    false,
  ],
  [
    'a message from the future',
    { 'x-burnwatch-timestamp': early, 'x-burnwatch-signature': signed(early) },
    body,
    false,
  ],
  ['a message that is not signed', { 'x-burnwatch-timestamp': timestamp }, body, false],
  [
    'a message with half a signature',
    { ...good, 'x-burnwatch-signature': good['x-burnwatch-signature'].slice(0, 30) },
    body,
    false,
  ],
  [
    'a message in another version of the signature',
    { ...good, 'x-burnwatch-signature': good['x-burnwatch-signature'].replace('v1', 'v2') },
    body,
    false,
  ],
  ['nothing at all', {}, '', false],
];

describe('the page about channels', () => {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-verify-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('shows a configuration that is valid and warned of by nobody', () => {
    expect(parseConfig(block('yaml'), { file: 'docs/channels.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('verifies signatures in Node as it says', async () => {
    const file = join(folder, 'verify.mjs');
    writeFileSync(file, block('js'));
    const { isFromBurnwatch } = await import(file);
    const answers = cases.map(([what, headers, text]) => [
      what,
      isFromBurnwatch(headers, Buffer.from(text), secret, now * 1_000),
    ]);
    expect(answers).toEqual(cases.map(([what, , , isGood]) => [what, isGood]));
  });

  it('verifies signatures in Python as it says', () => {
    const ask =
      'import json, sys\nfor h, b in json.load(sys.stdin):\n    print(is_from_burnwatch(h, b.encode(), SECRET, NOW))\n';
    const program = `${block('python')}\nSECRET = ${JSON.stringify(secret)}\nNOW = ${now}\n${ask}`;
    const input = JSON.stringify(cases.map(([, headers, text]) => [headers, text]));
    const { stdout, stderr, status } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toEqual(cases.map(([, , , isGood]) => (isGood ? 'True' : 'False')));
  });

  it('names every label and every name of an alert that Alertmanager gets', () => {
    const source = readFileSync(new URL('../../../shared/message/alertmanager.ts', import.meta.url), 'utf8');
    const names = [...source.matchAll(/'(Burnwatch[A-Z]\w+)'/g)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'BurnwatchAlert');
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(page).toContain(`\`${name}\``);
  });
});
