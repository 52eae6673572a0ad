import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Burst, Config } from '../../../shared/config/model.ts';
import { parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

const language = readFileSync(new URL('../../fixtures/language.yml', import.meta.url), 'utf8');
const head = `version: 1
service: api
channels: { oncall: { type: email, to: a@example.com } }
monitors: { web: { type: http, request: { url: https://example.com/ } } }
`;
const parse = (text: string) => parseConfig(text, { file: 'm.yml', env: { PLANTED: 'planted.example' } });
function read(text: string): Config {
  const result = parse(text);
  if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
  return result.config;
}
const all = read(language);
const named = (id: string): Burst => {
  const burst = all.bursts.find((each) => each.id === id);
  if (!burst) throw new Error(`no burst ${id}`);
  return burst;
};
const file = (inner: string, before = '') => `${head}${before}bursts: { b: { ${inner} } }\n`;
const toExample = 'request: { url: https://example.com/ }';
const one = (inner: string, before = '') => read(file(`${toExample}, ${inner}`, before)).bursts[0] as Burst;
const problems = (inner: string, before = ''): string[] => {
  const result = parse(file(inner, before));
  return [...(result.ok ? [] : result.errors), ...result.warnings].map(({ path, message }) => `${path}: ${message}`);
};
const held = 'stages: [{ hold: 1/s for 10s }]';

describe('a burst that says little', () => {
  it('has every default', () => {
    expect(one('stages: [{ hold: 200/s for 10s }]')).toEqual({
      id: 'b',
      mix: [
        {
          weight: 1,
          request: {
            method: 'GET',
            url: 'https://example.com/',
            query: [],
            headers: {},
            followRedirects: true,
            maxRedirects: 5,
            httpVersion: '1.1',
          },
        },
      ],
      data: [],
      load: { model: 'open', stages: [{ fromPerSecond: 200, toPerSecond: 200, durationMs: 10_000 }] },
      timeoutMs: 5_000,
      allowPrivate: false,
      freshConnections: false,
      limits: { concurrency: 100, requests: 2_000, durationMs: 10_000 },
      failureStatuses: [{ from: 400, to: 599 }],
      thresholds: [],
      shards: 1,
      alerts: [],
    });
  });

  it('takes the time of the defaults for its requests, and nothing else of them', () => {
    const before = 'defaults: { timeout: 3s, allowPrivate: true }\n';
    expect(one(held, before)).toMatchObject({ timeoutMs: 3_000, allowPrivate: false });
    expect(one(`${held}, timeout: 1m`, before)).toMatchObject({ timeoutMs: 60_000 });
  });
});

describe('a burst that says everything', () => {
  const whole = named('whole');

  it('runs by its schedule, written without slips', () => {
    expect(whole.schedule).toEqual({ expression: 'cron(0 3 ? * MON-FRI *)', timezone: 'Europe/Amsterdam' });
    expect(named('closed').schedule).toEqual({ expression: 'rate(1 hour)', timezone: 'UTC' });
    expect(named('held')).not.toHaveProperty('schedule');
  });

  it('mixes requests and flows by weight', () => {
    expect(whole.mix.map((unit) => [unit.weight, 'flow' in unit ? unit.flow : unit.request.url])).toEqual([
      [3, ['https://example.com/orders/', { data: 'code' }, '?run=', { random: 'hex8' }]],
      [1, 'checkout'],
      [2, ['https://', { ssm: '/burnwatch/host' }, '/a']],
    ]);
  });

  it('has rows of data, as texts', () => {
    expect(whole.data).toEqual([
      { code: 'abc', page: '1', open: 'true' },
      { code: 'b', page: '2.5', open: '' },
    ]);
  });

  it('goes from rate to rate, in either way to write it', () => {
    expect(whole.load).toEqual({
      model: 'open',
      stages: [
        { fromPerSecond: 0, toPerSecond: 400, durationMs: 5_000 },
        { fromPerSecond: 400, toPerSecond: 200, durationMs: 5_000 },
        { fromPerSecond: 1.5, toPerSecond: 1.5, durationMs: 10_000 },
        { fromPerSecond: 10, toPerSecond: 10, durationMs: 60_000 },
        { fromPerSecond: 10, toPerSecond: 0, durationMs: 500 },
      ],
    });
  });

  it('is bounded, judged and watched', () => {
    expect(whole).toMatchObject({
      timeoutMs: 2_000,
      freshConnections: true,
      allowPrivate: true,
      limits: { concurrency: 1_000, requests: 14_000, durationMs: 90_000 },
      failureStatuses: [
        { from: 429, to: 429 },
        { from: 400, to: 400 },
        { from: 500, to: 599 },
        { from: 300, to: 399 },
      ],
      abortIf: { afterMs: 1_000, errorRatioPpm: 100_000, latencyMs: 2_000, statuses: [{ from: 500, to: 599 }] },
      compare: { baseline: 7, toleratePpm: 250_000 },
      requireBudget: { leftPpm: 500_000, slos: ['shop'] },
      shards: 4,
      alerts: [
        { id: 'burst/whole/0', severity: 'page', notify: ['oncall'], runbook: 'docs/a.md' },
        { id: 'burst/whole/1', severity: 'ticket', notify: ['oncall'] },
      ],
    });
    expect(whole.thresholds.map(({ metric, op, value }) => [metric, op, value])).toEqual([
      ['p99', 'lt', 300],
      ['errorRatio', 'lt', 0.001],
      ['throughput', 'gt', 190],
      ['dropped', 'equals', 0],
    ]);
  });

  it('may load hosts that the file allows, written as URLs write them', () => {
    expect(all.allow).toEqual(['partner.example.com', [{ ssm: '/burnwatch/host' }], '2606:4700::7']);
  });
});

describe('the closed model', () => {
  it('ends by requests, by time, or by whichever comes first', () => {
    expect(named('closed')).toMatchObject({
      load: { model: 'closed', concurrency: 10, requests: 1_000, forMs: 10_000 },
      limits: { concurrency: 10, requests: 1_000, durationMs: 10_000 },
      compare: { baseline: 5, toleratePpm: 200_000 },
    });
    expect(named('counted')).toMatchObject({
      load: { model: 'closed', concurrency: 150, requests: 300 },
      limits: { concurrency: 150, requests: 300, durationMs: 780_000 },
    });
    expect(named('counted').load).not.toHaveProperty('forMs');
  });

  it('ends by its limits, too', () => {
    expect(named('timed').load).toEqual({ model: 'closed', concurrency: 2, requests: 500, forMs: 60_000 });
    expect(one('concurrency: 2, requests: 5, limits: { duration: 3s }').load).toMatchObject({ forMs: 3_000 });
  });
});

describe('a search for the breaking point', () => {
  it('has a pace, and room for all of its steps and their last answers', () => {
    expect(named('breaking').load).toEqual({
      model: 'breakingPoint',
      fromPerSecond: 50,
      toPerSecond: 2_000,
      holdMs: 4_000,
      factor: 1.5,
      precisionPpm: 20_000,
    });
    const { load, limits } = named('usual');
    expect(load).toMatchObject({ holdMs: 5_000, factor: 2, precisionPpm: 50_000 });
    // 50, 100, … 1600, 2000 on the way up, and 24 more: that one again, eleven that close in, each twice, and one to spare.
    expect(limits).toEqual({ concurrency: 100, requests: 25_750 + 24 * 10_000, durationMs: 31 * 10_000 });
  });

  it('never may take longer, or send more, than a run', () => {
    const search = 'search: { from: 1/s, to: 100/s, hold: 1m }, thresholds: [p99 < 1s], timeout: 1m';
    expect(one(search).limits.durationMs).toBe(780_000);
    const fast = 'search: { from: 1000/s, to: 50000/s }, thresholds: [p99 < 1s]';
    expect(one(fast).limits.requests).toBe(2_000_000);
  });
});

describe('the budget that must be left', () => {
  it('is that of the SLOs over monitors of the same host, where it names none', () => {
    expect(named('breaking').requireBudget).toEqual({ leftPpm: 500_000, slos: ['shop'] });
  });

  it('of a flow is that of its hosts', () => {
    const text = language.replace(
      'mode: breakingPoint\n    request: { url: https://example.com/ }',
      'mix: [{ flow: checkout }]',
    );
    expect(read(text).bursts.find(({ id }) => id === 'breaking')?.requireBudget?.slos).toEqual(['shop']);
  });
});

describe('hosts', () => {
  const asks = (url: string, before = '') => problems(`request: { url: ${JSON.stringify(url)} }, ${held}`, before);

  it.each([
    'https://example.com/',
    'http://EXAMPLE.com.:8080/a?b',
    '${output:Any}/demo',
    'https://${output:Any}/demo',
    'https://partner.example.com/${random.hex8}',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/',
    'https://${ssm:/host}:8443/',
  ])('%s may be loaded', (url) => {
    expect(asks(url, 'allow: [PARTNER.example.com, bücher.example, "${ssm:/host}"]\n')).toEqual([]);
  });

  it.each([
    'https://example.com.evil.example/',
    'https://evil.example/example.com',
    'https://evil.example?https://example.com/',
    'https://sub.example.com/',
    '${output:Any}.evil.example/',
    'https://${ssm:/other}/',
    'https://a${ssm:/host}/',
  ])('%s may not', (url) => {
    expect(asks(url, 'allow: ["${ssm:/host}"]\n')).toEqual([
      expect.stringContaining('that no monitor asks: if you may load it'),
    ]);
  });

  it('are those of every type of monitor that connects, steps of flows included', () => {
    const before = (monitor: string) => head.replace('monitors: {', `monitors: { m: ${monitor},`);
    const result = (monitor: string) =>
      parse(`${before(monitor)}bursts: { b: { request: { url: https://shop.example/ }, ${held} } }\n`).ok;
    expect([
      result('{ type: tcp, request: { host: Shop.Example, port: 25 } }'),
      result('{ type: tls, request: { host: shop.example } }'),
      result('{ type: flow, interval: 5m, steps: [{ id: a, request: { url: https://shop.example/x } }] }'),
      result('{ type: dns, request: { name: shop.example, server: shop.example } }'),
      result('{ type: heartbeat, period: 1h }'),
    ]).toEqual([true, true, true, false, false]);
  });

  it('are not judged while a monitor cannot be read, which may well be theirs', () => {
    const text = file(`request: { url: https://other.example/ }, ${held}`).replace(
      'monitors: {',
      'monitors: { m: { type: http },',
    );
    const result = parse(text);
    expect(result.ok ? [] : result.errors.map(({ path }) => path)).toEqual(['monitors.m.request']);
  });

  it('from the environment are never shown', () => {
    expect(asks('https://${env:PLANTED}/').join()).not.toContain('planted');
    expect(problems(`${toExample}, ${held}, thresholds: ["\${env:PLANTED}"]`)).toEqual([
      'bursts.b.thresholds[0]: is wrong once it holds what ${env:PLANTED} says',
    ]);
  });
});

describe('references', () => {
  it('to data work in every part of a request but its host, and nowhere else', () => {
    const request = `request: { url: "https://example.com/\${data.a}?x=\${data.a}", method: POST, headers: { b: "\${data.a}" }, form: { c: "\${data.a}" } }`;
    expect(problems(`${request}, data: [{ a: 1 }], ${held}`)).toEqual([]);
    const monitor = head.replace('https://example.com/', '"https://example.com/${data.a}"');
    const result = parse(monitor);
    expect(result.ok ? [] : result.errors.map(renderProblem)).toEqual([
      'm.yml:4:43 monitors.web.request.url: uses ${data.…}, which works only in the requests of bursts',
    ]);
  });

  it('to data are no way to keep a secret', () => {
    expect(
      problems(
        `request: { url: https://example.com/, headers: { authorization: "Bearer \${data.a}" } }, data: [{ a: planted }], ${held}`,
      ),
    ).toEqual([
      'bursts.b.request.headers.authorization: looks like a secret: keep it in an SSM parameter and write ${ssm:/path}',
    ]);
  });

  it('that use nothing of the data are told beside other faults', () => {
    expect(
      problems(`request: { url: "https://example.com/\${data.b}" }, data: [{ a: 1 }], stages: 5, more: 1`),
    ).toEqual([
      expect.stringContaining('bursts.b.request.url: uses ${data.b}'),
      expect.stringContaining('bursts.b.stages: must be a list'),
      expect.stringContaining('bursts.b.more: is no key'),
      expect.stringContaining('bursts.b.data[0].a: is used by no request'),
    ]);
  });
});

describe('what is asked of a burst', () => {
  it.each([
    ['hold: 1/s for 10s', 10],
    ['hold: 90/m, for: 2m', 180],
    ['rampTo: 200/s over 10s', 1_000],
    ['rampTo: 36000/h, over: 10s', 50],
  ])('%s sends %d requests', (stage, requests) => {
    expect(one(`stages: [{ ${stage} }]`).limits.requests).toBe(requests);
  });

  it('is never more than its limits, whatever is written', () => {
    const sane = fc.integer({ min: 1, max: 1_500 });
    const number = fc.oneof({ weight: 9, arbitrary: sane }, fc.constantFrom(-5, 0, 0.5, 3_000_000, 1e300, Number.NaN));
    const pace = fc.constantFrom('hold: N/s for T', 'hold: N/m for T', 'rampTo: N/s over T', 'hold: N over T');
    const span = fc
      .tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom('ms', 's', 's', 'm'))
      .map((each) => each.join(''));
    const stage = fc
      .tuple(pace, number, span)
      .map(([text, n, t]) => `{ ${text.replace('N', String(n)).replace('T', t)} }`);
    const open = fc.array(stage, { maxLength: 3 }).map((stages) => `stages: [${stages}]`);
    const closed = fc.tuple(number, number).map(([most, count]) => `concurrency: ${most}, requests: ${count}`);
    const limits = fc
      .tuple(number, number)
      .map(([most, count]) => `limits: { concurrency: ${most}, requests: ${count} }`);
    const shards = fc.integer({ min: 0, max: 21 }).map((count) => `shards: ${count}`);
    const parts = fc.tuple(fc.oneof(open, closed), fc.option(limits, { freq: 2 }), fc.option(shards, { freq: 2 }));
    let good = 0;
    fc.assert(
      fc.property(parts, (each) => {
        const result = parse(file([toExample, ...each.filter((part) => part !== null)].join(', ')));
        if (!result.ok) return expect(result.errors.length).toBeGreaterThan(0);
        const [burst] = result.config.bursts as [Burst];
        good += 1;
        expect(burst.limits.concurrency).toBeLessThanOrEqual(800 * burst.shards);
        expect(burst.limits.requests).toBeLessThanOrEqual(2_000_000);
        expect(burst.limits.durationMs).toBeLessThanOrEqual(780_000);
        expect(JSON.parse(JSON.stringify(burst))).toEqual(burst);
      }),
      { numRuns: 150 },
    );
    expect(good).toBeGreaterThan(5);
  });
});
