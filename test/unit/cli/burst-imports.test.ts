import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** What a file loads before its first line runs, through all that it imports: its own files, and packages by their names. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!/^(infra|shared)\//.test(file)) return seen;
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, type, specifier = ''] of text.matchAll(/^(?:import|export) (type )?(?:[^'";]*? from )?'([^']+)';/gm)) {
    if (type !== undefined || specifier.startsWith('node:')) continue;
    loadedBy(specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier, seen);
  }
  return seen;
}

describe('a burst to a URL', () => {
  const loaded = [...loadedBy('infra/cli/burst/command.ts')];

  it('loads neither YAML nor schemas nor the SDK, so that its memory stays small', () => {
    expect(loaded).toContain('shared/http/load-client.ts');
    expect(loaded.filter((file) => /^(yaml|zod|undici|@aws-sdk)/.test(file))).toEqual([]);
    expect(loaded.filter((file) => /parse\/(index|yaml|schema)/.test(file))).toEqual([]);
  });

  it('loads those where a file is read', () => {
    expect([...loadedBy('infra/cli/burst/configured.ts')]).toEqual(expect.arrayContaining(['yaml', 'zod']));
  });
});
