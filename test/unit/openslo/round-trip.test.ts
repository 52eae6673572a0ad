import { readFileSync } from 'node:fs';
import { parse as parseYaml, stringify } from 'yaml';
import { toOpenSlo } from '../../../infra/openslo/export.ts';
import { renderFragment } from '../../../infra/openslo/fragment.ts';
import { importOpenSlo } from '../../../infra/openslo/import.ts';
import { readOpenSlo } from '../../../infra/openslo/read.ts';
import type { Config } from '../../../shared/config/model.ts';
import { parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

const env = { STAGE: 'a$$b' };
const language = readFileSync(new URL('../../fixtures/language.yml', import.meta.url), 'utf8');

function parse(text: string): Config {
  const result = parseConfig(text, { file: 'language.yml', env });
  if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
  return result.config;
}
const asYaml = (config: Config): string =>
  toOpenSlo(config)
    .map((each) => stringify(each, { lineWidth: 0, compat: 'yaml-1.1' }))
    .join('---\n');
/** The file with other SLOs. */
const withSlos = (fragment: string): string => {
  const { slos: _, ...rest } = parseYaml(language);
  return `${stringify(rest)}${fragment}`;
};

describe('SLOs that are written as OpenSLO and read again', () => {
  const before = parse(language);
  const yaml = asYaml(before);
  const { objects, errors } = readOpenSlo(yaml, 'slos.yaml');
  const imported = importOpenSlo(objects, []);

  it('are valid, and nothing of them is lost', () => {
    expect(errors).toEqual([]);
    expect(imported.notes).toEqual([]);
    expect(imported.left).toEqual([]);
  });

  it('are what they were: all kinds of the language, to the last rule', () => {
    const after = parse(withSlos(renderFragment(imported, 'slos.yaml')));
    expect(after.slos.length).toBeGreaterThan(8);
    expect(after.slos).toEqual(before.slos);
  });

  it('keep a name that is none in OpenSLO', () => {
    const long = `-${'a'.repeat(62)}-`;
    const renamed = before.slos.slice(0, 1).map((slo) => ({ ...slo, id: long }));
    const objectsOf = readOpenSlo(asYaml({ ...before, slos: renamed }), 'slos.yaml');
    expect(objectsOf.errors).toEqual([]);
    expect(importOpenSlo(objectsOf.objects, []).slos.map(({ id }) => id)).toEqual([long]);
  });

  it('tell of channels their type alone', () => {
    const targets = toOpenSlo(before).filter(({ kind }) => kind === 'AlertNotificationTarget');
    expect(targets.length).toBeGreaterThan(0);
    for (const { spec } of targets) expect(Object.keys(spec as object)).toEqual(['target']);
    expect(yaml).not.toMatch(/example\.com|ssm/);
  });
});
