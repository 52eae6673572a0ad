import { createHash } from 'node:crypto';
import { BurnwatchError, type Config, isSent, type Json } from '../../shared/config/model.ts';
import type { Profile } from '../../shared/metrics/entry.ts';
import { monitorsAt, placeOf } from './locations.ts';
import { isLarge } from './shards.ts';

/** The part of a CloudFormation template that we add to what the framework makes of serverless.yml. */
export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Output>>;
};
export type Resource = {
  readonly Type: string;
  readonly DependsOn?: string;
  readonly DeletionPolicy?: 'Retain' | 'Delete';
  readonly UpdateReplacePolicy?: 'Retain' | 'Delete';
  readonly Properties: { readonly [name: string]: Json };
};
export type Output = { readonly Description: string; readonly Value: Json };
export type Resources = Readonly<Record<string, Resource>>;

/** How this environment is deployed: what the configuration does not say. */
export type StackOptions = {
  /** The environment, as given by `--stage`. */
  readonly stage: string;
  readonly region: string;
  /** Deploys the shortener, its table and its API beside the monitoring. */
  readonly isShortenerOn: boolean;
  /** Lets drills break the shortener on purpose. */
  readonly areFaultsOn: boolean;
  /** Keeps the tables when the stack goes, with point-in-time recovery. */
  readonly isRetained: boolean;
  /** One of the spans that CloudWatch Logs takes. */
  readonly logRetentionDays: number;
  /** Where the probes are sent from, when that is a network of the account's own. */
  readonly vpc?: Vpc;
  /** What the shortener is told beside what its stack tells it. */
  readonly shortenerVariables?: Readonly<Record<string, string>>;
  /** Where this repository can be read, without a trailing slash: runbooks are linked there. */
  readonly repository?: string;
  /** Answers `/metrics`, to whoever carries the token. */
  readonly areMetricsOn?: boolean;
  /** How much of the telemetry becomes custom metrics: `lean` where absent. */
  readonly telemetry?: Profile;
  /** Saves the queries of its logs in CloudWatch: so where absent. */
  readonly areQueriesSaved?: boolean;
  /** ARNs of KMS keys of one's own, at most one a region: AWS's own keys where absent. */
  readonly encryptionKeys?: readonly string[];
  /** Values of home's outputs, for a stack elsewhere. */
  readonly homeOutputs?: Readonly<Record<string, string>>;
  /** How often its schedules tick, ms: a minute where absent. */
  readonly tickMs?: number;
};
export type Vpc = { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };

/** What a stack is called, and what it is made of. */
export type Stack = StackOptions & {
  readonly service: string;
  /** It has monitors that wait to be called. */
  readonly hasHeartbeats: boolean;
  /** Messages carry links by which incidents are acknowledged. */
  readonly hasLinks: boolean;
  /** One of both, or `/metrics`, and so the function that takes such calls. */
  readonly isStatusOn: boolean;
  /** It has bursts, and so the function that sends them. */
  readonly isBurstOn: boolean;
  /** It has channels that are no e-mail addresses, and so the function that sends to them. */
  readonly isNotifyOn: boolean;
  /** One of them is on a private address. */
  readonly isNotifyPrivate: boolean;
  /** It is one of several locations. */
  readonly isOneOfSeveral: boolean;
  /** Its shards hold more monitors than those of a small fleet do. */
  readonly isLarge: boolean;
  /** There where it probes from another region than home, and does nothing else. */
  readonly elsewhere?: Elsewhere;
};

/** What a stack elsewhere knows of home. */
export type Elsewhere = {
  /** The region of the ledger. */
  readonly home: string;
  /** Values of home's outputs, as far as they were given. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Home has the function that takes calls, and so its address. */
  readonly isStatusOn: boolean;
};

