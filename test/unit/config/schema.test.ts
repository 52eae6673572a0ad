import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { jsonSchema, parseConfig, parseDuration, parsePercent } from '../../../shared/config/parse/index.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const committed = JSON.parse(read('shared/config/monitors.schema.json'));
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(committed);
const yaml = (text: string): unknown => parse(text, { merge: true });
/** The part of the design's example that is built. */
const example = read('test/fixtures/foundation.yml');

describe('the JSON Schema', () => {
  it('is what the schemas say: npx burnwatch schema > shared/config/monitors.schema.json', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
  });

  it.each([
    ['the shipped file', read('monitors.yml')],
    ['the whole language as far as it is built', example],
  ])('accepts %s, as the parser does', (_, text) => {
    expect(validate(yaml(text)) ? [] : validate.errors).toEqual([]);
    expect(parseConfig(text, { file: 'm.yml', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('is named in the first line of the shipped file', () => {
    expect(read('monitors.yml').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./shared/config/monitors.schema.json',
    );
  });

  it.each(['unknown-keys', 'missing', 'wrong-types', 'choice', 'number', 'count-notify', 'id', 'version', 'duration'])(
    'refuses %s.yml too',
    (name) => {
      expect(validate(yaml(read(`test/fixtures/wrong/${name}.yml`)))).toBe(false);
    },
  );

  it('refuses nothing that the parser accepts', () => {
    const warnings = readdirSync(new URL('../../fixtures/wrong/', import.meta.url)).filter((name) =>
      /^warning.*yml$/.test(name),
    );
    for (const name of warnings)
      expect([name, validate(yaml(read(`test/fixtures/wrong/${name}`)))]).toEqual([name, true]);
    expect(warnings.length).toBeGreaterThan(3);
  });

  it.each(['30s', '5m', '${env:X}', "${env:X, '5m'}", '5 s', '1.5h', 's'])(
    'has a pattern for durations that agrees with the parser on %s',
    (text) => {
      const { pattern } = committed.properties.defaults.properties.timeout;
      expect(new RegExp(pattern, 'u').test(text)).toBe(parseDuration(text).ok || text.includes('${'));
    },
  );

  it.each(['99.9%', '99.9 %', '100%', '99.9', '%', 'x%'])(
    'has a pattern for percentages that agrees with the parser on %s',
    (text) => {
      const { pattern } = committed.properties.slos.additionalProperties.properties.objective;
      expect(new RegExp(pattern, 'u').test(text)).toBe(parsePercent(text).ok);
    },
  );
});
