import { BurnwatchError, type Config, type Json, type Monitor } from '../../shared/config/model.ts';
import { referencesOf } from '../../shared/config/texts.ts';
import { getAtt, ref } from './model.ts';

/** What `${output:Name}` in monitors.yml stands for: outputs of the stack that a monitor can ask. */
const outputs: Readonly<Record<string, Json>> = {
  ShortenerUrl: getAtt('HttpApi', 'ApiEndpoint'),
  ApiId: ref('HttpApi'),
};

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
  const unknown = names.filter((name) => !Object.hasOwn(outputs, name));
  if (unknown.length > 0)
    throw new BurnwatchError(
      'BURN_OUTPUT_UNKNOWN',
      unknown.map((name) => `\${output:${name}}, used by ${users(name, monitors)}: ${known}`).join('\n'),
    );
  return Object.fromEntries(names.map((name) => [`OUTPUT_${name}`, outputs[name] ?? null]));
}

const known = `the stack has no such output; it has ${Object.keys(outputs).join(' and ')}`;

function users(name: string, monitors: readonly Monitor[]): string {
  return sorted(monitors.filter((monitor) => outputsOf(monitor).includes(name)).map(({ id }) => id)).join(', ');
}

/**
 * The configuration of a stack without the shortener, where its outputs name nothing: without the monitors that use
 * them, without the SLOs that judge nothing else; and the ids of both, to be told.
 */
export function withoutShortener(config: Config): { readonly config: Config; readonly left: readonly string[] } {
  const monitors = config.monitors.filter(
    (monitor) => !outputsOf(monitor).some((name) => Object.hasOwn(outputs, name)),
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

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
