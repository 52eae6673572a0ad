import { createSchedule } from '../../shared/burst/schedule.ts';
import type { Burst, Config, Load, Monitor, Slo } from '../../shared/config/model.ts';
import { type ParseResult, renderDuration, renderPercent } from '../../shared/config/parse/index.ts';
import { targetOf } from '../../shared/config/texts.ts';
import { describeIndicator } from '../../shared/message/indicator-text.ts';
import { describeSent, loadText, sentText } from './burst/subject.ts';
import type { Command, Io } from './command.ts';
import { defaultFile, printProblems, readConfig } from './config-file.ts';
import { type Earlier, readEarlier } from './earlier-file.ts';
import { readFlags } from './flags.ts';
import { renderText } from './reference-text.ts';
import { count, paint, renderTable } from './terminal.ts';

const help = `
npx burnwatch validate [--config FILE] [--against FILE|REVISION] [--json]

Checks monitors.yml (or FILE) and says what it holds. Every error comes at once, each with its line and column.
Nothing is sent anywhere; \${ssm:…} and \${output:…} are checked for their form only.

It also says which monitors an earlier version had that are gone, and so which history would be forgotten: of one that only got
another name, formerly: its-old-name keeps it. Compared with is the last commit of git, where there is one.

  --config FILE              another file than ./monitors.yml
  --against FILE|REVISION    the earlier version: another file, or a revision of git that has this one, such as origin/main
  --json                     one JSON object on stdout: {"valid", "file", "against", "monitors", "slos", "bursts", …, "errors",
                             "warnings"}

Exit codes: 0 valid (warnings, on stderr, change nothing), 2 invalid.

Examples:
  npx burnwatch validate
  npx burnwatch validate --config staging.yml
  npx burnwatch validate --against origin/main
  npx burnwatch validate --json
`;

export const validateCommand: Command = {
  name: 'validate',
  summary: 'check monitors.yml and say what it holds',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, options);
    const file = values.config ?? defaultFile;
    const earlier = await readEarlier(file, values.against, io);
    const result = await readConfig(file, io, earlier ? { before: earlier.monitors } : {});
    if (values.json) io.stdout(`${JSON.stringify(toJson(file, result, earlier))}\n`);
    else {
      printProblems(result, io);
      if (earlier && result.warnings.some(({ code }) => code === 'BURN_CONFIG_RENAMED'))
        io.stderr(`Compared with ${earlier.name}; --against compares with another file, or another revision of git\n`);
      if (result.ok) io.stdout(renderSummary(file, result.config, io));
    }
    return result.ok ? 0 : 2;
  },
};

const options = { config: { type: 'string' }, against: { type: 'string' }, json: { type: 'boolean' } } as const;

function toJson(file: string, result: ParseResult, earlier: Earlier | undefined): unknown {
  const { warnings } = result;
  const read = { file, ...(earlier && { against: earlier.name }) };
  if (!result.ok) return { valid: false, ...read, errors: result.errors, warnings };
  const { service, channels, monitors, slos, bursts, allow, maintenance } = result.config;
  return { valid: true, ...read, service, channels, monitors, slos, bursts, allow, maintenance, errors: [], warnings };
}

const mostRows = 100;

function renderSummary(file: string, config: Config, io: Io): string {
  const { channels, monitors, slos, bursts, maintenance, locations } = config;
  const counts = [count(monitors.length, 'monitor'), count(slos.length, 'SLO'), count(channels.length, 'channel')];
  if (bursts.length > 0) counts.push(count(bursts.length, 'burst'));
  if (locations !== undefined) counts.push(count(1 + locations.also.length, 'location'));
  if (maintenance.length > 0) counts.push(count(maintenance.length, 'maintenance window'));
  const head = `${paint('valid', 'green', io)} ${file} (${config.service}) holds ${counts.join(', ')}`;
  const tables = [renderMonitors(monitors, io), renderSlos(slos, io), renderBursts(bursts, io)].filter(
    (table) => table !== '',
  );
  return `${[head, ...tables].join('\n\n')}\n`;
}

/** Who waits for whom is shown where anybody does. */
function renderMonitors(monitors: readonly Monitor[], io: Io): string {
  const hasParents = monitors.some(({ dependsOn }) => dependsOn.length > 0);
  const rows = monitors.map((monitor) => [
    monitor.id,
    monitor.type,
    renderPace(monitor),
    renderAssertions(monitor),
    renderAlerts(monitor),
    ...(hasParents ? [renderParents(monitor)] : []),
    renderTarget(monitor),
  ]);
  const titles = ['MONITOR', 'TYPE', 'INTERVAL', 'ASSERTIONS', 'ALERTS', ...(hasParents ? ['AFTER'] : []), 'TARGET'];
  return renderRows(titles, rows, io);
}

