import { reportSlos, type SloReport } from '../../../shared/app/slo-report.ts';
import type { Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { renderSlos } from './list-text.ts';
import { readSloConfig, sloArguments, sloOptions, withSources } from './sources.ts';

/** `burnwatch slo` without a verb: how every SLO stands. Exit code 0, or 2 for bad usage, configuration, or a stack that does not answer. */
export async function listSlos(argv: readonly string[], io: Io): Promise<number> {
  const args = sloArguments(readFlags(argv, sloOptions).values);
  const config = await readSloConfig(args, io);
  if (config === undefined) return 2;
  if (config.slos.length === 0) io.stderr(`There are no SLOs in ${args.config}\n`);
  return withSources(config, args, io, async ({ deps, environment, now }) => {
    const reports = await reportSlos(config.slos, deps, now);
    const listed = config.slos.map((slo, index) => ({ slo, report: reports[index] }));
    if (args.json) {
      const known = reports.filter((report) => report !== undefined).map(reportJson);
      const unknown = listed.filter(({ report }) => report === undefined).map(({ slo }) => slo.id);
      io.stdout(`${JSON.stringify({ service: config.service, environment, at: now, slos: known, unknown })}\n`);
    } else if (config.slos.length > 0) io.stdout(renderSlos(listed, now, io));
    return 0;
  });
}

/** Of machines' interest: what is shown, in numbers, and the points of the burn-down. */
export function reportJson({ slo, slowBurnRate, watchedMs: _, ...view }: SloReport): object {
  return {
    ...view,
    slowBurnRate,
    ...(slo.calendar === undefined ? {} : { calendar: slo.calendar }),
    indicator: slo.indicator.kind,
  };
}
