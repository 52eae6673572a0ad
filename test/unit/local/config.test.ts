import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../infra/local/config.ts';

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
