import type { Incident } from '../../../shared/alert/model.ts';
import { type IncidentsNow, loadIncidentsNow } from '../../../shared/app/incident/incidents.ts';
import type { PendingAlert } from '../../../shared/app/overview/pending.ts';
import { titleOf } from '../../../shared/message/alert-title.ts';
import { cleanText } from '../../../shared/message/clean.ts';
import { formatDuration, formatInstant } from '../../../shared/message/format.ts';
import type { Command, Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { stackHelp, stackOptions } from '../stack.ts';
import { count, paint, renderTable } from '../terminal.ts';
import { withAlerts } from './alerts.ts';
import { loadPending, renderPending } from './pending.ts';

const help = `
npx burnwatch incidents [--stage NAME] [--region REGION] [--config FILE] [--json]

Lists what is wrong now, what is pending, and the newest incidents that are over. An alert is pending when some of what it
takes to fire is there; SLOs over metrics of CloudWatch are not asked.

${stackHelp}
  --config FILE          another file than monitors.yml
  --json                 one JSON object, nothing else on standard output; instants are epoch milliseconds

Exit codes: 0 whatever is wrong, 2 bad usage or configuration, or the stack does not answer.

Examples:
  npx burnwatch incidents
  npx burnwatch incidents --stage prod --region eu-west-1
  npx burnwatch incidents --stage prod --json | jq -r '.incidents[] | select(.state == "open") | .id'
`;

/** Incidents that are over are shown so far back. */
const mostClosed = 20;

/** Lists the incidents of a running stack. */
export const incidentsCommand: Command = {
  name: 'incidents',
  summary: 'list what is wrong now, and what was lately',
  help,
  run: (argv, io) => {
    const options = { ...stackOptions, config: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readFlags(argv, options);
    return withAlerts(values, io, async ({ config, deps, stack }) => {
      const now = deps.now();
      const [seen, pending] = await Promise.all([
        loadIncidentsNow(deps.alerts, mostClosed, now),
        loadPending(config, stack, deps.alerts, now),
      ]);
      io.stdout(values.json ? toJson(seen, pending) : render(seen, pending, now, io));
      return 0;
    });
  },
};

function toJson({ open, closed, silences }: IncidentsNow, pending: readonly PendingAlert[]): string {
  const incidents = [...open, ...closed].map(({ told, acknowledgements: _, ...incident }) => ({
    state: incident.closedAt === undefined ? 'open' : 'closed',
    ...incident,
    told: told ?? [],
  }));
  return `${JSON.stringify({ incidents, silences, pending })}\n`;
}

function render(
  { open, closed, silences }: IncidentsNow,
  pending: readonly PendingAlert[],
  now: number,
  io: Io,
): string {
  const quiet =
    silences.length === 0 ? '' : `${count(silences.length, 'silence')} in force: npx burnwatch silence --list\n`;
  const coming = renderPending(pending, io);
  if (open.length + closed.length === 0)
    return `${coming === '' ? 'Nothing is wrong, and nothing was lately.\n' : `${coming}\nNothing has fired lately.\n`}${quiet}`;
  const head = ['incident', 'state', 'severity', 'since', 'lasted', 'acknowledged', 'what'];
  const rows = [...open, ...closed].map((incident) => rowOf(incident, now, io));
  const table = renderTable([head.map((word) => paint(word, 'dim', io)), ...rows], {
    columns: io.isTerminal ? io.columns : Number.POSITIVE_INFINITY,
  });
  const next = open.some(({ acknowledged }) => acknowledged === undefined)
    ? `\n${paint(`Say that you are at it: npx burnwatch ack ${open.find((each) => !each.acknowledged)?.id}`, 'dim', io)}\n`
    : '';
  return `${coming === '' ? '' : `${coming}\n`}${table}\n${next}${quiet}`;
}

function rowOf(incident: Incident, now: number, io: Io): string[] {
  const { id, openedAt, closedAt, severity, acknowledged } = incident;
  const isOpen = closedAt === undefined;
  return [
    id,
    isOpen ? paint('open', 'red', io) : paint('over', 'green', io),
    severity,
    formatInstant(openedAt),
    formatDuration((closedAt ?? now) - openedAt),
    acknowledged === undefined ? (isOpen ? 'nobody' : '-') : cleanText(acknowledged.by, 20),
    whatOf(incident),
  ];
}

/** The alerts that fire, or fired, each once. */
function whatOf({ alerts, closedAt }: Incident): string {
  const told = closedAt === undefined ? alerts.filter(({ resolvedAt }) => resolvedAt === undefined) : alerts;
  const titles = new Map(told.map(({ alertId, heldBack }) => [titleOf(alertId), heldBack]));
  return [...titles].map(([title, heldBack]) => (heldBack === 'silence' ? `${title} (silenced)` : title)).join(', ');
}
