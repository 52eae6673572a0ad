import { namedHosts, scopeOf } from '../../shared/app/burst/scope.ts';
import {
  type Alarm,
  BurnwatchError,
  type Burst,
  type Config,
  type Indicator,
  isOwn,
  type Json,
  type Reference,
  type Slo,
  type Text,
} from '../../shared/config/model.ts';
import {
  referencesOf,
  referencesOfAlarm,
  referencesOfBurst,
  referencesOfChannel,
  referencesOfIndicator,
} from '../../shared/config/texts.ts';
import { getAtt, ref, type Stack } from './model.ts';

/** What `${output:Name}` in monitors.yml stands for: outputs of the stack that a monitor can ask. */
const shortenerOutputs: Readonly<Record<string, Json>> = {
  ShortenerUrl: getAtt('HttpApi', 'ApiEndpoint'),
  ApiId: ref('HttpApi'),
};
/** Those that are there once a monitor is a heartbeat. */
const statusOutputs: Readonly<Record<string, Json>> = { StatusUrl: getAtt('HttpApi', 'ApiEndpoint') };

/** All that there can be. */
export const homeOutputNames: readonly string[] = Object.keys({ ...shortenerOutputs, ...statusOutputs });

/** A monitor, a burst or an SLO, and the references in all that it asks for. */
export type User = { readonly id: string; readonly references: readonly Reference[] };

export function monitorUsers({ monitors }: Pick<Config, 'monitors'>): readonly User[] {
  return monitors.map((monitor) => ({ id: monitor.id, references: referencesOf(monitor) }));
}

/** The flows of their mixes, and what tells the hosts that they may load, included. */
export function burstUsers(config: Pick<Config, 'monitors' | 'bursts' | 'allow'>): readonly User[] {
  const named = namedHosts(config);
  return config.bursts.map((burst) => ({ id: burst.id, references: burstReferences(config, burst, named) }));
}

function burstReferences(
  config: Pick<Config, 'monitors' | 'allow'>,
  burst: Burst,
  named: readonly Text[],
): readonly Reference[] {
  const { hosts, flows } = scopeOf(config, burst, named);
  const inHosts = hosts.flatMap((host) => (typeof host === 'string' ? [] : host));
  return [
    ...referencesOfBurst(burst),
    ...flows.flatMap(referencesOf),
    ...inHosts.filter((part): part is Reference => typeof part !== 'string'),
  ];
}

/** Channels that are sent to; of an e-mail address there is nothing to look up. */
export function channelUsers({ channels }: Pick<Config, 'channels'>): readonly User[] {
  return channels.map((channel) => ({ id: channel.id, references: referencesOfChannel(channel) }));
}

/** SLOs over metrics, and the references in their dimensions. */
export function sloUsers({ slos }: Pick<Config, 'slos'>): readonly User[] {
  return slos.map(({ id, indicator }) => ({ id, references: referencesOfIndicator(indicator) }));
}

/** Plain alarms, and the references in their dimensions. */
export function alarmUsers({ alarms = [] }: Pick<Config, 'alarms'>): readonly User[] {
  return alarms.map((alarm) => ({ id: alarm.id, references: referencesOfAlarm(alarm) }));
}

/** A text whose references are outputs of this stack, as CloudFormation puts it together. */
export function templateText(text: Text, variables: Readonly<Record<string, Json>>): Json {
  if (typeof text === 'string') return text;
  const parts = text.map((part) =>
    typeof part === 'string' ? part : 'output' in part ? (variables[`OUTPUT_${part.output}`] ?? null) : null,
  );
  const [only = ''] = parts;
  return parts.length === 1 ? only : { 'Fn::Join': ['', parts] };
}

/** The SLOs whose budgets bursts require. */
export function requiredSlos({ bursts, slos }: Pick<Config, 'bursts' | 'slos'>): readonly Slo[] {
  const ids = new Set(bursts.flatMap(({ requireBudget }) => requireBudget?.slos ?? []));
  return slos.filter(({ id }) => ids.has(id));
}

/** Paths of the SSM parameters that these use, each once, sorted. */
export function parametersOf(users: readonly User[]): readonly string[] {
  return sorted(users.flatMap(({ references }) => references).flatMap((part) => ('ssm' in part ? [part.ssm] : [])));
}

type Asked = Pick<Stack, 'isStatusOn' | 'elsewhere'>;

/**
 * The environment variables that carry the outputs which these use: `OUTPUT_<Name>` and its CloudFormation expression; elsewhere the
 * value that home has, as far as it was given. Throws, with a line for each, when they use one that home does not have.
 */
export function outputVariables(users: readonly User[], stack: Asked): Readonly<Record<string, Json>> {
  const names = outputNames(users, stack);
  const outputs = stack.elsewhere?.outputs ?? { ...shortenerOutputs, ...statusOutputs };
  return Object.fromEntries(
    names.flatMap((name) => (outputs[name] === undefined ? [] : [[`OUTPUT_${name}`, outputs[name]]])),
  );
}

/** Throws BURN_OUTPUT_MISSING, with a line for each, where these use outputs of home that a stack elsewhere was not given. */
export function requireOutputs(users: readonly User[], stack: Asked): void {
  const given = stack.elsewhere?.outputs;
  const missing = given === undefined ? [] : outputNames(users, stack).filter((name) => given[name] === undefined);
  if (missing.length === 0) return;
  throw new BurnwatchError(
    'BURN_OUTPUT_MISSING',
    missing
      .map(
        (name) =>
          `--param outputs: has no ${name}, used by ${usersOf(name, users)}: npx burnwatch locations prints the command with it`,
      )
      .join('\n'),
  );
}

