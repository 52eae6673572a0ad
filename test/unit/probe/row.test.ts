import type { ProbeResult } from '../../../shared/probe/result.ts';
import { rowOf } from '../../../shared/probe/row.ts';

const phases = { resolveMs: 0, connectMs: 1, tlsMs: 0, processingMs: 2, transferMs: 0 };
const assertion = { assertion: 'status == 200', passed: true, actual: '200', expected: '== 200' };
const result: ProbeResult = {
  monitor: 'a',
  outcome: 'passed',
  attempts: 1,
  statusCode: 200,
  latencyMs: 3,
  phases,
  redirects: 0,
  isContaminated: false,
  assertions: [{ ...assertion, severity: 'fail' }],
};

describe('the row of a probe', () => {
  it('has the keys that scripts rely on, in their order, and none that does not apply', () => {
    expect(JSON.stringify(rowOf(result))).toBe(
      JSON.stringify({
        monitor: 'a',
        outcome: 'passed',
        attempts: 1,
        statusCode: 200,
        latencyMs: 3,
        phases,
        assertions: [assertion],
      }),
    );
  });

  it('says when the times cannot be trusted, when a certificate ends, and what each step of a flow found', () => {
    const step = { step: 's', outcome: 'failed', errorType: 'assertion', message: 'm', latencyMs: 3, phases } as const;
    const row = rowOf({
      ...result,
      isContaminated: true,
      certificateExpiresAt: Date.UTC(2030, 0, 2, 3, 4, 5),
      steps: [{ ...step, assertions: [{ ...assertion, severity: 'fail' }] }],
    });
    expect(row).toEqual({
      ...rowOf(result),
      steps: [{ ...step, assertions: [assertion] }],
      contaminated: true,
      certificateExpiresAt: '2030-01-02T03:04:05.000Z',
    });
  });
});