function renderPace(monitor: Monitor): string {
  if (monitor.type !== 'heartbeat') return `every ${renderDuration(monitor.intervalMs)}`;
  return `period ${renderDuration(monitor.periodMs)} + ${renderDuration(monitor.graceMs)}`;
}

function renderAssertions(monitor: Monitor): string {
  const all = monitor.type === 'flow' ? monitor.steps.flatMap(({ assertions }) => assertions) : monitor.assertions;
  return all.length === 0 ? '–' : count(all.length, 'assertion');
}

const mostParents = 3;

function renderParents({ dependsOn }: Monitor): string {
  const more = dependsOn.length - mostParents;
  const named = dependsOn.slice(0, mostParents).join(', ');
  return named === '' ? '–' : `${named}${more > 0 ? ` and ${more} more` : ''}`;
}

function renderAlerts({ alerts }: Monitor): string {
  if (alerts.length === 0) return '–';
  return alerts.map(({ failures, of, notify }) => `${failures} of ${of} → ${notify.join(', ')}`).join('; ');
}

function renderSlos(slos: readonly Slo[], io: Io): string {
  const rows = slos.map((slo) => [
    slo.id,
    `${slo.objective} of ${slo.calendar === undefined ? renderDuration(slo.windowMs) : `a ${slo.calendar.unit}`}`,
    renderRules(slo),
    describeIndicator(slo, showOutput),
  ]);
  return rows.length === 0 ? '' : renderRows(['SLO', 'OBJECTIVE', 'BURN RULES', 'COUNTS'], rows, io);
}

/** What is known only once it is deployed is shown as it is written. */
const showOutput = (name: string): string => `\${output:${name}}`;

function renderRules({ alerts }: Slo): string {
  if (alerts.length === 0) return '–';
  return alerts
    .map((rule) => `${rule.severity} ${renderPercent(rule.budgetPpm)}/${renderDuration(rule.longMs)}`)
    .join(', ');
}

function renderBursts(bursts: readonly Burst[], io: Io): string {
  const rows = bursts.map((burst) => [
    burst.id,
    renderLoad(burst.load),
    renderRequests(burst.load, burst.limits),
    renderSchedule(burst),
    burst.thresholds.map(({ text }) => text).join(', ') || '–',
    sentText(describeSent(burst)),
  ]);
  const titles = ['BURST', 'LOAD', 'REQUESTS', 'SCHEDULE', 'THRESHOLDS', 'TARGET'];
  return rows.length === 0 ? '' : renderRows(titles, rows, io);
}

const mostStages = 3;

function renderLoad(load: Load): string {
  const more = load.model === 'open' ? load.stages.length - mostStages : 0;
  if (load.model !== 'open' || more <= 0) return loadText(load);
  return `${loadText({ ...load, stages: load.stages.slice(0, mostStages) })} and ${more} more`;
}

/** Those that its load comes to; at most, where the target decides. */
function renderRequests(load: Load, limits: Burst['limits']): string {
  const exact = load.model === 'open' ? createSchedule(load.stages).total : undefined;
  const isExact = exact !== undefined || (load.model === 'closed' && load.forMs === undefined);
  return `${isExact ? '' : 'up to '}${(exact ?? limits.requests).toLocaleString('en-US')}`;
}

function renderSchedule({ schedule, shards }: Burst): string {
  if (schedule === undefined) return 'by hand';
  const { expression, timezone } = schedule;
  return [
    timezone === 'UTC' ? expression : `${expression} ${timezone}`,
    ...(shards > 1 ? [`${shards} shards`] : []),
  ].join(', ');
}

function renderRows(titles: readonly string[], rows: readonly (readonly string[])[], io: Io): string {
  const head = titles.map((title) => paint(title, 'dim', io));
  const table = renderTable([head, ...rows.slice(0, mostRows)], io.isTerminal ? { columns: io.columns } : {});
  return rows.length > mostRows ? `${table}\n… and ${(rows.length - mostRows).toLocaleString('en-US')} more` : table;
}

/** The type stands beside it, so of the verbs only the methods of HTTP are needed. */
function renderTarget(monitor: Monitor): string {
  const { verb, target } = targetOf(monitor);
  return monitor.type === 'http' ? `${verb} ${renderText(target)}` : renderText(target);
}
