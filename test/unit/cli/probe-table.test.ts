import { stripVTControlCharacters } from 'node:util';
import { type Probed, renderTable } from '../../../infra/cli/probe/table.ts';
import { widthOf } from '../../../infra/cli/terminal.ts';
import { wrap } from '../../../infra/cli/wrap.ts';
import type { AssertionResult, Phases, ProbeResult, StepResult } from '../../../shared/probe/result.ts';

const day = 86_400_000;
const now = Date.UTC(2030, 0, 2);
const phasesOf = (resolveMs = 0, connectMs = 0, tlsMs = 0, processingMs = 0, transferMs = 0): Phases => ({
  resolveMs,
  connectMs,
  tlsMs,
  processingMs,
  transferMs,
});
const timed = (phases: Phases) => ({ phases, latencyMs: Object.values(phases).reduce((sum, ms) => sum + ms, 0) });
const probed = (type: Probed['type'], monitor: string, changes: Partial<ProbeResult> = {}): Probed => ({
  type,
  result: {
    monitor,
    outcome: 'passed',
    attempts: 1,
    redirects: 0,
    isContaminated: false,
    assertions: [],
    ...timed(phasesOf(8, 12, 22, 40, 5)),
    ...changes,
  },
});
const missed = (assertion: string, expected: string, actual: string | null): AssertionResult => ({
  assertion,
  passed: false,
  expected,
  actual,
  severity: 'fail',
});
const step = (name: string, outcome: StepResult['outcome'], changes: Partial<StepResult> = {}): StepResult => ({
  step: name,
  outcome,
  assertions: [],
  ...timed(phasesOf()),
  ...changes,
});

const flow = probed('flow', 'shorten-and-follow', {
  outcome: 'failed',
  errorType: 'assertion',
  message: 'step follow: status == 302, but found 404',
  statusCode: 404,
  ...timed(phasesOf(0, 10, 0, 50, 0)),
  steps: [
    step('create', 'passed', { statusCode: 201, ...timed(phasesOf(0, 5, 0, 25, 0)) }),
    step('follow', 'failed', {
      errorType: 'assertion',
      message: 'status == 302, but found 404',
      statusCode: 404,
      ...timed(phasesOf(0, 5, 0, 25, 0)),
      assertions: [missed('status == 302', '== 302', '404')],
    }),
    step('cleanup', 'skipped', { message: 'not run, because code was never extracted' }),
  ],
});
const plain = { hasColors: false, columns: 80, isTerminal: true, now };
const linesOf = (each: readonly Probed[], changes: Partial<typeof plain> = {}) =>
  renderTable(each, { ...plain, ...changes }).split('\n');

describe('the table of probes', () => {
  it('shows a flow as a tree, each step with the part of the time that was its own', () => {
    expect(linesOf([flow])).toEqual([
      'MONITOR             OUTCOME   STATUS     LATENCY  PHASES',
      'shorten-and-follow  failed       1/3     60.0 ms  cccccppppppppppppppppppppppppp',
      '  ├ create          passed       201     30.0 ms  cccpppppppppppp',
      `  ├ follow          failed       404     30.0 ms  ${' '.repeat(15)}cccpppppppppppp`,
      '  │   ✗ status == 302',
      '  │     expected  == 302',
      '  │     actual    404',
      '  └ cleanup         skipped        –           –',
      '      not run, because code was never extracted',
      '',
      'Phases: r resolve  c connect  t tls  p processing  x transfer',
      '',
    ]);
  });

  it('names the types where there are several, and has no status for what has none', () => {
    const lines = linesOf([probed('http', 'website', { statusCode: 200 }), probed('dns', 'zone')], { columns: 100 });
    expect(lines[0]).toBe('MONITOR  TYPE  OUTCOME   STATUS     LATENCY  PHASES');
    expect(lines[2]).toMatch(/^zone {5}dns {3}passed {9}– {5}87\.0 ms {2}r/);
  });

  it('says what was not sent by a dash, and whose fault it was', () => {
    const result = { outcome: 'unknown', errorType: 'monitor', message: 'not known', attempts: 0 } as const;
    expect(linesOf([probed('http', 'a', { ...result, ...timed(phasesOf()) })]).slice(1, 3)).toEqual([
      'a        unknown        –           –',
      '  monitor: not known',
    ]);
  });

  it.each([
    [63.5 * day, 'expires in 63 days', false],
    [21 * day, 'expires in 21 days', false],
    [20.9 * day, 'expires in 20 days', true],
    [1.5 * day, 'expires in 36 hours', true],
    [3_700_000, 'expires in 1 hour', true],
    [-2.5 * day, 'expired 2 days ago', true],
  ])('says that a certificate that ends in %d ms %s', (leftMs, text, isLoud) => {
    const each = probed('tls', 'a', { certificateExpiresAt: now + leftMs });
    expect(linesOf([each])[2]).toBe(`  certificate ${text}`);
    const painted = linesOf([each], { hasColors: true })[2] ?? '';
    expect(painted.includes('\u001b[3')).toBe(isLoud);
    expect(stripVTControlCharacters(painted)).toBe(`  certificate ${text}`);
  });

  it('marks times that cannot be trusted', () => {
    expect(linesOf([probed('http', 'a', { isContaminated: true })])[2]).toBe(
      '  times not trusted: this machine was short of CPU',
    );
  });

  it('says a missed assertion once', () => {
    const assertions = [missed('status == 200', '== 200', '503')];
    const message = 'status == 200, but found 503';
    const lines = linesOf([probed('http', 'a', { outcome: 'failed', errorType: 'assertion', message, assertions })]);
    expect(lines.slice(2, 5)).toEqual(['  ✗ status == 200', '    expected  == 200', '    actual    503']);
    const slow = { outcome: 'degraded', message: 'it took 900 ms, longer than 300 ms', assertions } as const;
    expect(linesOf([probed('http', 'a', slow)])[2]).toBe('  it took 900 ms, longer than 300 ms');
  });

  const long = 'a '.repeat(60) + 'x'.repeat(130);
  const everything = [
    flow,
    probed('http', 'm'.repeat(64), {
      outcome: 'failed',
      errorType: 'tls',
      message: long,
      certificateExpiresAt: now,
      isContaminated: true,
      assertions: [missed(long, long, `日本語 ${long}`)],
    }),
    probed('heartbeat', 'beat'),
  ];
  it.each([60, 80, 120, 200])('is nowhere wider than a terminal of %i columns, in colours or without', (columns) => {
    for (const hasColors of [false, true]) {
      const lines = linesOf(everything, { columns, hasColors });
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      expect(lines.join('').length).toBeGreaterThan(1_000);
    }
  });

  it('leaves names and sentences whole where nobody reads them on a terminal', () => {
    const text = linesOf(everything, { columns: 60, isTerminal: false }).join('\n');
    expect(text).toContain('m'.repeat(64));
    expect(text).toContain(`actual    日本語 ${long}`);
  });
});

describe('wrap', () => {
  it.each([
    ['one two', 20, ['one two']],
    ['one two three', 7, ['one two', 'three']],
    ['abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
    ['日本語', 4, ['日本', '語']],
    ['', 5, ['']],
  ])('%j in %i columns is %j', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});