/** The outputs that these use, all of which home has. */
export function outputNames(users: readonly User[], { isStatusOn, elsewhere }: Asked): readonly string[] {
  const names = sorted(users.flatMap(outputsOf));
  const outputs = (elsewhere?.isStatusOn ?? isStatusOn) ? { ...shortenerOutputs, ...statusOutputs } : shortenerOutputs;
  const known = `the stack has no such output; it has ${listOf(Object.keys(outputs))}`;
  const unknown = names.filter((name) => !Object.hasOwn(outputs, name));
  if (unknown.length > 0)
    throw new BurnwatchError(
      'BURN_OUTPUT_UNKNOWN',
      unknown.map((name) => `\${output:${name}}, used by ${usersOf(name, users)}: ${known}`).join('\n'),
    );
  return names;
}

function usersOf(name: string, users: readonly User[]): string {
  return sorted(users.filter((user) => outputsOf(user).includes(name)).map(({ id }) => id)).join(', ');
}

const needsShortener = (user: User): boolean => outputsOf(user).some((name) => Object.hasOwn(shortenerOutputs, name));

/**
 * The configuration of a stack without the shortener, where its outputs name nothing: without the monitors that use
 * them, without the alarms that watch it, without the SLOs that judge nothing else, without the bursts that load it, take a flow that is left out, or ask for the
 * budget of an SLO that is; and the ids of all of these, to be told.
 */
export function withoutShortener(config: Config): { readonly config: Config; readonly left: readonly string[] } {
  const needy = idsOf(monitorUsers(config).filter(needsShortener));
  const monitors = config.monitors.filter(({ id }) => !needy.has(id));
  const kept = idsOf(monitors);
  const keep = (ids: readonly string[]) => ids.filter((id) => kept.has(id));
  const maintenance = config.maintenance
    .map((entry) => ({ ...entry, monitors: keep(entry.monitors) }))
    .filter((entry) => entry.monitors.length > 0);
  const { slos, bursts } = settle({ ...config, monitors, maintenance });
  const alarms = (config.alarms ?? []).filter((alarm) => !isOfShortener(alarm));
  const gone = (all: readonly Named[], some: readonly Named[]) => {
    const left = idsOf(some);
    return all.map(({ id }) => id).filter((id) => !left.has(id));
  };
  return {
    config: { ...config, monitors, slos, bursts, maintenance, ...(config.alarms && { alarms }) },
    left: [
      ...gone(config.monitors, monitors),
      ...gone(config.slos, slos),
      ...gone(config.bursts, bursts),
      ...gone(config.alarms ?? [], alarms),
    ],
  };
}

/** What only the shortener has: its API, its function, its table. */
function isOfShortener(alarm: Alarm): boolean {
  const own = Object.values(alarm.watches.dimensions).flatMap((value) => (isOwn(value) ? [value.own] : []));
  return (
    needsShortener({ id: '', references: referencesOfAlarm(alarm) }) ||
    own.some((name) => shortenerThings.includes(name))
  );
}

const shortenerThings = ['shortener', 'links'];

/** Bursts ask for the budgets of SLOs, and SLOs judge bursts: what leans on something that is left out goes too, until nothing does. */
function settle(config: Config): Config {
  const known = { monitors: idsOf(config.monitors), bursts: idsOf(config.bursts) };
  const slos = config.slos.flatMap((slo) => {
    const indicator = reduced(slo.indicator, known);
    return indicator === undefined ? [] : [{ ...slo, indicator }];
  });
  const needy = idsOf(burstUsers(config).filter(needsShortener));
  const whole = { monitors: known.monitors, slos: idsOf(slos) };
  const bursts = config.bursts.filter((burst) => !needy.has(burst.id) && isWhole(burst, whole));
  const isSettled = slos.length === config.slos.length && bursts.length === config.bursts.length;
  return isSettled ? { ...config, slos } : settle({ ...config, slos, bursts });
}

type Named = { readonly id: string };
type Known<Sections extends string> = Readonly<Record<Sections, ReadonlySet<string>>>;

const idsOf = (some: readonly Named[]): ReadonlySet<string> => new Set(some.map(({ id }) => id));

/** What is left of an indicator in a configuration without the shortener; undefined where nothing is. */
function reduced(indicator: Indicator, known: Known<'monitors' | 'bursts'>): Indicator | undefined {
  switch (indicator.kind) {
    case 'probes':
    case 'latency': {
      const monitors = indicator.monitors.filter((id) => known.monitors.has(id));
      return monitors.length === 0 ? undefined : { ...indicator, monitors };
    }
    case 'bursts': {
      const bursts = indicator.bursts.filter((id) => known.bursts.has(id));
      return bursts.length === 0 ? undefined : { ...indicator, bursts };
    }
    case 'cloudwatch':
      return needsShortener({ id: '', references: referencesOfIndicator(indicator) }) ? undefined : indicator;
    default:
      return indicator satisfies never;
  }
}

/** All that this burst names is still there. */
function isWhole({ mix, requireBudget }: Burst, known: Known<'monitors' | 'slos'>): boolean {
  const flows = mix.flatMap((unit) => ('flow' in unit ? [unit.flow] : []));
  return (
    flows.every((flow) => known.monitors.has(flow)) && (requireBudget?.slos ?? []).every((slo) => known.slos.has(slo))
  );
}

function outputsOf({ references }: User): readonly string[] {
  return references.flatMap((part) => ('output' in part ? [part.output] : []));
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
