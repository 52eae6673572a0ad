import type { Json } from '../../shared/config/model.ts';

/** One statement of a policy. */
export type Statement = { readonly [name: string]: Json };

/** Lets a service of AWS take a role. */
export function trust(service: string, condition: Statement = {}): Statement {
  return { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', ...condition };
}

/** Lets these actions be done to a resource, or to `*`. */
export function allow(actions: readonly string[], resource: Json): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}