/** The stack that a configuration asks for, deployed so. Throws BURN_LOCATION_UNKNOWN for a region that is none of its locations. */
export function stackOf(config: Config, options: StackOptions): Stack {
  const whole = wholeStack(config, options);
  const { locations } = config;
  if (locations === undefined || placeOf(config, options.region) === 'home') return whole;
  const elsewhere = { home: locations.home, outputs: options.homeOutputs ?? {}, isStatusOn: whole.isStatusOn };
  return { ...whole, ...nothingBesideProbes, elsewhere };
}

const nothingBesideProbes = {
  isShortenerOn: false,
  areMetricsOn: false,
  hasHeartbeats: false,
  hasLinks: false,
  isStatusOn: false,
  isBurstOn: false,
  isNotifyOn: false,
  isNotifyPrivate: false,
} as const;

function wholeStack(config: Config, options: StackOptions): Stack {
  const { service, channels, monitors, bursts, acknowledge } = config;
  const sent = channels.filter(isSent);
  const [hasHeartbeats, hasLinks] = [monitors.some(({ type }) => type === 'heartbeat'), acknowledge === 'link'];
  return {
    ...options,
    service,
    hasHeartbeats,
    hasLinks,
    isStatusOn: hasHeartbeats || hasLinks || options.areMetricsOn === true,
    isBurstOn: bursts.length > 0,
    isNotifyOn: sent.length > 0,
    isNotifyPrivate: sent.some(({ allowPrivate }) => allowPrivate),
    isLarge: isLarge(monitorsAt(config, options.region).length),
    isOneOfSeveral: config.locations !== undefined,
  };
}

/** Somebody calls a function of this stack over HTTP. */
export function hasApi({ isShortenerOn, isStatusOn }: Stack): boolean {
  return isShortenerOn || isStatusOn;
}

/** The functions, with the logical ids that the framework derives from their names in serverless.yml. */
export const functions = {
  probe: 'ProbeLambdaFunction',
  evaluate: 'EvaluateLambdaFunction',
  shortener: 'ShortenerLambdaFunction',
  status: 'StatusLambdaFunction',
  burst: 'BurstLambdaFunction',
  notify: 'NotifyLambdaFunction',
} as const;
export type FunctionName = keyof typeof functions;

/** The functions that this stack has. */
export function functionsOf(stack: Stack): readonly FunctionName[] {
  if (stack.elsewhere) return ['probe'];
  return [
    'probe',
    'evaluate',
    ...(stack.isShortenerOn ? ['shortener' as const] : []),
    ...(stack.isStatusOn ? ['status' as const] : []),
    ...(stack.isBurstOn ? ['burst' as const] : []),
    ...(stack.isNotifyOn ? ['notify' as const] : []),
  ];
}

/** `<service>-<stage>-<thing>`: a plain string, so that it is known before anything is deployed. */
export function nameOf({ service, stage }: Stack, thing: string): string {
  return `${service}-${stage}-${thing}`;
}

/** IAM refuses a longer one: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const longestRoleName = 64;

/** Roles are global in an account, so theirs carries the region. Throws when service and environment are too long for it. */
export function roleNameOf(stack: Stack, thing: string): string {
  const room = longestRoleName - nameOf({ ...stack, stage: '' }, `${stack.region}-scheduler`).length;
  if (stack.stage.length > room)
    throw new BurnwatchError(
      'BURN_STAGE_TOO_LONG',
      `--stage ${stack.stage}: must have at most ${room} characters here, because the names of the roles hold it ` +
        `beside the service and the region, and IAM takes ${longestRoleName} characters`,
    );
  return nameOf(stack, `${stack.region}-${thing}`);
}

/** Names something in a logical id, which takes letters and digits only; it stays when others come and go. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

export const ref = (id: string) => ({ Ref: id });
export const getAtt = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });
/** An ARN in the account and partition of the stack, and in its region where none is named. */
export const arnOf = (service: string, resource: string, region = '${AWS::Region}') =>
  sub(`arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${resource}`);
export const sub = (text: string) => ({ 'Fn::Sub': text });
export const accountId = ref('AWS::AccountId');
