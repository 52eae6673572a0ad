import type { Incident } from '../../../shared/alert/model.ts';
import { type Acknowledged, acknowledge } from '../../../shared/app/alert-change/acknowledge.ts';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { cleanText } from '../../../shared/message/clean.ts';
import { formatInstant } from '../../../shared/message/format.ts';
import type { Command } from '../command.ts';
import { readFlags } from '../flags.ts';
import { stackHelp, stackOptions } from '../stack.ts';
import { thereAre } from '../there-are.ts';
import { type AlertsWork, whoIs, withAlerts } from './alerts.ts';

const help = `
npx burnwatch ack [INCIDENT] [--by NAME] [--note TEXT] [--stage NAME] [--region REGION] [--config FILE]

Says that somebody is at an incident: nothing of it reminds or escalates until something new joins it, and everyone who was
told of it is told who is at it, within a minute. Each alert still tells when it has resolved.

  INCIDENT               its id, or the beginning of it; not needed where one is open and no more
  --by NAME              who is at it; the name of whoever is logged in by default
  --note TEXT            anything to say, such as what is being tried
${stackHelp}
  --config FILE          another file than monitors.yml

Exit codes: 0 acknowledged, by whomever, or over; 2 bad usage or configuration, no such incident, or the stack does not answer.

Examples:
  npx burnwatch ack
  npx burnwatch ack 4714205da574 --note "rolling back" --stage prod
`;

/** Acknowledges an incident of a running stack. */
export const ackCommand: Command = {
  name: 'ack',
  summary: 'say that you are at an incident',
  help,
  run: (argv, io) => {
    const text = { type: 'string' } as const;
    const { positionals, values } = readFlags(argv, { ...stackOptions, config: text, by: text, note: text }, 1);
    return withAlerts(values, io, async (given) => {
      const id = await chooseIncident(positionals[0], given);
      const { note } = values;
      const signature = { by: whoIs(values.by, io), ...(note === undefined ? {} : { note }) };
      io.stdout(`${sentence(id, await acknowledge(id, signature, given.deps))}\n`);
      return 0;
    });
  },
};

const shortestPrefix = 3;

/** The open incident that is meant; an id that is not open is looked for among those that are over. */
async function chooseIncident(given: string | undefined, { deps }: AlertsWork): Promise<string> {
  const { state } = await deps.alerts.load();
  const open = Object.keys(state.incidents);
  const there = open.length === 0 ? 'none is open' : `${thereAre(open)}: see npx burnwatch incidents`;
  if (given === undefined) {
    if (open.length === 1 && open[0] !== undefined) return open[0];
    throw usage(`which incident? ${there}`);
  }
  const matching = open.filter((id) => id.startsWith(given));
  if (matching.length > 1) throw usage(`${JSON.stringify(given)} begins ${matching.join(' and ')}: type more of it`);
  if (matching[0] !== undefined && given.length >= shortestPrefix) return matching[0];
  if (/^[0-9a-f]{12}$/.test(given)) return given;
  throw usage(`no open incident is called ${JSON.stringify(given.slice(0, 80))}: ${there}`);
}

function sentence(id: string, answer: Acknowledged): string {
  switch (answer.state) {
    case 'unknown':
      throw usage(`there is no incident ${id}: see npx burnwatch incidents`);
    case 'closed':
      return `Incident ${id} is over${answer.incident.closedAt ? ` since ${formatInstant(answer.incident.closedAt)}` : ''}: there is nothing to do.`;
    case 'acknowledged':
      return `You are at incident ${id}, as ${byOf(answer.incident)}: everyone who was told is told within a minute.`;
    case 'open':
    case 'already':
      return `Incident ${id} is acknowledged already, by ${byOf(answer.incident)} at ${formatInstant(answer.incident.acknowledged?.at ?? 0)}.`;
    default:
      return answer satisfies never;
  }
}

const byOf = ({ acknowledged }: Incident): string => cleanText(acknowledged?.by ?? 'somebody', 64);
const usage = (message: string): BurnwatchError => new BurnwatchError('BURN_USAGE', message);
