import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BurnwatchError, type Config } from '../../shared/config/model.ts';
import { fallbackRegion } from '../template/locations.ts';
import type { Io } from './command.ts';
import { findLocalMode } from './local-mode.ts';

/** A stack that runs: where its ledger and the state of its alerts are. */
export type DeployedStack = {
  /** What it is called: `prod`, or `local` for the running local mode. */
  readonly environment: string;
  readonly table: string;
  /** Also the location of its probes. */
  readonly region: string;
  readonly client: DynamoDBClient;
  /** What clients of other services are made with; without an endpoint the SDK finds its own. */
  readonly settings: ClientSettings;
};
export type ClientSettings = {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** The options of every command that asks a running stack. */
export const stackOptions = { stage: { type: 'string' }, region: { type: 'string' } } as const;

/** The lines of a help text on `stackOptions`. */
export const stackHelp = `  --stage NAME           the stack of this environment in AWS, with the credentials of AWS_PROFILE and the like; without
                         it the running local mode (npm start)
  --region REGION        where that stack is: home, where there are locations; else AWS_REGION, else us-east-1`;

export type StackChoice = {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  /** Where local mode may keep its data in `.burnwatch`: the folder of the configuration and the current one. BURNWATCH_DATA says another. */
  readonly folders: readonly string[];
};

/** As in local mode's own stack. */
const local = { environment: 'local', region: 'us-east-1' };
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
type Named = Pick<Config, 'service' | 'locations'>;

/**
 * Runs `work` with the stack that a configuration and the options of a command mean: with a stage one in AWS, without it the
 * running local mode. Throws BURN_USAGE where there is neither, and BURN_STACK_UNREACHABLE, in one sentence that says what to
 * do, where AWS does not answer or has no such stack.
 */
export async function withStack<Answer>(
  config: Named,
  choice: StackChoice,
  io: Io,
  work: (stack: DeployedStack) => Promise<Answer>,
): Promise<Answer> {
  const stack = await openStack(config, choice, io);
  try {
    return await work(stack);
  } catch (cause) {
    throw explain(cause, stack);
  } finally {
    stack.client.destroy();
  }
}

async function openStack(config: Named, { stage, region, folders }: StackChoice, io: Io): Promise<DeployedStack> {
  const isLocal = stage === undefined || stage === local.environment;
  const running = isLocal ? findLocalMode(folders, io) : undefined;
  const ownEndpoint = io.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? io.env['AWS_ENDPOINT_URL'];
  const endpoint = ownEndpoint ?? running?.awsEndpoint;
  if (isLocal && region !== undefined)
    throw new BurnwatchError(
      'BURN_USAGE',
      `--region ${region} goes with --stage: without it the running local mode is asked`,
    );
  if (isLocal && endpoint === undefined) throw nowhere(io);
  if (isLocal && running !== undefined) io.stderr(`Using the running local mode (${running.file})\n`);
  const environment = stage ?? local.environment;
  const where = isLocal ? local.region : regionOf(config, region, io);
  const named = (url: string | undefined) => (url === undefined ? {} : { endpoint: url });
  const settings = { region: where, ...(isLocal ? { credentials } : {}) };
  return {
    environment,
    table: `${config.service}-${environment}-ledger`,
    region: where,
    client: await createClient({ ...settings, ...named(endpoint) }),
    settings: { ...settings, ...named(io.env['AWS_ENDPOINT_URL'] ?? running?.awsEndpoint) },
  };
}

/** The ledger is at home, whatever AWS_REGION says; of a configuration without locations it may be anywhere. */
function regionOf({ locations }: Named, region: string | undefined, { env }: Io): string {
  if (locations === undefined) return region ?? (env['AWS_REGION'] || fallbackRegion);
  if (region === undefined || region === locations.home) return locations.home;
  throw new BurnwatchError(
    'BURN_USAGE',
    `--region ${region}: the ledger of all locations is at home, in ${locations.home}; leave out --region`,
  );
}

/** The SDK is loaded where it is needed alone: the other commands start without it. */
async function createClient(config: object): Promise<DynamoDBClient> {
  const [{ DynamoDBClient }, { boundedClient }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('../../shared/aws/client.ts'),
  ]);
  return new DynamoDBClient({ ...boundedClient, ...config });
}

function nowhere({ env }: Io): BurnwatchError {
  const own = env['BURNWATCH_DATA'];
  const where = own ? `with its data in ${own} (BURNWATCH_DATA)` : 'here';
  const elsewhere = own ? '' : ', say where its data is (BURNWATCH_DATA=FOLDER)';
  return new BurnwatchError(
    'BURN_USAGE',
    `no local mode runs ${where}: start it (npm start)${elsewhere}, or name a stack in AWS with --stage, such as --stage prod`,
  );
}

/** What a stack that refuses is told as: one sentence that says what to do, where we know one. */
export function explain(cause: unknown, { table, region, environment }: DeployedStack): Error {
  if (cause instanceof BurnwatchError) return cause;
  if (!(cause instanceof Error)) return new Error(String(cause));
  const name = nameOf(cause);
  const sentence = reasons.find(([pattern]) => pattern.test(name))?.[1];
  if (sentence === undefined) return cause;
  const message = sentence({ table, region, environment, name });
  return new BurnwatchError('BURN_STACK_UNREACHABLE', message, { cause });
}

/** What the network says has a code, which the SDK may have put into the words of an error of its own. */
function nameOf(cause: Error): string {
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return /\bE(?:CONN[A-Z]+|NOTFOUND|AI_AGAIN|TIMEDOUT)\b/.exec(cause.message)?.[0] ?? cause.name;
}

type Told = Pick<DeployedStack, 'table' | 'region' | 'environment'> & { readonly name: string };

/** By the name of the SDK's error; anything else is a fault of ours, and is told as one. */
const reasons: readonly (readonly [RegExp, (told: Told) => string])[] = [
  [
    /^ResourceNotFound/,
    ({ table, region, environment }) =>
      `there is no table ${table} in ${region}: was ${environment} deployed there, by this service's name? Name another with --stage and --region`,
  ],
  [
    /Credentials|TokenProvider|ExpiredToken/,
    ({ name }) => `no AWS credentials that work were found (${name}): set AWS_PROFILE, or log in`,
  ],
  [
    /AccessDenied|UnrecognizedClient|InvalidSignature|NotAuthorized/,
    ({ name, table }) => `AWS refused to let you at ${table} (${name})`,
  ],
  [
    /^(TimeoutError|E[A-Z_]+)$|Throttl|ProvisionedThroughput|InternalServer|ServiceUnavailable|RequestLimit/,
    ({ name, region }) => `DynamoDB in ${region} did not answer (${name}): try again`,
  ],
];
