import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { jsonSchema, parseConfig, parseDuration, parsePercent, parseRate } from '../../../shared/config/parse/index.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const committed = JSON.parse(read('shared/config/monitors.schema.json'));
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(committed);
const yaml = (text: string): unknown => parse(text, { merge: true });
const language = read('test/fixtures/language.yml');

type Branch = { readonly then: unknown };

/** Every key at any depth. */
function collectKeys(value: unknown, keys: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) for (const key of Object.keys(value)) keys.add(key);
  for (const inner of Object.values(value)) collectKeys(inner, keys);
}

/** The names of properties at any depth of a schema. */
function propertiesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' ? [...Object.keys(value), ...Object.values(value).flatMap(propertiesIn)] : propertiesIn(value),
  );
}

describe('the JSON Schema', () => {
  it('is what the schemas say: npx burnwatch schema > shared/config/monitors.schema.json', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
  });

  it.each([
    ['the shipped file', read('monitors.yml')],
    ['settings and their anchors', read('test/fixtures/foundation.yml')],
    ['every type of monitor', language],
  ])('accepts %s, as the parser does', (_, text) => {
    expect(validate(yaml(text)) ? [] : validate.errors).toEqual([]);
    expect(parseConfig(text, { file: 'm.yml', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('knows no key of a monitor, an SLO or a burst that the whole language does not show', () => {
    const shown = new Set<string>();
    collectKeys(yaml(language), shown);
    const bursts = new Set<string>();
    collectKeys((yaml(language) as { bursts: unknown }).bursts, bursts);
    const ofRequests = propertiesIn(committed.properties.bursts.additionalProperties.properties.request);
    const ofBursts = propertiesIn(committed.properties.bursts.additionalProperties);
    expect(ofBursts.filter((key) => !bursts.has(key) && !ofRequests.includes(key))).toEqual([]);
    expect(ofBursts.length).toBeGreaterThan(50);
    const slos = new Set<string>();
    collectKeys((yaml(language) as { slos: unknown }).slos, slos);
    const ofSlos = propertiesIn(committed.properties.slos.additionalProperties);
    expect(ofSlos.filter((key) => !slos.has(key))).toEqual([]);
    expect(ofSlos.length).toBeGreaterThan(15);
    const known = committed.properties.monitors.additionalProperties.allOf.flatMap((branch: Branch) =>
      propertiesIn(branch.then),
    );
    expect([...new Set<string>(known)].filter((key) => !shown.has(key))).toEqual([]);
    expect(known.length).toBeGreaterThan(100);
  });

  it.each([
    [
      '{ type: http, request: { url: https://a.example/ }, intervall: 1m }',
      ["/ must NOT have additional properties 'intervall'"],
    ],
    ['{ request: { url: https://a.example/ } }', ["/ must have required property 'type'"]],
    ['{ type: htpp }', ['/type must be equal to one of the allowed values']],
    ['{ type: tcp, request: { host: a.example } }', ["/request must have required property 'port'"]],
    [
      '{ type: tls, request: { host: a.example, minVersion: TLSv1.1 } }',
      ['/request/minVersion must be equal to one of the allowed values'],
    ],
    ['{ type: dns, request: { name: a.example, type: A } }', ["/request must NOT have additional properties 'type'"]],
    ['{ type: flow, steps: [] }', ['/steps must NOT have fewer than 1 items']],
    ['{ type: flow, steps: [{ id: a }] }', ["/steps/0 must have required property 'request'"]],
    ['{ type: heartbeat, period: 1h, interval: 1m }', ["/ must NOT have additional properties 'interval'"]],
    [
      '{ type: http, request: { url: https://a.example/, auth: { type: bearer, user: a } } }',
      ["/request/auth must have required property 'token'", "/request/auth must NOT have additional properties 'user'"],
    ],
    [
      '{ type: tcp, request: { host: a, port: 1, dialogue: [{ send: a, expect: b }] } }',
      ['/request/dialogue/0 must NOT have more than 1 properties'],
    ],
    [
      '{ type: http, request: { url: https://a.example/, query: { a: { b: 1 } } } }',
      [
        '/request/query/a must be string,number,boolean',
        '/request/query/a must be array',
        '/request/query/a must match a schema in anyOf',
      ],
    ],
  ])('complains of %s by the keys of its own type alone', (monitor, expected) => {
    const prefix = '/monitors/a';
    validate(yaml(`{ version: 1, service: a, monitors: { a: ${monitor} } }`));
    const found = (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'if')
      .map(({ instancePath, message, params }) => {
        const key = params['additionalProperty'];
        return `${instancePath.slice(prefix.length) || '/'} ${message}${key === undefined ? '' : ` '${key}'`}`;
      });
    expect(found).toEqual(expected);
  });

  it.each(['200/s', '0.5/s', '30/m', '100/h', '200', '200/d', '-1/s', '1e3/s', '${env:X}'])(
    'has a pattern for rates that agrees with the parser on %s',
    (text) => {
      const { pattern } = committed.properties.bursts.additionalProperties.properties.search.properties.from;
      expect(new RegExp(pattern, 'u').test(text)).toBe(parseRate(text).ok || text.includes('${'));
    },
  );

  it('is named in the first line of the shipped file', () => {
    expect(read('monitors.yml').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./shared/config/monitors.schema.json',
    );
  });

  it.each([
    'unknown-keys',
    'missing',
    'wrong-types',
    'choice',
    'number',
    'count-notify',
    'id',
    'version',
    'duration',
    'type',
    'keys-of-other-types',
    'burst-rate',
    'burst-stage',
    'burst-keys',
    'burst-shards',
    'burst-stages-many',
    'channels',
  ])('refuses %s.yml too', (name) => {
    expect(validate(yaml(read(`test/fixtures/wrong/${name}.yml`)))).toBe(false);
  });

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
