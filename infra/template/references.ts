import { BurnwatchError, type Config, type Json, type Monitor } from '../../shared/config/model.ts';
import { referencesOf } from '../../shared/config/texts.ts';
import { getAtt, ref } from './model.ts';

/** What `${output:Name}` in monitors.yml stands for: outputs of the stack that a monitor can ask. */
const shortenerOutputs: Readonly<Record<string, Json>> = {
  ShortenerUrl: getAtt('HttpApi', 'ApiEndpoint'),
  ApiId: ref('HttpApi'),
};
/** Those that are there once a monitor is a heartbeat. */
const statusOutputs: Readonly<Record<string, Json>> = { StatusUrl: getAtt('HttpApi', 'ApiEndpoint') };

/** Paths of the SSM parameters that these monitors use, each once, sorted. */
export function parametersOf(monitors: readonly Monitor[]): readonly string[] {
  return sorted(monitors.flatMap(referencesOf).flatMap((part) => ('ssm' in part ? [part.ssm] : [])));
}

/**
 * The environment variables that carry the outputs which these monitors use: `OUTPUT_<Name>` and its CloudFormation
 * expression. Throws, with a line for each, when they use one that the stack does not have.
 */
export function outputVariables(monitors: readonly Monitor[]): Readonly<Record<string, Json>> {
  const names = sorted(monitors.flatMap(outputsOf));
  const hasStatus = monitors.some(({ type }) => type === 'heartbeat');
  const outputs = hasStatus ? { ...shortenerOutputs, ...statusOutputs } : shortenerOutputs;
  const known = `the stack has no such output; it has ${listOf(Object.keys(outputs))}`;
  const unknown = names.filter((name) => !Object.hasOwn(outputs, name));
  if (unknown.length > 0)
    throw new BurnwatchError(
      'BURN_OUTPUT_UNKNOWN',
      unknown.map((name) => `\${output:${name}}, used by ${users(name, monitors)}: ${known}`).join('\n'),
    );
  return Object.fromEntries(names.map((name) => [`OUTPUT_${name}`, outputs[name] ?? null]));
}

function users(name: string, monitors: readonly Monitor[]): string {
  return sorted(monitors.filter((monitor) => outputsOf(monitor).includes(name)).map(({ id }) => id)).join(', ');
}

/**
 * The configuration of a stack without the shortener, where its outputs name nothing: without the monitors that use
 * them, without the SLOs that judge nothing else; and the ids of both, to be told.
 */
export function withoutShortener(config: Config): { readonly config: Config; readonly left: readonly string[] } {
  const monitors = config.monitors.filter(
    (monitor) => !outputsOf(monitor).some((name) => Object.hasOwn(shortenerOutputs, name)),
  );
  const kept = new Set(monitors.map(({ id }) => id));
  const keep = (ids: readonly string[]) => ids.filter((id) => kept.has(id));
  const slos = config.slos
    .map((slo) => ({ ...slo, indicator: { monitors: keep(slo.indicator.monitors) } }))
    .filter((slo) => slo.indicator.monitors.length > 0);
  const maintenance = config.maintenance
    .map((entry) => ({ ...entry, monitors: keep(entry.monitors) }))
    .filter((entry) => entry.monitors.length > 0);
  const gone = (all: readonly { id: string }[], some: readonly { id: string }[]) =>
    all.map(({ id }) => id).filter((id) => !some.some((one) => one.id === id));
  return {
    config: { ...config, monitors, slos, maintenance },
    left: [...gone(config.monitors, monitors), ...gone(config.slos, slos)],
  };
}

function outputsOf(monitor: Monitor): readonly string[] {
  return referencesOf(monitor).flatMap((part) => ('output' in part ? [part.output] : []));
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
