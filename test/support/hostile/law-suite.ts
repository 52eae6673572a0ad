import { judgeRows, type ProberProcess, startProber } from './law.ts';
import type { HostileRow } from './row.ts';

/** A test for each row: it must end as it says, and hold the law that holds whatever a server sends. */
export function describeRows(kind: string, rows: readonly HostileRow[]): void {
  describe(`a target that ${kind}`, () => {
    let prober: ProberProcess;
    let verdicts: ReadonlyMap<string, readonly string[]>;
    beforeAll(async () => {
      prober = startProber();
      verdicts = await judgeRows(prober, rows);
    }, 90_000);
    afterAll(() => prober.stop());

    it.each(rows)('$name', ({ name }) => expect(verdicts.get(name)).toEqual([]));
  });
}
