import { BurnwatchError, type Config, type Json, type Monitor, type Reference } from '../../shared/config/model.ts';
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
 * expression. Throws, with a line for each, when an output does not exist in a stack with these options.
 */
export function outputVariables(config: Config, options: { isShortenerOn: boolean }): Readonly<Record<string, Json>> {
  const uses = config.monitors.flatMap((monitor) =>
    referencesOf(monitor).flatMap((part) => ('output' in part ? [{ monitor: monitor.id, output: part.output }] : [])),
  );
  const names = sorted(uses.map((use) => use.output));
  const missing = options.isShortenerOn ? names.filter((name) => !Object.hasOwn(outputs, name)) : names;
  if (missing.length > 0) throw new BurnwatchError('BURN_OUTPUT_UNKNOWN', missing.map(explain).join('\n'));
  return Object.fromEntries(names.map((name) => [`OUTPUT_${name}`, outputs[name] ?? null]));

  function explain(name: string): string {
    const users = sorted(uses.filter((use) => use.output === name).map((use) => use.monitor)).join(', ');
    if (!Object.hasOwn(outputs, name))
      return `\${output:${name}} is used by ${users}, but the stack has no such output: it has ${Object.keys(outputs).join(' and ')}`;
    return (
      `\${output:${name}} is used by ${users}, but --param shortener=off leaves the shortener out: give them a URL of ` +
      'your own, or name a configuration without them, as in --param shortener=off --param config=monitors.prod.yml'
    );
  }
}

/** The references in what a monitor sends: its URL and its headers. */
function referencesOf(monitor: Monitor): readonly Reference[] {
  return [monitor.request.url, ...Object.values(monitor.request.headers)]
    .flatMap((text) => (typeof text === 'string' ? [] : text))
    .filter((part): part is Reference => typeof part !== 'string');
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
