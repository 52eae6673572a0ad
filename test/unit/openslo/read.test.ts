import { longestBytes, readOpenSlo } from '../../../infra/openslo/read.ts';
import { changed, good, metric, pairs } from './sample.ts';

const read = (text: string) => readOpenSlo(text, 'slos.yaml');
const alert = (kind: string, spec: string) =>
  `apiVersion: openslo/v1\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n`;

describe('a file of OpenSLO', () => {
  it('is read as documents, and as lists of objects', () => {
    const list = `- ${good.trimEnd().replaceAll('\n', '\n  ')}\n`;
    for (const text of [good, list, `---\n# nothing\n---\n${good}...\n`]) {
      const { objects, errors } = read(text);
      expect(errors).toEqual([]);
      expect(objects.map(({ kind, name }) => [kind, name])).toEqual([['SLO', 'checkout']]);
    }
    expect(read(`${good}---\n${alert('Service', '{}')}`).objects).toHaveLength(2);
  });

  it.each(pairs.map(([name, path, value, message]) => [name, path, value, message] as const))(
    'with %s is as valid as OpenSLO has it',
    (_, path, value, message) => {
      const { errors } = read(changed(path, value));
      if (message === undefined) expect(errors).toEqual([]);
      else expect(errors.filter((error) => error.endsWith(` ${message}`))).toHaveLength(1);
    },
  );

  it('tells where what is wrong stands', () => {
    expect(read(good.replace('target: 0.995', 'target: 99.5')).errors).toEqual([
      'slos.yaml:16:26 SLO checkout spec.objectives[0].target must be a number from 0 to below 1',
    ]);
    expect(read(good.replace('service: shop', 'servise: shop')).errors).toEqual([
      'slos.yaml:5:3 SLO checkout spec.service is missing',
    ]);
  });

  it.each([
    ['DataSource', '{ type: CloudWatch }', 'DataSource x spec.connectionDetails is missing'],
    ['AlertNotificationTarget', '{}', 'AlertNotificationTarget x spec.target is missing'],
    ['AlertCondition', '{ severity: page }', 'AlertCondition x spec.condition is missing'],
    ['AlertPolicy', '{ notificationTargets: [{ targetRef: a }] }', 'AlertPolicy x spec.conditions is missing'],
    ['SLI', '{}', 'SLI x spec must have exactly one of ratioMetric and thresholdMetric'],
    ['Service', '{ description: 5 }', 'Service x spec.description must be a text'],
  ])('with a wrong %s %s says so', (kind, spec, message) => {
    expect(read(alert(kind, spec)).errors.map((error) => error.replace(/^\S+ /, ''))).toEqual([message]);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'slos.yaml:1:1 holds no object of OpenSLO'],
    ['a comment alone', '# nothing\n', 'slos.yaml:1:1 holds no object of OpenSLO'],
    ['a text', 'hello', 'slos.yaml:1:1 must be an object of OpenSLO, a map'],
    ['broken YAML', 'a: [', 'slos.yaml:1:5 is not valid YAML'],
    ['the same SLO twice', `${good}---\n${good}`, 'slos.yaml:31:19 SLO checkout is there twice'],
    ['a key twice', good.replace('service: shop', 'service: shop\n  service: shop'), 'slos.yaml:7:3 '],
    ['too much', `#${' '.repeat(longestBytes)}`, 'slos.yaml: must be at most 1 MiB'],
    ['a loop of aliases', '&a [*a]', 'slos.yaml:1:'],
    ['an unknown tag', 'a: !js/function x', 'slos.yaml:'],
  ])('of %s is refused', (_, text, error) => {
    const { errors } = read(text);
    expect(errors[0]).toContain(error);
  });

  it('cannot be made to grow by aliases, to nest without end, or to reach what every object has', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${'abcdefghij'[i]},`.repeat(9)}]`).join('\n')}\n`;
    expect(read(bomb).errors[0]).toContain('500,000 values');
    expect(read(`${'['.repeat(5_000)}${']'.repeat(5_000)}`).errors[0]).toMatch(/^slos\.yaml:/);
    expect(read('__proto__: { kind: SLO }\nconstructor: 5\n').errors).toHaveLength(1);
    expect(({} as { kind?: string }).kind).toBeUndefined();
    expect(read(good.replace('kind: SLO', 'kind: constructor')).errors[0]).toContain('kind must be Service');
  });

  it('holds at most two thousand objects, and tells at most fifty errors, in a moment', () => {
    const many = Array.from({ length: 2_001 }, (_, index) => alert('Service', '{}').replace('x', `s${index}`)).join(
      '---\n',
    );
    expect(read(many).errors).toEqual(['slos.yaml:1:1 holds more than 2000 objects']);
    expect(read('---\n5\n'.repeat(100)).errors).toHaveLength(50);
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join('');
    const startedAt = performance.now();
    expect(read(keys).errors[0]).toContain('apiVersion');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('takes what OpenSLO shows itself, with an operator that says nothing of a ratio', () => {
    expect(read(changed(['spec', 'objectives', 0, 'op'], 'gt')).errors).toEqual([]);
    expect(read(changed(['spec', 'indicator', 'spec'], { thresholdMetric: metric })).errors).toEqual([
      expect.stringContaining('spec.objectives[0].op is missing'),
      expect.stringContaining('spec.objectives[0].value is missing'),
    ]);
  });
});
