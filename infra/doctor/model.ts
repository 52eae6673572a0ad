/** What was read, or why it was not: `needs lambda:GetAccountSettings`. */
export type Look<Value> = { readonly value: Value } | { readonly unseen: string };

/** What a deployment of the configuration makes: what should be there. Names are whole, as AWS has them. */
export type Expected = {
  /** Addresses that should be subscribed to a topic, with the channels that they are of. */
  readonly mails: readonly { readonly topic: string; readonly address: string; readonly channels: readonly string[] }[];
  readonly topics: readonly string[];
  readonly alarms: readonly string[];
  readonly schedules: readonly string[];
  readonly functions: readonly string[];
  /** Those of them that schedules invoke every minute. */
  readonly ticking: readonly string[];
  /** The role that publishes alerts. */
  readonly publisher: string;
  /** The key by which its role may publish, where the account lets roles say so: that of `--param encryption`. */
  readonly key?: string;
  /** How many invocations one minute can hold at the same time, callers of the shortener aside. */
  readonly concurrency: number;
  readonly parameters: readonly ExpectedParameter[];
  /** Every location, home first; none where there is one. */
  readonly locations: readonly ExpectedLocation[];
};
export type ExpectedLocation = {
  readonly location: string;
  readonly isHome: boolean;
  readonly schedules: readonly string[];
};
/** A parameter of SSM, and what uses it. */
export type ExpectedParameter = { readonly path: string; readonly usedBy: string };

/** What is there. */
export type StackSeen = {
  /** Of each topic: addresses, and whether they are confirmed. Undefined where there is no such topic. */
  readonly subscriptions: Look<Readonly<Record<string, Readonly<Record<string, Subscribed>> | undefined>>>;
  readonly alarms: Look<readonly AlarmSeen[]>;
  /** Topics that are encrypted. */
  readonly keys: Look<readonly TopicKey[]>;
  readonly schedules: Look<readonly { readonly name: string; readonly isEnabled: boolean }[]>;
  readonly functions: Look<readonly FunctionSeen[]>;
  readonly runs: Look<readonly RunsSeen[]>;
  /** How many invocations the account may hold at the same time. */
  readonly concurrency: Look<number>;
  readonly parameters: Readonly<Record<string, Look<ParameterState>>>;
  readonly targets: readonly TargetSeen[];
  /** This machine's clock less that of AWS, ms. */
  readonly clock: Look<number>;
  readonly locations: readonly LocationSeen[];
};

/** What there is of one location. */
export type LocationSeen = {
  readonly location: string;
  /** Undefined where there is none. */
  readonly stack: Look<StackState | undefined>;
  readonly schedules: StackSeen['schedules'];
  /** Undefined where none is of the last day. */
  readonly newestRowAgeMs: Look<number | undefined>;
};
/** A stack as CloudFormation tells of it; its last change in epoch ms. */
export type StackState = {
  readonly status: string;
  readonly changedAt?: number;
  readonly outputs: Readonly<Record<string, string>>;
};

export type ParameterState = 'there' | 'empty' | 'missing';
export type Subscribed = 'confirmed' | 'waiting';
export type AlarmSeen = {
  readonly name: string;
  readonly state: string;
  /** Somebody is told: it has an action for ALARM, and actions are enabled. */
  readonly isTelling: boolean;
};
export type TopicKey = {
  readonly topic: string;
  readonly keyId: string;
  readonly policy: Look<KeyPolicy>;
  /** As KMS calls it: `Enabled`, or `Disabled`, `PendingDeletion` and others in which nobody can use it. */
  readonly state?: string;
};
/** The statements of a key policy, in the form that IAM gives them. */
export type KeyPolicy = readonly KeyStatement[];
export type KeyStatement = {
  readonly isAllowing: boolean;
  readonly actions: readonly string[];
  /** `cloudwatch.amazonaws.com`, an ARN, or `*`. */
  readonly principals: readonly string[];
};
/** `trouble` is what Lambda says of a function that cannot run as it should. */
export type FunctionSeen = { readonly name: string; readonly state: 'there' | 'missing'; readonly trouble?: string };
/** Of the last hour; `lately` are invocations of its last ten minutes. */
export type RunsSeen = {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly lately: number;
};
/** A host that something is sent to, with its addresses as this machine finds them; none where it does not resolve. */
export type TargetSeen = {
  /** `monitor api`, `channel chat`. */
  readonly user: string;
  readonly host: string;
  readonly addresses: readonly { readonly address: string; readonly kind: 'public' | 'private' | 'metadata' }[];
  readonly allowPrivate: boolean;
};

/** `doubtful` may be as it should be; only `wrong` makes the command end with 1. `unseen` is neither good nor bad. */
export type Finding = {
  readonly severity: 'wrong' | 'doubtful' | 'unseen';
  readonly what: string;
  /** A command, or where to look; empty where there is none. */
  readonly mend: string;
};

/** One thing that is looked at; pure. No finding means that all of it is well. */
export type Check = {
  readonly id: string;
  readonly looksAt: string;
  readonly judge: (seen: StackSeen, expected: Expected) => readonly Finding[];
};

export const wrong = (what: string, mend: string): Finding => ({ severity: 'wrong', what, mend });
export const doubtful = (what: string, mend: string): Finding => ({ severity: 'doubtful', what, mend });

/** A deployment brings back nothing that was deleted by hand; the page says what does. */
export const redeploy =
  'npx serverless deploy, with the same --stage, --region and --param; after changes by hand see docs/operate.md';

/** What `judge` finds in what was read; that it was not, where it was not. `what` names a part of what the check looks at. */
export function look<Value>(
  seen: Look<Value>,
  judge: (value: Value) => readonly Finding[],
  what?: string,
): readonly Finding[] {
  if ('value' in seen) return judge(seen.value);
  const right = /^needs (.+)/.exec(seen.unseen)?.[1];
  const mend = right === undefined ? '' : `give the right ${right} to whoever runs this command`;
  return [{ severity: 'unseen', what: what === undefined ? seen.unseen : `${what} ${seen.unseen}`, mend }];
}
