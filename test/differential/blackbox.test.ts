import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProberProcess, startProber } from '../support/hostile/law.ts';
import { type Findings, farTimes, ourFindings, theirFindings, unexpectedValues } from './compare.ts';
import { startDnsTargets } from './dns-targets.ts';
import { type Exporter, exporterVersion, startExporter } from './exporter.ts';
import { startHttpTargets } from './http-targets.ts';
import { renderTable } from './table.ts';
import { type Target, timeoutMs } from './target.ts';
import { startTcpTargets } from './tcp-targets.ts';
import { startTlsTargets } from './tls-targets.ts';

const version = exporterVersion();
const folder = mkdtempSync(join(tmpdir(), 'blackbox-tcp-'));
const http = await startHttpTargets();
const tls = await startTlsTargets();
const dns = await startDnsTargets();
const tcp = await startTcpTargets((pem) => {
  writeFileSync(join(folder, 'ca.pem'), pem);
  return join(folder, 'ca.pem');
});
afterAll(async () => {
  await Promise.all([http.stop(), tls.stop(), tcp.stop(), dns.stop()]);
  rmSync(folder, { recursive: true });
});
const targets: readonly Target[] = [...http.targets, ...tls.targets, ...tcp.targets, ...dns.targets];

/** How often times may be measured until they agree: the machine may be busy with something else. */
const rounds = 4;

type Compared = { readonly target: Target; readonly ours: Findings; readonly theirs: Findings };
const compared: Compared[] = [];

if (version === undefined)
  console.warn('NOT RUN: prometheus-blackbox-exporter is not installed, so nothing was compared');

(version === undefined ? describe.skip : describe)(`a probe and blackbox_exporter ${version} agree on`, () => {
  let exporter: Exporter;
  let prober: ProberProcess;
  beforeAll(async () => {
    const modules = targets.map(({ module }, index) => [`m${index}`, { timeout: `${timeoutMs}ms`, ...module }]);
    exporter = await startExporter(Object.fromEntries(modules));
    prober = startProber();
    // Neither is charged for its first probe.
    for (const target of targets.slice(0, 2)) await both(target);
  });
  afterAll(() => {
    exporter.stop();
    prober.stop();
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

  it.each(targets)('$name', async (target) => {
    let last = await both(target);
    for (let round = 1; round < rounds && isFar(last); round += 1) last = await both(target);
    compared.push(last);
    expect(unexpectedValues(last.ours, last.theirs, target)).toEqual([]);
    if (last.ours.values.success) expect(farTimes(last.ours, last.theirs)).toEqual([]);
  });

  const isFar = ({ ours, theirs }: Compared): boolean =>
    farTimes(ours, theirs).length > 0 && ours.values.success === true;
});
