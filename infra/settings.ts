import { BurnwatchError } from '../shared/config/model.ts';
import { type Profile, profiles } from '../shared/metrics/entry.ts';
import { parseHomeOutputs } from './home-outputs.ts';
import { shortenerParameters, shortenerVariables } from './shortener-settings.ts';
import { regionOfKey } from './template/encryption.ts';
import { retentionDays } from './template/logs.ts';
import type { Vpc } from './template/model.ts';

/** How an environment is deployed, as `--param name=value` says it; the defaults stand in serverless.yml under `params`. */
export type Settings = {
  /** Path of the configuration, from the project's folder. */
  readonly config: string;
  readonly isShortenerOn: boolean;
  readonly areFaultsOn: boolean;
  readonly isRetained: boolean;
  readonly logRetentionDays: number;
  /** Where the repository can be read, without a trailing slash. */
  readonly repository?: string;
  readonly areMetricsOn: boolean;
  readonly telemetry: Profile;
  readonly areQueriesSaved: boolean;
  readonly vpc?: Vpc;
  /** ARNs of KMS keys, at most one a region. */
  readonly encryptionKeys?: readonly string[];
  /** What home's outputs are, for a stack elsewhere. */
  readonly homeOutputs?: Readonly<Record<string, string>>;
  /** Whoever typed the command has said that tables may go. */
  readonly isDeletionMeant?: true;
  /** More of the shortener's environment. */
  readonly shortenerVariables?: Readonly<Record<string, string>>;
};

type Params = Readonly<Record<string, unknown>>;

const names = [
  'config',
  'shortener',
  'faults',
  'retain',
  'logRetentionDays',
  'repository',
  'metrics',
  'telemetry',
  'savedQueries',
  'vpcSubnets',
  'vpcSecurityGroups',
  'encryption',
  'delete',
  'outputs',
  ...shortenerParameters,
] as const;

/**
 * The settings of one environment: `--param` before `params.<stage>` before `params.default`. Throws a BurnwatchError
 * with a line for each parameter that is unknown or has a value that it does not take.
 */
export function parseSettings(
  given: readonly string[],
  configured: Readonly<Record<string, Params>>,
  stage: string,
): Settings {
  const typed = Object.fromEntries(given.map((item) => split(item)));
  const params: Params = { ...configured['default'], ...configured[stage], ...typed };
  const problems = Object.keys(params)
    .filter((name) => !names.some((known) => known === name))
    .map((name) => `--param ${name}: is not a parameter; there are ${names.join(', ')}`);
  const vpc = vpcOf(params, problems);
  const repository = repositoryOf(params, problems);
  const keys = keysOf(params, problems);
  const homeOutputs = parseHomeOutputs(text(params, 'outputs'), problems);
  const variables = shortenerVariables((name) => text(params, name), problems);
  const settings: Settings = {
    config: text(params, 'config'),
    isShortenerOn: oneOf(params, 'shortener', { on: true, off: false }, problems),
    areFaultsOn: oneOf(params, 'faults', { on: true, off: false }, problems),
    isRetained: oneOf(params, 'retain', { true: true, false: false }, problems),
    logRetentionDays: days(params, 'logRetentionDays', problems),
    areMetricsOn: oneOf(params, 'metrics', { on: true, off: false }, problems),
    telemetry: profile(params, problems),
    areQueriesSaved: oneOf(params, 'savedQueries', { on: true, off: false }, problems),
    ...(vpc === undefined ? {} : { vpc }),
    ...(repository === undefined ? {} : { repository }),
    ...(keys.length === 0 ? {} : { encryptionKeys: keys }),
    ...(isDeletionMeant(typed, configured, stage, problems) ? { isDeletionMeant: true } : {}),
    ...(Object.keys(homeOutputs).length > 0 ? { homeOutputs } : {}),
    ...(Object.keys(variables).length > 0 ? { shortenerVariables: variables } : {}),
  };
  if (problems.length > 0) throw new BurnwatchError('BURN_PARAM_INVALID', problems.join('\n'));
  return settings;
}

