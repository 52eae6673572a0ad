import { type ProberProcess, startProber } from '../support/hostile/law.ts';
import { type Findings, farTimes, ourFindings, theirFindings, unexpectedValues } from './compare.ts';
import { type Exporter, exporterVersion, startExporter } from './exporter.ts';
import { renderTable } from './table.ts';
import { type Target, timeoutMs } from './target.ts';
import { startTargets } from './targets.ts';

type Compared = { readonly target: Target; readonly ours: Findings; readonly theirs: Findings };

/** How often times may be measured until they agree: the machine may be busy with something else. */
const rounds = 4;

const version = exporterVersion();
if (version === undefined) {
  console.warn('NOT RUN: prometheus-blackbox-exporter is not installed, so nothing was compared');
  it.skip('a probe and blackbox_exporter, which is not installed, agree', () => {});
} else {
  const { targets, stop } = await startTargets();

  describe(`a probe and blackbox_exporter ${version} agree on`, () => {
    const compared: Compared[] = [];
    let exporter: Exporter;
    let prober: ProberProcess;
    beforeAll(async () => {
      const modules = targets.map(({ module }, index) => [`m${index}`, { timeout: `${timeoutMs}ms`, ...module }]);
      exporter = await startExporter(Object.fromEntries(modules));
      prober = startProber();
      // Neither is charged for its first probe.
      for (const target of targets.slice(0, 2)) await both(target);
    }, 20_000);
    afterAll(async () => {
      exporter.stop();
      await prober.stop();
      await stop();
      if (process.env['BURNWATCH_TABLE'] === '1') process.stdout.write(`${renderTable(compared)}\n`);
    });

    const both = async (target: Target): Promise<Compared> => {
      const [seen, metrics] = await Promise.all([
        prober.probe([{ monitor: target.monitor }]),
        exporter.probe(`m${targets.indexOf(target)}`, target.target),
      ]);
      const result = seen.probes[0]?.result;
      if (!result) throw new Error(`the probe threw ${seen.probes[0]?.thrown}`);
      return { target, ours: ourFindings(result, target), theirs: theirFindings(metrics, target) };
    };
    const isFar = ({ ours, theirs }: Compared): boolean =>
      ours.values.success === true && farTimes(ours, theirs).length > 0;

    it.each(targets)('$name', async (target) => {
      let last = await both(target);
      for (let round = 1; round < rounds && isFar(last); round += 1) last = await both(target);
      compared.push(last);
      expect(unexpectedValues(last.ours, last.theirs, target)).toEqual([]);
      if (last.ours.values.success) expect(farTimes(last.ours, last.theirs)).toEqual([]);
    });
  });
}
