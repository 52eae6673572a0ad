import type { Drill } from '../../../shared/alert/drill.ts';
import { type Hop, nameOf } from '../../../shared/app/drill/hops.ts';
import { isSent } from '../../../shared/config/model.ts';
import { cleanText } from '../../../shared/message/clean.ts';
import type { Io } from '../command.ts';
import { spanText } from '../numbers.ts';
import type { DeployedStack } from '../stack.ts';
import { paint, renderTable } from '../terminal.ts';
import type { Watched } from './watch.ts';

const longestSeen = 200;
const what = { fired: 'it fires', resolved: 'it is over' } as const;

/** A line for whoever waits: `  12.4 s  chat      it fires`. */
export function progressText(hop: Hop, { startedAt }: Drill): string {
  const when = hop.state === 'held' ? spanText(Math.max(0, hop.at - startedAt)) : 'broken';
  return `  ${when.padStart(8)}  ${nameOf(hop).padEnd(10)}  ${what[hop.kind]}: ${cleanText(hop.seen, longestSeen)}\n`;
}

/** A table of the hops with what each took, and a sentence. */
export function drillText(watched: Watched, stack: DeployedStack, io: Io): string {
  const head = ['hop', 'message', 'state', 'took', 'at', 'seen'].map((word) => paint(word, 'dim', io));
  const table = renderTable([head, ...watched.hops.map((hop) => rowOf(hop, io))], {
    rightAligned: [3],
    columns: io.isTerminal ? io.columns : Number.POSITIVE_INFINITY,
  });
  return `${table}\n\n${sentenceOf(watched, stack, io)}\n`;
}

const colors = { held: 'green', broken: 'red', waiting: 'dim' } as const;

function rowOf(hop: Hop, io: Io): string[] {
  const [took, at] =
    hop.state === 'held' ? [hop.tookMs === 0 ? '-' : spanText(hop.tookMs), timeText(hop.at)] : ['', ''];
  const state = paint(hop.state === 'waiting' ? 'not seen' : hop.state, colors[hop.state], io);
  return [nameOf(hop), what[hop.kind], state, took, at, cleanText(hop.seen, longestSeen)];
}

/** The time of day in UTC, to the millisecond. */
const timeText = (at: number): string => new Date(at).toISOString().slice(11, 23);

function sentenceOf(watched: Watched, stack: DeployedStack, io: Io): string {
  const { drill, hops, outcome } = watched;
  switch (outcome) {
    case 'held':
      return `${paint('held', 'green', io)}: an alert reaches ${drill.notify.join(', ')}, here in ${spanText(reachedMs(watched))}`;
    case 'stopped':
      return `${paint('stopped', 'yellow', io)}: nobody looks on any more; the next evaluation ends the drill ${drill.id}`;
    case 'broken': {
      const hop = hops.find(({ state }) => state === 'broken');
      const where = hop === undefined ? '' : ` at ${nameOf(hop)}: ${cleanText(hop.seen, longestSeen)}`;
      return `${paint('broken', 'red', io)}${where}\nLook at first: ${lookOf(watched, stack)}`;
    }
    default:
      return outcome satisfies never;
  }
}

/** From the wish to the last channel that was told that it fires. */
function reachedMs({ drill, hops }: Watched): number {
  const ends = hops.map((hop) => (hop.state === 'held' && hop.kind === 'fired' ? hop.at : drill.startedAt));
  return Math.max(...ends) - drill.startedAt;
}

/** What to look at where it broke: a command wherever there is one. */
function lookOf({ hops, channels }: Watched, { environment }: DeployedStack): string {
  const hop = hops.find(({ state }) => state === 'broken');
  const isLocal = environment === 'local';
  const stage = isLocal ? '' : ` --stage ${environment}`;
  const logOf = (name: string) =>
    isLocal
      ? `logs/${name}.log in the data folder of npm start`
      : `npx serverless logs -f ${name}${stage} --startTime 10m`;
  switch (hop?.of) {
    case 'ledger':
      return `npx burnwatch incidents${stage}`;
    case 'evaluate':
    case 'sns':
      return logOf('evaluate');
    case 'channel': {
      const channel = channels.find(({ id }) => id === hop.channel);
      const isMailed = channel !== undefined && !isSent(channel);
      const again = `npx burnwatch notify test --channel ${hop.channel}${isMailed ? stage : ''}`;
      return isMailed ? again : `${again}; ${logOf('notify')}`;
    }
    default:
      return logOf('evaluate');
  }
}

/** The same for machines. */
export function drillJson(watched: Watched, stack: DeployedStack): object {
  const { drill, hops, outcome } = watched;
  const broken = hops.find(({ state }) => state === 'broken');
  return {
    drill: drill.id,
    environment: stack.environment,
    outcome,
    channels: drill.notify,
    startedAt: drill.startedAt,
    ...(outcome === 'held' && { reachedMs: reachedMs(watched) }),
    ...(broken && { brokenAt: nameOf(broken), seen: broken.seen, look: lookOf(watched, stack) }),
    hops: hops.map(({ of: _, kind, ...hop }) => ({ hop: nameOf({ of: _, ...hop }), message: kind, ...hop })),
  };
}
