import { AwsError } from './error.ts';
import { isObject } from './read.ts';

/** A message attribute: what a filter sees of it, one entry for each element of a String.Array. */
export type Attributes = Readonly<Record<string, readonly Scalar[]>>;
export type Scalar = string | number | boolean | null;

/** A filter over message attributes: every key must match, by any of its rules. */
export type FilterPolicy = Readonly<Record<string, readonly Rule[]>>;
type Rule =
  | { readonly equals: Scalar }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly equalsIgnoreCase: string }
  | { readonly anythingBut: readonly Scalar[] }
  | { readonly exists: boolean }
  | { readonly numeric: readonly NumericBound[] };
type NumericBound = { readonly operator: '=' | '<' | '<=' | '>' | '>='; readonly bound: number };

const mostKeys = 5;
const mostCombinations = 150;

/**
 * Reads a filter policy (https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html and its neighbours).
 * Throws SNS's InvalidParameter with the reason.
 */
export function parseFilterPolicy(text: string): FilterPolicy {
  const policy = parseJson(text);
  if (!isObject(policy)) throw invalid('Filter policy must be a JSON object');
  const keys = Object.entries(policy);
  if (keys.length > mostKeys) throw invalid(`Filter policy can not have more than ${mostKeys} keys`);
  const rules = keys.map(([key, value]) => [key, parseRules(key, value)] as const);
  const combinations = rules.reduce((product, [, list]) => product * list.length, 1);
  if (combinations > mostCombinations) throw invalid('Filter policy is too complex');
  return Object.fromEntries(rules);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`failed to parse JSON. ${error instanceof Error ? error.message : ''}`);
  }
}

function parseRules(key: string, value: unknown): Rule[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(`"${key}" must be an array that is not empty`);
  return value.map((rule) => parseRule(key, rule));
}

function parseRule(key: string, rule: unknown): Rule {
  if (isScalar(rule)) return { equals: rule };
  if (!isObject(rule)) throw invalid(`Match value must be String, number, true, false, or null, in "${key}"`);
  const [[name, value] = ['', undefined], ...more] = Object.entries(rule);
  if (more.length > 0) throw invalid(`Only one key allowed in match expression, in "${key}"`);
  if (name === 'prefix' && typeof value === 'string') return { prefix: value };
  if (name === 'suffix' && typeof value === 'string') return { suffix: value };
  if (name === 'equals-ignore-case' && typeof value === 'string') return { equalsIgnoreCase: value };
  if (name === 'exists' && typeof value === 'boolean') return { exists: value };
  if (name === 'anything-but' && isScalar(value)) return { anythingBut: [value] };
  if (name === 'anything-but' && Array.isArray(value) && value.every(isScalar)) return { anythingBut: value };
  if (name === 'numeric' && Array.isArray(value)) return { numeric: parseNumeric(key, value) };
  throw invalid(`Unrecognized match type ${name.slice(0, 32)} in "${key}"`);
}

function parseNumeric(key: string, list: readonly unknown[]): NumericBound[] {
  if (list.length !== 2 && list.length !== 4) throw invalid(`Bad numeric match in "${key}"`);
  const bounds: NumericBound[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const operator = (['=', '<', '<=', '>', '>='] as const).find((one) => one === list[index]);
    const bound = list[index + 1];
    if (!operator || typeof bound !== 'number') throw invalid(`Bad numeric match in "${key}"`);
    bounds.push({ operator, bound });
  }
  return bounds;
}

/** Whether a message with these attributes passes. An array passes when any of its elements does. */
export function matchesPolicy(policy: FilterPolicy, attributes: Attributes): boolean {
  return Object.entries(policy).every(([key, rules]) => rules.some((rule) => matchesRule(rule, attributes[key])));
}

function matchesRule(rule: Rule, values: readonly Scalar[] | undefined): boolean {
  if ('exists' in rule) return rule.exists === (values !== undefined);
  return values?.some((value) => matchesValue(rule, value)) ?? false;
}

function matchesValue(rule: Exclude<Rule, { exists: boolean }>, value: Scalar): boolean {
  if ('equals' in rule) return rule.equals === value;
  if ('anythingBut' in rule) return !rule.anythingBut.includes(value);
  if ('numeric' in rule) return typeof value === 'number' && rule.numeric.every((bound) => isWithin(value, bound));
  if (typeof value !== 'string') return false;
  if ('prefix' in rule) return value.startsWith(rule.prefix);
  if ('suffix' in rule) return value.endsWith(rule.suffix);
  return value.toLowerCase() === rule.equalsIgnoreCase.toLowerCase();
}

function isWithin(value: number, { operator, bound }: NumericBound): boolean {
  switch (operator) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    default:
      return operator satisfies never;
  }
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

const invalid = (reason: string) => new AwsError('InvalidParameter', `Invalid parameter: FilterPolicy: ${reason}`);
