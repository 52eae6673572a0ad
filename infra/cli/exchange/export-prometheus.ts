import { stringify } from 'yaml';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { groupName, toPrometheus } from '../../prometheus/rules.ts';
import { defaultSeries, type Series } from '../../prometheus/series.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';

const help = `
npx burnwatch export prometheus [--bad SELECTOR --total SELECTOR | --probe SELECTOR] [--config FILE]

Prints the burn rules of monitors.yml as recording and alerting rules of Prometheus (2.42 and newer), named as Sloth
names them: slo:sli_error:ratio_rate5m, slo:period_error_budget_remaining:ratio, … Every ratio is counts over counts.

  --bad SELECTOR      the counter of bad events, by default burnwatch_bad_events_total{slo="{slo}"}
  --total SELECTOR    the counter of all of them, by default burnwatch_events_total{slo="{slo}"}
  --probe SELECTOR    in place of both, a gauge that is 1 where a probe passed and 0 where it failed, such as
                      blackbox_exporter's, one sample a probe. SLOs that count more than that are left out
  --config FILE       another file than ./monitors.yml

In a selector {slo} stands for the SLO's id; {monitor} and {target} for its monitors and what they probe, as an
expression (=~) that matches any of them.

Exit codes: 0 printed, 1 an SLO was left out, 2 bad usage or configuration.

Examples:
  npx burnwatch export prometheus > rules.yml && promtool check rules rules.yml
  npx burnwatch export prometheus --probe 'probe_success{instance=~"{target}"}' > rules.yml
  npx burnwatch export prometheus --bad 'http_requests_total{code=~"5.."}' --total 'http_requests_total'
`;

/** Burn rules as Prometheus has them. */
export const exportPrometheusCommand: Command = {
  name: 'export prometheus',
  summary: 'write burn rules as rules of Prometheus',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      config: { type: 'string' },
      bad: { type: 'string' },
      total: { type: 'string' },
      probe: { type: 'string' },
    });
    const series = seriesOf(values);
    const file = values.config ?? defaultFile;
    const parsed = await readConfig(file, io);
    printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const rules = toPrometheus(parsed.config, series);
    const left = parsed.config.slos.filter((slo) => !rules.groups.some(({ name }) => name === groupName(slo)));
    for (const { id } of left) io.stderr(`${id} is left out: whether a probe passed says nothing of what it counts\n`);
    io.stdout(`# Made by npx burnwatch export prometheus from ${file.replaceAll(/\p{Cc}/gu, ' ')}.\n`);
    io.stdout(stringify(rules, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' }));
    return left.length === 0 ? 0 : 1;
  },
};

type Typed = {
  readonly bad?: string | undefined;
  readonly total?: string | undefined;
  readonly probe?: string | undefined;
};

const longestSelector = 1_000;
/** A name, matchers of labels in braces, or both: what PromQL can take a range of. https://prometheus.io/docs/prometheus/latest/querying/basics/ */
const isSelector = (() => {
  const name = /[a-zA-Z_:](?:[a-zA-Z0-9_:]|\{slo\})*/.source;
  const quoted = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`/.source;
  const matcher = `\\s*[a-zA-Z_]\\w*\\s*(?:=~|!~|!=|=)\\s*(?:${quoted})\\s*`;
  const labels = `\\{${matcher}(?:,${matcher})*,?\\s*\\}`;
  return new RegExp(`^(?:${name}(?:\\s*(?:${labels}|\\{\\s*\\}))?|${labels})$`);
})();

/** Throws BURN_USAGE for one counter without the other, or beside a gauge, and for what cannot be a selector. */
function seriesOf({ bad, total, probe }: Typed): Series {
  const typed = [bad, total, probe].filter((selector) => selector !== undefined);
  const odd = typed.find((selector) => selector.length > longestSelector || !isSelector.test(selector));
  if (odd !== undefined)
    throw usage(
      `a selector is a name and labels, such as probe_success{job="web"}, got ${JSON.stringify(odd.slice(0, 80))}`,
    );
  if (probe !== undefined && typed.length > 1) throw usage('--probe stands in place of --bad and --total');
  if (probe !== undefined) return { kind: 'probes', probe };
  if (bad === undefined && total === undefined) return defaultSeries;
  if (bad !== undefined && total !== undefined) return { kind: 'counters', bad, total };
  throw usage('--bad and --total go together');
}

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
