import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BurnwatchError, type Config, type Json } from '../shared/config/model.ts';
import { parseConfig, renderProblem } from '../shared/config/parse/index.ts';
import { buildResources } from './resources.ts';
import { parseSettings, type Settings } from './settings.ts';
import { environmentOf } from './template/environment.ts';
import { extensions } from './template/extensions.ts';
import { defaultRegionOf, fallbackRegion } from './template/locations.ts';
import { gigabytesOf } from './template/memory.ts';
import { type FunctionName, functionsOf, type StackOptions, stackOf } from './template/model.ts';
import { monitorUsers, requireOutputs, withoutShortener } from './template/references.ts';

/** What the framework gives a function that it calls for `${file(infra/resources.js):name}`. */
type Context = {
  readonly options: { readonly stage?: string; readonly param?: readonly string[] };
  resolveConfigurationProperty(path: readonly string[]): Promise<unknown>;
};

/** One environment of one configuration, ready to be deployed. */
export type Deployment = {
  readonly settings: Settings;
  readonly config: Config;
  /** What the parser warned of, a line each. */
  readonly warnings: readonly string[];
};

/** `service:` is the configuration's, so that the two cannot drift apart. */
export const service = resolver(({ config }) => config.service);

/** Where a stack is deployed when nobody says: at home. */
export const defaultRegion = telling(fallbackRegion, async (context) => {
  const { deployment } = await load(context);
  return defaultRegionOf(deployment.config);
});

export const resources = resolver(({ config }, options) => ({
  ...buildResources(config, options),
  extensions: extensions(stackOf(config, options)),
}));

export const probeEnvironment = environment('probe');
export const evaluateEnvironment = environment('evaluate');
export const shortenerEnvironment = environment('shortener');
export const statusEnvironment = environment('status');
export const burstEnvironment = environment('burst');
export const notifyEnvironment = environment('notify');

/** Which halves of infra/evaluate.yml, shortener.yml, status.yml, burst.yml and notify.yml are deployed. */
export const evaluateChoice = choice('evaluate');
export const shortenerChoice = choice('shortener');
export const statusChoice = choice('status');
export const burstChoice = choice('burst');
export const notifyChoice = choice('notify');

/** The framework takes `false` for a function that is in no VPC. */
export const probeVpc = resolver((_, { vpc }) => vpc ?? false);

/** What is on the internet is reached from nowhere better than from outside: only a private address brings `notify` into the VPC. */
export const notifyVpc = resolver(({ config }, options) => {
  const { isNotifyPrivate, vpc } = stackOf(config, options);
  return (isNotifyPrivate && vpc) || false;
});

/** A starved Lambda invents latency: the larger shards of large fleets get twice the memory. */
export const probeMemory = memory('probe');
/** Who judges a large fleet holds the history of all of it, and so does who tells `/metrics` of it. */
export const evaluateMemory = memory('evaluate');
export const statusMemory = memory('status');

/** Throws BURN_OUTPUT_MISSING where monitors use outputs of home that the parameters of a stack elsewhere do not give. */
export function checkOutputs({ config, settings }: Deployment, place: Pick<StackOptions, 'stage' | 'region'>): void {
  try {
    requireOutputs(monitorUsers(config), stackOf(config, { ...settings, ...place }));
  } catch (error) {
    throw error instanceof BurnwatchError ? withoutStack(error) : error;
  }
}

type Parsed = Pick<Deployment, 'config' | 'warnings'>;
const parsed = new Map<string, Parsed>();
/** The same without what asks for the shortener. */
const alone = new Map<string, Parsed>();

/**
 * Reads and parses the configuration that the parameters name, once a process. Throws a BurnwatchError whose message
 * is the parser's own lines.
 */
export function loadDeployment(
  root: string,
  stage: string,
  given: readonly string[],
  configured: Parameters<typeof parseSettings>[1],
): Deployment {
  const settings = parseSettings(given, configured, stage);
  const path = resolve(root, settings.config);
  const known = parsed.get(path) ?? parseFile(path, settings.config);
  parsed.set(path, known);
  if (settings.isShortenerOn) return { settings, ...known };
  const reduced = alone.get(path) ?? aloneOf(known, settings.config);
  alone.set(path, reduced);
  return { settings, ...reduced };
}

function aloneOf({ config: whole, warnings }: Parsed, file: string): Parsed {
  const { config, left } = withoutShortener(whole);
  if (left.length === 0) return { config, warnings };
  const note =
    `${file}: ${left.join(', ')} left out, because --param shortener=off deploys no shortener to ask` +
    `${config.monitors.length === 0 ? ', and nothing is left to probe: name another configuration with --param config=FILE' : ''}`;
  return { config, warnings: [...warnings, note] };
}

function parseFile(path: string, file: string): Parsed {
  const answer = parseConfig(read(path, file), { file, env: process.env });
  if (!answer.ok)
    throw new BurnwatchError('BURN_CONFIG_INVALID', answer.errors.map((problem) => renderProblem(problem)).join('\n'));
  return { config: answer.config, warnings: answer.warnings.map((problem) => renderProblem(problem)) };
}

function read(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${code})`;
    throw new BurnwatchError('BURN_CONFIG_UNREADABLE', `${reason}: name another with --param config=FILE`, { cause });
  }
}

/** A word in any case, because it becomes part of an address. */
function choice(name: FunctionName) {
  return resolver(
    ({ config }, options) => (functionsOf(stackOf(config, options)).includes(name) ? 'on' : 'off'),
    'off',
  );
}

/** Megabytes, as Lambda counts them. */
function memory(name: FunctionName) {
  return resolver(({ config }, options) => 1_024 * gigabytesOf(name, stackOf(config, options)));
}

function environment(name: FunctionName) {
  return resolver(({ config }, options) => environmentOf(name, config, stackOf(config, options)));
}

/**
 * A function for the framework. It may be called again when something that it asks for is not known yet. After a mistake that
 * was told it answers `instead`.
 */
function resolver(
  build: (deployment: Deployment, options: StackOptions) => Json | object,
  instead: Json | object = {},
) {
  return telling(instead, async (context) => {
    const { deployment, stage } = await load(context);
    const region = String(await context.resolveConfigurationProperty(['provider', 'region']));
    return build(deployment, { ...deployment.settings, stage, region });
  });
}

async function load({ options, resolveConfigurationProperty: property }: Context) {
  const stage = String(options.stage ?? (await property(['provider', 'stage'])) ?? 'dev');
  const configured = ((await property(['params'])) ?? {}) as Parameters<typeof parseSettings>[1];
  return { stage, deployment: loadDeployment(process.cwd(), stage, options.param ?? [], configured) };
}

/** One mistake stops every property that asks; the framework is to tell it once. */
const told = new Set<string>();

function telling(instead: Json | object, resolve: (context: Context) => Promise<Json | object>) {
  return async (context: Context): Promise<Json | object> => {
    try {
      return await resolve(context);
    } catch (error) {
      if (!(error instanceof BurnwatchError)) throw error;
      if (told.has(error.message)) return instead;
      told.add(error.message);
      throw withoutStack(error);
    }
  };
}

/** The framework prints the stack of what a resolver throws; the lines are all that a person needs. */
function withoutStack(error: BurnwatchError): BurnwatchError {
  error.stack = `\n${error.message}`;
  return error;
}
