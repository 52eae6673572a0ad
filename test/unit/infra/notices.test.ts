import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderNotices, shippedIn } from '../../../infra/notices.ts';

const root = mkdtempSync(join(tmpdir(), 'burnwatch-notices-'));
afterAll(() => rmSync(root, { recursive: true }));

const mit = 'Permission is hereby granted.\n\nNo warranty.';
write('one', { license: 'MIT' }, { LICENSE: `MIT License\n\nCopyright (c) 2020 One\n\n${mit}\n` });
write(
  'two',
  { license: 'MIT' },
  { 'LICENSE.txt': `MIT License\n\nCopyright (c) 2021 Two\nAll rights reserved.\n\n${mit}\n` },
);
write('bare', { license: 'MIT', author: { name: 'Bare and friends' } }, {});
write('odd', { license: 'MIT' }, { LICENCE: `Copyright 2015 Odd\n${mit}\nChange the name in what you change.` });
write(
  '@x/apache',
  { license: 'Apache-2.0', author: 'Nobody' },
  { LICENSE: 'Copyright [yyyy] [name]\nTERMS', NOTICE: 'Made at X.' },
);
write(
  'either',
  { license: '(MIT OR Apache-2.0)' },
  { LICENSE: 'TERMS', 'LICENSE-MIT': `Copyright (c) 2022 Either\n${mit}` },
);
write('lone', { license: 'ISC', author: 'Lone' }, {});

function write(name: string, manifest: object, files: Readonly<Record<string, string>>): void {
  const all = { 'package.json': JSON.stringify({ name, version: '1.2.3', ...manifest }), ...files };
  for (const [file, text] of Object.entries(all)) {
    const path = join(root, 'node_modules', name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** What esbuild says of a bundle of these files, with the bytes of each that were kept. */
function bundled(inputs: Readonly<Record<string, number>>) {
  const kept = Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]);
  return {
    inputs: {},
    outputs: { 'index.js': { bytes: 1, imports: [], exports: [], inputs: Object.fromEntries(kept) } },
  };
}
const carrying = (...names: readonly string[]) =>
  shippedIn(bundled(Object.fromEntries(names.map((name) => [`node_modules/${name}/a.js`, 9]))), root);

it('a bundle carries the packages that it has code of, each once, and nothing of our own', () => {
  const metafile = bundled({
    'functions/probe.ts': 100,
    'node_modules/two/a.js': 5,
    'node_modules/one/lib/a.js': 5,
    'node_modules/one/b.js': 5,
    'node_modules/odd/a.js': 0,
    'node_modules/odd/node_modules/@x/apache/a.js': 0,
  });
  expect(shippedIn(metafile, root).map(({ name }) => name)).toEqual(['one', 'two']);
});

it('the notices name every package, and have each text once', () => {
  expect(renderNotices(carrying('two', 'one', '@x/apache'))).toBe(
    `This function carries code of the packages below, each under its licence. The texts follow.

@x/apache 1.2.3, Apache-2.0
  Copyright (c) Nobody
one 1.2.3, MIT
  Copyright (c) 2020 One
two 1.2.3, MIT
  Copyright (c) 2021 Two
  All rights reserved.

== Apache-2.0

Copyright [yyyy] [name]
TERMS

== MIT

MIT License


${mit}

== Notice of @x/apache

Made at X.
`,
  );
});

it('a package without a text is under the plain text of its licence, not under that of one with more to ask', () => {
  const notices = renderNotices(carrying('odd', 'bare', 'one'));
  expect(notices).toContain('bare 1.2.3, MIT\n  Copyright (c) Bare and friends\n');
  expect(notices).toContain('== MIT, of bare, one\n');
  expect(notices).toContain('== MIT, of odd\n');
});

it('of two licences to choose from the first is taken, with its text', () => {
  const [either] = carrying('either');
  expect(either).toMatchObject({ copyright: ['Copyright (c) 2022 Either'], text: mit });
});

it('a bundle is refused where no text of a licence can be had', () => {
  expect(() => renderNotices(carrying('lone', 'one'))).toThrow(
    'lone is bundled and carries no text of its licence ISC, nor does another package of the bundle: leave it out',
  );
});
