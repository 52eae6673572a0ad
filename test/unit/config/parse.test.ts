import { readFileSync } from 'node:fs';
import { type Config, type Monitor, thresholdMetrics } from '../../../shared/config/model.ts';
import { type ParseOptions, parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

const shipped = readFileSync(new URL('../../../monitors.yml', import.meta.url), 'utf8');
const good = `version: 1
service: api
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  web: { type: http, request: { url: https://example.com/ } }
`;

function parse(text: string, options: Partial<ParseOptions> = {}): Config {
  const result = parseConfig(text, { file: 'monitors.yml', env: {}, ...options });
  if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
  return result.config;
}
function errors(text: string, options: Partial<ParseOptions> = {}): string[] {
  const result = parseConfig(text, { file: 'm.yml', env: {}, ...options });
  return result.ok ? [] : result.errors.map(renderProblem);
}
const monitor = (text: string, options: Partial<ParseOptions> = {}): Monitor =>
  parse(text, options).monitors[0] as Monitor;
const web = (extra: string) => good.replace('web: { type: http,', `web: { type: http, ${extra},`);
const request = (inner: string) => good.replace('{ url: https://example.com/ }', inner);

describe('the shipped file', () => {
  it('holds the channel, the monitor and the SLO that everything else counts on, without a warning', () => {
    const result = parseConfig(shipped, { file: 'monitors.yml', env: {} });
    expect(result).toMatchObject({ ok: true, warnings: [] });
    const config = parse(shipped);
    expect(config.channels).toEqual([{ id: 'oncall', type: 'email', to: 'oncall@example.com' }]);
    expect(config.monitors[0]).toMatchObject({
      id: 'shortener-health',
      intervalMs: 60_000,
      timeoutMs: 5_000,
      degradedAfterMs: 300,
      retry: { limit: 1, delayMs: 1_000 },
      request: {
        method: 'GET',
        url: [{ output: 'ShortenerUrl' }, '/health/readiness'],
        headers: { accept: 'application/json' },
      },
      alerts: [
        {
          id: 'monitor/shortener-health/0',
          failures: 3,
          of: 5,
          recoverSuccesses: 2,
          severity: 'page',
          notify: ['oncall'],
        },
      ],
    });
    expect(config.slos[0]).toMatchObject({
      id: 'shortener-availability',
      objectivePpm: 999_000,
      windowMs: 2_592_000_000,
    });
  });

  it('holds a burst of redirects, each night, on a link that the shortener always answers', () => {
    const [burst, ...more] = parse(shipped).bursts;
    expect(more).toEqual([]);
    expect(burst).toMatchObject({
      id: 'redirects',
      schedule: { expression: 'cron(0 3 * * ? *)', timezone: 'UTC' },
      mix: [{ weight: 1, request: { url: [{ output: 'ShortenerUrl' }, '/demo'], followRedirects: false } }],
      load: {
        model: 'open',
        stages: [
          { fromPerSecond: 0, toPerSecond: 200, durationMs: 5_000 },
          { fromPerSecond: 200, toPerSecond: 200, durationMs: 10_000 },
        ],
      },
      limits: { concurrency: 100, requests: 14_000, durationMs: 15_000 },
      abortIf: { afterMs: 2_000, errorRatioPpm: 100_000 },
      alerts: [{ id: 'burst/redirects/0', severity: 'ticket', notify: ['oncall'] }],
    });
    expect(burst?.thresholds.map(({ text }) => text)).toEqual(['p99 < 300ms', 'errorRatio < 0.1%']);
  });

  it('gives its burn rules ids, short windows and floors', () => {
    const rules = parse(shipped).slos[0]?.alerts.map(({ id, shortMs, minBadEvents }) => [
      id,
      shortMs / 60_000,
      minBadEvents,
    ]);
    expect(rules).toEqual([
      ['slo/shortener-availability/page-1h', 5, 3],
      ['slo/shortener-availability/page-6h', 30, 3],
      ['slo/shortener-availability/ticket-3d', 360, 5],
    ]);
  });

  it('takes the address from the environment', () => {
    expect(parse(shipped, { env: { ALERT_EMAIL: 'me@example.org' } }).channels[0]).toMatchObject({
      to: 'me@example.org',
    });
  });

  it('survives JSON', () => {
    const config = parse(shipped);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  it('its example of a maintenance, uncommented, is valid', () => {
    const text = shipped.replace(/^# maintenance:\n(?:# .*\n)+/m, (example) => example.replaceAll(/^# /gm, ''));
    expect(parse(text).maintenance).toEqual([
      {
        monitors: ['shortener-health'],
        startMinute: 120,
        durationMs: 1_800_000,
        every: ['sunday'],
        timezone: 'Europe/Amsterdam',
        reason: 'backup of the database',
      },
    ]);
  });
});

describe('the examples in the shipped file', () => {
  /** Names, and what is indented below them, without the sign of a comment. */
  const uncommented = shipped.replaceAll(/^ {2}# ([a-z-]+:$| {2}.*)/gm, '  $1');

  it('are one of each type that it does not use, valid without a warning', () => {
    const result = parseConfig(uncommented, { file: 'monitors.yml', env: {} });
    expect(result.ok ? [] : result.errors.map(renderProblem)).toEqual([]);
    expect(result.warnings).toEqual([]);
    expect(parse(uncommented).monitors.map(({ id, type }) => [id, type])).toEqual([
      ['shortener-health', 'http'],
      ['mail', 'tcp'],
      ['certificate', 'tls'],
      ['name', 'dns'],
      ['shorten-and-follow', 'flow'],
      ['nightly-backup', 'heartbeat'],
    ]);
  });

  it('are the two other kinds of bursts, too', () => {
    expect(parse(uncommented).bursts.map(({ id, load }) => [id, load.model])).toEqual([
      ['redirects', 'open'],
      ['callers', 'closed'],
      ['breaking-point', 'breakingPoint'],
    ]);
  });

  it('are one of each other kind of SLO', () => {
    expect(parse(uncommented).slos.map(({ id, indicator }) => [id, indicator.kind])).toEqual([
      ['shortener-availability', 'probes'],
      ['shortener-speed', 'latency'],
      ['redirects-answered', 'bursts'],
      ['api-gateway-errors', 'cloudwatch'],
    ]);
  });

  it('of thresholds name every metric that there is', () => {
    const [, list = ''] = /# What must hold of a run: (.*?)\. Failures/s.exec(shipped) ?? [];
    const words: readonly string[] = list.replaceAll('p99.9', 'p999').match(/[A-Za-z]\w+/g) ?? [];
    expect(thresholdMetrics.filter((metric) => !words.includes(metric))).toEqual([]);
  });

  it('of assertions are read as such', () => {
    const [, list = ''] = /# Such as: (.*?)\.\n/s.exec(shipped) ?? [];
    const examples = list.replaceAll(/\s*\n\s*# /g, ' ').split(', ');
    expect(examples).toHaveLength(8);
    for (const each of examples) expect([each, errors(web(`assertions: ['${each}']`))]).toEqual([each, []]);
  });

  it('of intervals and random values are those that there are', () => {
    for (const each of ['5s', '6s', '10s', '12s', '15s', '20s', '30s']) {
      expect(shipped).toContain(` ${each}`);
      expect(errors(web(`interval: ${each}`))).toEqual([]);
    }
    expect(errors(request('{ url: "https://example.com/${random.hex8}/${random.uuid}/${random.digits6}" }'))).toEqual(
      [],
    );
  });
});

describe('defaults', () => {
  it('are those of the design', () => {
    expect(monitor(good)).toMatchObject({
      intervalMs: 60_000,
      timeoutMs: 5_000,
      retry: { limit: 1, delayMs: 1_000 },
      allowPrivate: false,
      maxBodyBytes: 1_048_576,
      request: { method: 'GET', headers: {}, followRedirects: true, maxRedirects: 5 },
      alerts: [],
    });
    expect(monitor(good)).not.toHaveProperty('degradedAfterMs');
  });

  it('of the file count where a monitor says nothing, each key for itself', () => {
    const text = `${web('retry: { limit: 2 }')}defaults: { interval: 5m, timeout: 2s, retry: { limit: 0, delay: 3s }, degradedAfter: 1s, allowPrivate: true, maxBodyBytes: 9 }\n`;
    expect(monitor(text)).toMatchObject({
      intervalMs: 300_000,
      timeoutMs: 2_000,
      retry: { limit: 2, delayMs: 3_000 },
      degradedAfterMs: 1_000,
      allowPrivate: true,
      maxBodyBytes: 9,
    });
  });

  it('an alert without `for` fires at 3 of 3, and `of` follows `failures`', () => {
    expect(
      monitor(web('alerts: [{ notify: [oncall] }, { for: { failures: 2 }, notify: [oncall] }]')).alerts,
    ).toMatchObject([
      { failures: 3, of: 3, recoverSuccesses: 2 },
      { failures: 2, of: 2 },
    ]);
  });
});

describe('assertions', () => {
  it('ask for 200-299 where none is on the status', () => {
    expect(monitor(web('assertions: [latency < 1s]')).assertions.map(({ text }) => text)).toEqual([
      'status in 200-299',
      'latency < 1s',
    ]);
    expect(monitor(good).assertions).toEqual([
      { text: 'status in 200-299', source: 'status', op: 'between', value: [200, 299], severity: 'fail' },
    ]);
  });

  it('leave the status alone where one is', () => {
    expect(monitor(web('assertions: [status == 404]')).assertions.map(({ text }) => text)).toEqual(['status == 404']);
  });

  it('take values from the environment, and never show them', () => {
    const options = { env: { WANTED: 'up "and" running' } };
    expect(
      monitor(web("assertions: [{ source: body, op: contains, value: '${env:WANTED}' }]"), options).assertions[1],
    ).toMatchObject({ value: 'up "and" running' });
    expect(errors(web("assertions: ['${env:WANTED}']"), options)).toEqual([
      'm.yml:5:35 monitors.web.assertions[0]: is wrong once it holds what ${env:WANTED} says',
    ]);
  });

  it('with a whole number that no float can hold are refused instead of rounded', () => {
    const text = web('assertions: [{ source: json, path: $.id, op: equals, value: 12345678901234567890 }]');
    expect(errors(text)).toEqual([expect.stringContaining('monitors.web.assertions[0].value: holds a whole number')]);
  });
});

describe('anchors and merge keys', () => {
  it('carry settings, and what is written beside them is stronger', () => {
    const text = `x-usual: &usual { type: http, timeout: 3s, interval: 2m }\n${good.replace('{ type: http,', '{ <<: *usual, timeout: 4s,')}`;
    expect(monitor(text)).toMatchObject({ timeoutMs: 4_000, intervalMs: 120_000 });
  });

  it('merge several maps, the first one the strongest', () => {
    const text = `x-a: &a { timeout: 3s }\nx-b: &b { timeout: 4s, interval: 2m }\n${good.replace('{ type: http,', '{ <<: [*a, *b], type: http,')}`;
    expect(monitor(text)).toMatchObject({ timeoutMs: 3_000, intervalMs: 120_000 });
  });

  it('are told where they are written, by the path where they are used', () => {
    const text = `x-a: &a\n  timeout: 3 s\n${good.replace('{ type: http,', '{ <<: *a, type: http,')}`;
    expect(errors(text)).toEqual([
      'm.yml:2:3 monitors.web.timeout: must be a whole number with a unit, such as 500ms, 30s, 5m, 1h or 3d, got 3 s',
    ]);
  });

  it('a key that stands twice is told at its second place, and judged at its first', () => {
    expect(errors(good.replace('service: api', 'service: A\nservice: api'))).toEqual([
      'm.yml:2:1 service: must be at most 24 small letters, digits and dashes, a letter first, got A',
      'm.yml:3:1 service: is there twice: a key may stand only once in a map',
    ]);
  });

  it('may be named again further down', () => {
    const text = `x-a: &a 3s\nx-b: *a\nx-c: &a 4s\n${web('timeout: *a')}`;
    expect(monitor(text).timeoutMs).toBe(4_000);
  });

  it('names of Object.prototype are names like any other', () => {
    const text = good
      .replaceAll('oncall', 'constructor')
      .replace('web:', 'valueof:')
      .replace('constructor@', 'oncall@');
    expect(parse(text).channels[0]?.id).toBe('constructor');
    expect(errors(`${good}toString: 1\n__proto__: { a: 1 }\n`)).toEqual([
      'm.yml:6:1 toString: is no key that belongs here; there are version, service, defaults, channels, monitors, slos, bursts, alarms, allow, maintenance, acknowledge, dashboards, drill, locations, quorum, minLocations',
      'm.yml:7:1 __proto__: a key must be a text',
    ]);
  });
});

describe('the interval of the command line', () => {
  it('replaces every interval, and what follows from it', () => {
    const config = parse(shipped, { intervalMs: 10_000 });
    expect(config.monitors[0]?.intervalMs).toBe(10_000);
    expect(config.slos[0]?.alerts.map(({ shortMs }) => shortMs / 60_000)).toEqual([5, 30, 360]);
  });

  it('makes short windows longer where the monitors are slow', () => {
    const slo =
      'slos: { s: { indicator: { monitors: [web] }, objective: 99%, window: 30d, alerts: [{ severity: ticket, budget: 10%, long: 6h, notify: [oncall] }] } }\n';
    const short = (text: string, options = {}) => (parse(text, options).slos[0]?.alerts[0]?.shortMs ?? 0) / 60_000;
    expect([
      short(good + slo),
      short(web('interval: 15m') + slo),
      short(web('interval: 15m') + slo, { intervalMs: 90_000 }),
    ]).toEqual([30, 45, 30]);
  });

  it('does not warn about attempts that fit the interval of the file', () => {
    expect(parseConfig(shipped, { file: 'm.yml', env: {}, intervalMs: 1_000 }).warnings).toEqual([]);
  });
});

describe('keys of the ledger', () => {
  it('follow the name that a monitor was born with', () => {
    const before = monitor(good.replace('web:', 'old:')).key;
    expect(monitor(web('formerly: old')).key).toBe(before);
    expect(monitor(good).key).not.toBe(before);
  });

  it('two names that share one are refused', () => {
    const text = `${good}  shop: { type: http, request: { url: https://example.com/ } }\n`;
    expect(errors(text, { hash: () => 7 })).toEqual([
      'm.yml:6:3 monitors.shop: has the same key in the ledger as "web", by chance: give it another name',
    ]);
  });
});

describe('secrets', () => {
  const text = (inner: string) => request(`{ url: https://example.com/, ${inner} }`);
  it.each([
    text('headers: Bearer planted'),
    text('headers: { authorization: [planted] }'),
    text('headers: { authorization: { planted: 1 } }'),
    text('authorization: planted'),
    text('auth: { password: planted }'),
    request('Bearer planted'),
    request('{ url: "https://planted:planted@example.com/" }'),
    request('{ url: "https://example.com/?token=planted" }'),
    request('{ url: "no url?token=planted" }'),
    web('assertions: ["authorization planted"]'),
    web('assertions: ["header authorization ~ planted"]'),
    web('assertions: [{ source: header, path: cookie, op: equal, value: planted }]'),
    web('password: planted'),
    good.replace('oncall:', 'chat: { type: slack, url: "https://hooks.example/planted" }, oncall:'),
    good.replace('oncall@example.com', '${env:PLANTED}'),
    good.replace('url: https://example.com/', 'url: "${env:PLANTED}"'),
    good.replace('service: api', 'service: "${env:PLANTED}"'),
    web('interval: "${env:PLANTED}"'),
    `${good}token: planted\n`,
  ])('are not shown, wherever they stand: %#', (source) => {
    const found = errors(source, { env: { PLANTED: 'planted !' } });
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n').replaceAll('authorization.planted', '')).not.toContain('planted');
  });
});

describe('requests', () => {
  it('keep secrets as references, in headers and in the query', () => {
    const text = request(
      `{ url: "https://example.com/?token=\${ssm:/t}", headers: { Authorization: "Bearer \${ssm:/burnwatch/token}" } }`,
    );
    expect(monitor(text)).toMatchObject({
      request: {
        url: ['https://example.com/?token=', { ssm: '/t' }],
        headers: { authorization: ['Bearer ', { ssm: '/burnwatch/token' }] },
      },
    });
  });

  it.each([
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'X-Auth-Token',
    'x-api-key',
    'apikey',
    'X-Amz-Security-Token',
    'session-id',
    'x_secret',
    'x-hub-signature',
    'PASSWORD',
    'credentials',
  ])('a literal in %s is refused and not shown', (name) => {
    const found = errors(request(`{ url: https://example.com/, headers: { ${name}: planted-9f3 } }`));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/looks like a secret: keep it in an SSM parameter/);
    expect(found.join()).not.toContain('planted');
  });

  it.each(['accept', 'idempotency-key', 'x-request-id', 'user-agent', 'surrogate-key', 'author', 'x-compass'])(
    '%s is no secret',
    (name) => {
      expect(errors(request(`{ url: https://example.com/, headers: { ${name}: a } }`))).toEqual([]);
    },
  );

  it.each([
    'https://example.com/?q=$1&x=$$2',
    'http://[2001:db8::1]:8080/a?b#c',
    '${output:ShortenerUrl}/health',
    'https://${output:Host}/x',
    '${ssm:/whole/url}',
    'https://example.com/${ssm:/path}?key=a',
    'https://bücher.example/',
  ])('%s is a URL', (url) => {
    expect(errors(request(`{ url: ${JSON.stringify(url)} }`))).toEqual([]);
  });

  it.each([
    '//example.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://',
    'https:example.com',
    'https://@example.com/',
    'https://u@example.com/',
    '${output:X}@example.com',
    'https://exa\\tmple.com/',
    'https://example.com\\\\@evil.example/',
    'HTTPS://u:p@example.com',
    'https://example.com/?access%5Ftoken=1',
    '${output:X}?apiKey=1',
  ])('%s is none', (url) => {
    expect(errors(request(`{ url: "${url}" }`))).toHaveLength(1);
  });
});
