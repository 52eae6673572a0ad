import { previewedPpm, previewSlo, type SloPreview } from '../../../shared/slo/preview.ts';
import { formatPercent, formatSpan } from '../../../shared/slo/words.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { chooseSlo } from './choice.ts';
import { renderPreview } from './preview-text.ts';

const help = `
npx burnwatch slo preview <id> [--config FILE] [--json]

What the burn rules of an SLO would do, before anything has run: how many bad events trip each of them at the interval
and number of its monitors, how soon it fires at 100, 50, 10, 5, 2 and 1 % of errors, and what should be mended.

  --config FILE   another file than ./monitors.yml
  --json          one line: {"slo", "events", "budget", "rules": [{"severity", "long", "threshold", "badEvents",
                  "detectionMinutes", …}], "findings"}

Times count from the start of the trouble, after a long window without any. Errors are spread evenly; by chance they come
sooner or later. Where nothing schedules the events (bursts, CloudWatch) there are a thousand a minute.
Exit codes: 0 shown (findings change nothing), 2 bad usage or configuration.

Examples:
  npx burnwatch slo preview shortener-availability
  npx burnwatch slo preview shortener-availability --json | jq '.rules[].detectionMinutes'
`;

/** Shows what rules would do. */
export const previewCommand: Command = {
  name: 'slo preview',
  summary: 'how soon each rule of an SLO fires, and how many failures it takes',
  help,
  run: async (argv, io) => {
    const { values, positionals } = readFlags(argv, { config: { type: 'string' }, json: { type: 'boolean' } }, 1);
    const parsed = await readConfig(values.config ?? defaultFile, io, { isTrial: true });
    // Its warnings are among the findings, where they are of this SLO.
    if (!parsed.ok) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const slo = chooseSlo(parsed.config, positionals[0], 'npx burnwatch slo preview <id>');
    const preview = previewSlo(slo, parsed.config.monitors);
    io.stdout(values.json ? `${JSON.stringify(toJson(preview))}\n` : renderPreview(preview, io));
    return 0;
  },
};

function toJson({ slo, expected, budget, seenBy, rules, findings }: SloPreview): unknown {
  return {
    slo: slo.id,
    objective: slo.objective,
    window: formatSpan(slo.windowMs),
    events: expected ?? null,
    budget: budget ?? null,
    ...(seenBy === undefined ? {} : { seenBy }),
    rules: rules.map((each) => ({
      severity: each.rule.severity,
      budget: formatPercent(each.rule.budgetPpm),
      long: formatSpan(each.rule.longMs),
      short: formatSpan(each.rule.shortMs),
      threshold: each.threshold,
      minBadEvents: each.rule.minBadEvents,
      badEvents: each.badEvents ?? null,
      events: each.expected ?? null,
      detectionMinutes: Object.fromEntries(
        previewedPpm.map((ppm, index) => [formatPercent(ppm), each.detection[index] ?? null]),
      ),
      resolvesAfterMinutes: each.resolvesAfterMs / 60_000,
    })),
    findings,
  };
}
