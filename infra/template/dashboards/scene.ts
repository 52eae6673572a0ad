import type { Config, DashboardName } from '../../../shared/config/model.ts';
import { type FunctionName, functionsOf, nameOf, type Stack } from '../model.ts';
import { heading, type Row } from './layout.ts';
import { dashboardUrlOf, link } from './links.ts';

/** What a dashboard is drawn of. */
export type Scene = {
  readonly stack: Stack;
  readonly config: Config;
  /** Those that are deployed beside it. */
  readonly chosen: readonly DashboardName[];
};

/** What each is called, and what it answers. */
export const subjects: Readonly<Record<DashboardName, { readonly title: string; readonly question: string }>> = {
  overview: { title: 'Overview', question: 'Are we up, and if not, what is it?' },
  monitors: { title: 'Monitors', question: 'Which monitor fails or is slow, and since when?' },
  slos: { title: 'SLOs and budgets', question: 'How much may still fail, and how fast does it go?' },
  bursts: { title: 'Bursts', question: 'What does it take, and what did the newest runs feel?' },
  application: { title: 'Application', question: 'What do callers get, how fast, and what goes wrong?' },
  runtime: { title: 'Runtime', question: 'Are our own processes well?' },
  infrastructure: { title: 'Infrastructure', question: 'Does AWS hold us back, and what does it cost?' },
};

/** The heading of a dashboard: its question, how to read it, and the way to the others. */
export function headOf({ stack, chosen }: Scene, name: DashboardName, ...sentences: readonly string[]): Row {
  const { title, question } = subjects[name];
  const others = chosen
    .filter((other) => other !== name)
    .map((other) => link(subjects[other].title, dashboardUrlOf(stack, other)));
  const ways = others.length === 0 ? [] : [`See also: ${others.join(', ')}`];
  const text = sentences.filter((sentence) => sentence !== '').join(' ');
  return heading(
    [`# ${title} of ${stack.service}, ${stack.stage}`, `**${question}** ${text}`, ...ways].join('\n\n'),
    3,
  );
}

/** The runbooks that dashboards lead to. */
export const runbooks = {
  shortener: 'docs/runbooks/shortener.md',
  errors: 'docs/runbooks/application-errors.md',
  latency: 'docs/runbooks/application-latency.md',
  duration: 'docs/runbooks/function-duration.md',
  functionErrors: 'docs/runbooks/function-errors.md',
  dead: 'docs/runbooks/monitoring-dead.md',
  throttling: 'docs/runbooks/throttling.md',
  undelivered: 'docs/runbooks/undelivered.md',
} as const;

/** The way to a runbook: a link where it has an address, its path in the repository elsewhere. */
export function runbookOf({ stack }: Scene, path: string): string {
  if (/^https?:\/\/[^\s()<>]+$/.test(path)) return link('Runbook', path);
  const isOurs = /^[\w./-]+$/.test(path);
  if (stack.repository !== undefined && isOurs) return link('Runbook', `${stack.repository}/${path}`);
  return isOurs ? `Runbook: \`${path}\`` : '';
}

/** The log groups of functions, of those that the stack has. */
export function groupsOf({ stack }: Scene, functions: readonly FunctionName[]): readonly string[] {
  const known = functionsOf(stack);
  return functions.filter((name) => known.includes(name)).map((name) => `/aws/lambda/${nameOf(stack, name)}`);
}
