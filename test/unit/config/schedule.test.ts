import { parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

const head = 'version: 1\nservice: api\nchannels: { oncall: { type: email, to: a@example.com } }\n';
const problems = (monitor: string): string[] => {
  const result = parseConfig(`${head}monitors: { a: ${monitor} }\n`, { file: 'm.yml', env: {} });
  return [...(result.ok ? [] : result.errors), ...result.warnings].map(({ path, message }) => `${path}: ${message}`);
};

describe('intervals', () => {
  const withInterval = (interval: string) =>
    `{ type: http, timeout: 1s, retry: { limit: 0 }, interval: ${interval}, request: { url: https://example.com/ } }`;

  it.each(['5s', '6s', '10s', '12s', '15s', '20s', '30s', '60s', '1m', '90m', '24h', '1d'])('%s is one', (text) => {
    expect(problems(withInterval(text))).toEqual([]);
  });

  it.each(['0s', '1s', '4s', '7s', '45s', '5500ms', '61s', '90s', '25h'])('%s is none', (text) => {
    expect(problems(withInterval(text))).toEqual([
      `monitors.a.interval: must be 5s, 6s, 10s, 12s, 15s, 20s, 30s, or whole minutes up to 24h, got ${text}`,
    ]);
  });

  it('below a minute warn about attempts that do not fit', () => {
    expect(problems('{ type: http, interval: 10s, request: { url: https://example.com/ } }')).toEqual([
      'monitors.a: its attempts can take 11s, longer than the interval of 10s: those that do not fit are cut',
    ]);
  });
});

describe('dependencies', () => {
  const options = { file: 'm.yml', env: {} };
  const chain = (length: number, last: string) =>
    Array.from({ length }, (_, index) => {
      const parent = index + 1 < length ? `m${index + 1}` : last;
      return `  m${index}: { type: heartbeat, period: 1h, dependsOn: [${parent}] }\n`;
    }).join('');
  const found = (text: string) => {
    const result = parseConfig(`${head}monitors:\n  end: { type: heartbeat, period: 1h }\n${text}`, options);
    return result.ok ? [] : result.errors.map(renderProblem);
  };

  it('are kept, in their order', () => {
    const text = '  a: { type: heartbeat, period: 1h, dependsOn: [end, b] }\n  b: { type: heartbeat, period: 1h }\n';
    const result = parseConfig(`${head}monitors:\n  end: { type: heartbeat, period: 1h }\n${text}`, options);
    expect(result.ok && result.config.monitors.map(({ dependsOn }) => dependsOn)).toEqual([[], ['end', 'b'], []]);
  });

  it('may be as deep as the file, and many ways may lead to one', () => {
    expect(found(chain(5_000, 'end'))).toEqual([]);
    expect(
      found(
        '  a: { type: heartbeat, period: 1h, dependsOn: [b, c] }\n  b: { type: heartbeat, period: 1h, dependsOn: [end] }\n  c: { type: heartbeat, period: 1h, dependsOn: [end, b] }\n',
      ),
    ).toEqual([]);
  });

  it('that go in a circle are told once, from its first monitor on, however long it is', () => {
    expect(found(chain(3, 'm1'))).toEqual(['m.yml:7:38 monitors.m1.dependsOn: goes in a circle: m1 → m2 → m1']);
    expect(found(chain(5_000, 'm0'))).toEqual([
      'm.yml:6:38 monitors.m0.dependsOn: goes in a circle: m0 → m1 → m2 → m3 → m4 → m5 → m6 → m7 → m8 → m9 → … → m0',
    ]);
  });

  it('that go in very many circles are told in part', () => {
    const ids = Array.from({ length: 21 }, (_, index) => `m${index}`);
    const text = ids.map(
      (id) => `  ${id}: { type: heartbeat, period: 1h, dependsOn: [${ids.filter((each) => each !== id)}] }\n`,
    );
    expect(found(text.join(''))).toHaveLength(20);
  });
});

describe('targets that the address policy refuses', () => {
  it('are warned of where they are literal, and only there', () => {
    expect(problems('{ type: tcp, request: { host: 192.168.1.5, port: 22 } }')).toEqual([
      'monitors.a.request.host: 192.168.1.5 is not a public address: every probe of it is blocked; set allowPrivate: true if it is meant',
    ]);
    expect(problems('{ type: tcp, allowPrivate: true, request: { host: 192.168.1.5, port: 22 } }')).toEqual([]);
    expect(problems('{ type: http, request: { url: "http://10.0.0.1${output:Path}" } }')).toEqual([]);
    expect(problems('{ type: http, request: { url: "http://10.example/${random.hex8}" } }')).toEqual([]);
  });
});

describe('an SLO over heartbeats', () => {
  const slo = (objective: string, rule: string, window = '30d') =>
    `${head}monitors: { backup: { type: heartbeat, period: 1d } }\nslos: { s: { indicator: { monitors: [backup] }, objective: ${objective}, window: ${window}, alerts: [${rule}] } }\n`;
  const told = (text: string) => {
    const result = parseConfig(text, { file: 'm.yml', env: {} });
    return [...(result.ok ? [] : result.errors), ...result.warnings].map(({ path, message }) => `${path}: ${message}`);
  };

  it('counts one event a period', () => {
    expect(
      told(slo('99.9%', '{ severity: ticket, budget: 100%, long: 30d, minBadEvents: 1, notify: [oncall] }')),
    ).toEqual([
      expect.stringMatching(/^slos\.s\.objective: a window of 30d holds 30 events, of which 99\.9% lets 0\.03 fail/),
      expect.stringContaining('one failed probe opens a ticket'),
    ]);
  });

  it('has a short window of three periods, which a long one must exceed', () => {
    expect(told(slo('90%', '{ severity: ticket, budget: 50%, long: 3d, minBadEvents: 1, notify: [oncall] }'))).toEqual([
      'slos.s.alerts[0].long: must be longer than its short window of 3d, three intervals of the slowest monitor, got 3d',
    ]);
  });
});
