import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../infra/local/config.ts';

describe('a configuration with several locations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is taken as one location sees it, which is said in a line', () => {
    const file = join(folder, 'monitors.yml');
    const locations = 'locations: { home: us-east-1, also: [eu-west-1, sa-east-1] }\nquorum: 2\n';
    writeFileSync(
      file,
      `version: 1\nservice: api\n${locations}monitors:\n  web: { type: http, request: { url: https://example.com/ } }\n`,
    );
    const loaded = loadConfig(file, {});
    if (!loaded.ok) throw new Error(loaded.errors.join());
    expect(loaded.warnings).toContain(`${file} names 3 locations: local mode is one, and what it sees is the verdict`);
    expect(JSON.stringify(loaded.config)).not.toMatch(/location|agreement|quorum/);
  });
});

describe('a configuration that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['because it is not there', join(folder, 'no.yml'), `there is no file ${join(folder, 'no.yml')}`],
    ['because it is a folder', folder, `${folder} is a folder`],
  ])('%s is one line that says what to do', (_, file, reason) => {
    expect(loadConfig(file, {})).toEqual({ ok: false, errors: [`${reason}: name another with --config <file>`] });
  });
});