function split(item: string): [string, string] {
  const at = item.indexOf('=');
  return at < 0 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)];
}

function text(params: Params, name: (typeof names)[number]): string {
  return String(params[name] ?? '');
}

function oneOf(
  params: Params,
  name: (typeof names)[number],
  values: Readonly<Record<string, boolean>>,
  problems: string[],
): boolean {
  const value = text(params, name);
  if (!Object.hasOwn(values, value))
    problems.push(`--param ${name}: must be ${Object.keys(values).join(' or ')}, got ${value}`);
  return values[value] ?? false;
}

function profile(params: Params, problems: string[]): Profile {
  const value = profiles.find((each) => each === text(params, 'telemetry'));
  if (value === undefined)
    problems.push(`--param telemetry: must be ${profiles.join(' or ')}, got ${text(params, 'telemetry')}`);
  return value ?? 'lean';
}

function repositoryOf(params: Params, problems: string[]): string | undefined {
  const address = text(params, 'repository').replace(/\/+$/, '');
  if (address === '') return undefined;
  if (!/^https:\/\/[\w.-]+(\/[\w.~/-]*)?$/.test(address))
    problems.push(`--param repository: must be a plain https URL, got ${address.slice(0, 200)}`);
  return address;
}

function days(params: Params, name: (typeof names)[number], problems: string[]): number {
  const value = Number(text(params, name));
  if (!retentionDays.includes(value))
    problems.push(`--param ${name}: must be one of ${retentionDays.join(', ')} (days), got ${text(params, name)}`);
  return value;
}

/** At most so many of each: https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
const mostSubnets = 16;
const mostSecurityGroups = 5;

/** Both, or none of them. */
function vpcOf(params: Params, problems: string[]): Vpc | undefined {
  const subnetIds = ids(params, 'vpcSubnets', 'subnet', mostSubnets, problems);
  const securityGroupIds = ids(params, 'vpcSecurityGroups', 'sg', mostSecurityGroups, problems);
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return undefined;
  if (subnetIds.length === 0) problems.push('--param vpcSubnets: is needed beside vpcSecurityGroups');
  if (securityGroupIds.length === 0) problems.push('--param vpcSecurityGroups: is needed beside vpcSubnets');
  return { subnetIds, securityGroupIds };
}

/** It is said with the command that it is about, or every command would say it. */
function isDeletionMeant(
  typed: Params,
  configured: Readonly<Record<string, Params>>,
  stage: string,
  problems: string[],
): boolean {
  if (configured['default']?.['delete'] !== undefined || configured[stage]?.['delete'] !== undefined)
    problems.push('--param delete: is typed with the command, and not kept in serverless.yml');
  return typed['delete'] !== undefined && oneOf(typed, 'delete', { true: true, false: false }, problems);
}

function keysOf(params: Params, problems: string[]): readonly string[] {
  const keys = listOf(params, 'encryption');
  const wrong = keys.find((key) => regionOfKey(key) === undefined);
  const alias = 'aws kms describe-key --key-id alias/NAME --query KeyMetadata.Arn prints that of an alias';
  if (wrong !== undefined)
    problems.push(
      `--param encryption: must be ARNs of KMS keys with commas between (${alias}), got ${wrong.slice(0, 200)}`,
    );
  const regions = keys.map(regionOfKey);
  const twice = regions.find((region, index) => region !== undefined && regions.indexOf(region) !== index);
  if (twice !== undefined) problems.push(`--param encryption: must be one key a region, got two of ${twice}`);
  return keys;
}

function listOf(params: Params, name: (typeof names)[number]): readonly string[] {
  return text(params, name)
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function ids(
  params: Params,
  name: (typeof names)[number],
  prefix: string,
  most: number,
  problems: string[],
): readonly string[] {
  const all = listOf(params, name);
  const wrong = all.find((id) => !new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(id));
  if (wrong !== undefined)
    problems.push(`--param ${name}: must be ids such as ${prefix}-0123456789abcdef0 with commas between, got ${wrong}`);
  if (all.length > most) problems.push(`--param ${name}: must be at most ${most}, got ${all.length}`);
  return [...new Set(all)];
}
