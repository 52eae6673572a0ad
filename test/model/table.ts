import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;
/** What an attempt is for, and what carries it out; called at most once, and at an instant. */
export type Attempt = {
  readonly port: 'read' | 'write';
  readonly pk: string;
  readonly run: () => { readonly answer: object; readonly isChanged: boolean };
};
/** Carries out the attempts of one invocation at a command, as its SDK client would; answers, or throws, what AWS says in the end. */
export type Carry = (attempt: Attempt) => Promise<object>;

/** A table of DynamoDB in memory, as far as the stores use it. What it does not understand it refuses. */
export type Table = {
  /** Of one partition, by sort key. */
  partition(pk: string): ReadonlyMap<string, Item>;
  clientOf(carry: Carry): DynamoDBClient;
};

export function createTable(items: Iterable<Item> = []): Table {
  const partitions = new Map<string, Map<string, Item>>();
  const partition = (pk: string) => partitions.get(pk) ?? new Map<string, Item>();
  const write = (key: Item, item: Item) => {
    const mine = partition(text(key['pk']));
    partitions.set(text(key['pk']), mine.set(text(key['sk']), item));
    return { answer: {}, isChanged: true };
  };
  for (const item of items) write(item, item);
  const itemOf = (key: Item): Item | undefined => partition(text(key['pk'])).get(text(key['sk']));
  const attemptOf = (command: unknown): Attempt => {
    if (command instanceof GetItemCommand) {
      const key = command.input.Key ?? {};
      return { port: 'read', pk: text(key['pk']), run: () => unchanged({ Item: itemOf(key) }) };
    }
    if (command instanceof QueryCommand) {
      const { input } = command;
      const [pk, holds] = keyRange(input);
      const run = () => {
        const found = [...partition(pk)].filter(([sk]) => holds(sk)).sort(([a], [b]) => (a < b ? -1 : 1));
        const items = (input.ScanIndexForward === false ? found.reverse() : found).map(([, item]) => item);
        return unchanged({ Items: items.slice(0, input.Limit ?? items.length) });
      };
      return { port: 'read', pk, run };
    }
    if (command instanceof PutItemCommand) {
      const { Item: item = {}, ...input } = command.input;
      const run = () => {
        check(itemOf(item), input);
        return write(item, item);
      };
      return { port: 'write', pk: text(item['pk']), run };
    }
    if (command instanceof UpdateItemCommand) {
      const { Key: key = {}, ...input } = command.input;
      const run = () => {
        const before = itemOf(key);
        check(before, input);
        const after = update(before ?? key, input);
        write(key, after);
        const isUpdated = ([name, value]: [string, AttributeValue]) => value !== after[name];
        const answer = { Attributes: Object.fromEntries(Object.entries(before ?? {}).filter(isUpdated)) };
        return { answer: input.ReturnValues === 'UPDATED_OLD' ? answer : {}, isChanged: true };
      };
      return { port: 'write', pk: text(key['pk']), run };
    }
    throw new Error(`the table of the model does not know ${(command as object).constructor.name}`);
  };
  return {
    partition,
    clientOf: (carry) => {
      const client = { send: (command: unknown) => carry(attemptOf(command)) };
      return client as unknown as DynamoDBClient;
    },
  };
}

type Names = { readonly ExpressionAttributeNames?: Record<string, string> | undefined };
type Values = { readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined };

const unchanged = (answer: object) => ({ answer, isChanged: false });
const text = (value: AttributeValue | undefined): string => value?.S ?? '';

function nameOf(token: string, { ExpressionAttributeNames: names = {} }: Names): string {
  return token.startsWith('#') ? (names[token] ?? refuse(token)) : token;
}

function attributeOf(token: string | undefined, { ExpressionAttributeValues: values = {} }: Values): AttributeValue {
  return values[token ?? ''] ?? refuse(`the value ${token}`);
}

function check(item: Item | undefined, input: Names & Values & { readonly ConditionExpression?: string | undefined }) {
  const isHeld = (input.ConditionExpression ?? '')
    .split(' OR ')
    .some((some) => some.split(' AND ').every((term) => term === '' || holds(item, term.trim(), input)));
  if (!isHeld) throw new ConditionalCheckFailedException({ message: 'the conditional request failed', $metadata: {} });
}

function holds(item: Item | undefined, term: string, input: Names & Values): boolean {
  const [, not, path] = /^attribute_(not_)?exists\s*\(([#\w]+)\)$/.exec(term) ?? [];
  if (path !== undefined) return (item?.[nameOf(path, input)] === undefined) === (not !== undefined);
  const [, left = '', operator = '', right = ''] = /^([#\w]+) (=|<>|<=|<|>=|>) (:\w+)$/.exec(term) ?? [];
  if (operator === '') return refuse(term);
  const found = item?.[nameOf(left, input)];
  if (found === undefined) return operator === '<>';
  const [a, b] = [found, attributeOf(right, input)].map(({ N: n, S: s }) => (n === undefined ? s : Number(n)));
  if (a === undefined || b === undefined) return refuse(term);
  if (operator === '=') return a === b;
  if (operator === '<>') return a !== b;
  return operator.startsWith('<') ? a < b || (operator === '<=' && a === b) : a > b || (operator === '>=' && a === b);
}

function update(item: Item, input: Names & Values & { readonly UpdateExpression?: string | undefined }): Item {
  const next: Record<string, AttributeValue> = { ...item };
  const clauses = (input.UpdateExpression ?? '')
    .split(/\s*\b(?=(?:SET|REMOVE|ADD) )/)
    .filter((clause) => clause !== '');
  for (const clause of clauses) {
    const [, verb = '', list = ''] = /^(SET|REMOVE|ADD) (.*)$/.exec(clause) ?? refuse(clause);
    for (const part of list.split(',').map((each) => each.trim())) {
      const [, name = '', value] = /^([#\w]+)(?: (?:= )?(:\w+))?$/.exec(part) ?? refuse(part);
      const attribute = nameOf(name, input);
      if (verb === 'REMOVE') delete next[attribute];
      else
        next[attribute] =
          verb === 'SET' ? attributeOf(value, input) : union(next[attribute], attributeOf(value, input));
    }
  }
  return next;
}

function union(set: AttributeValue | undefined, more: AttributeValue): AttributeValue {
  return { SS: [...new Set([...(set?.SS ?? []), ...(more.SS ?? refuse('ADD of anything but a set'))])] };
}

function keyRange(
  input: Names & Values & { readonly KeyConditionExpression?: string | undefined },
): readonly [pk: string, holds: (sk: string) => boolean] {
  const [, pk = '', rest] =
    /^[#\w]+ = (:\w+)(?: AND (.*))?$/.exec(input.KeyConditionExpression ?? '') ??
    refuse(input.KeyConditionExpression ?? '');
  const partition = text(attributeOf(pk, input));
  if (rest === undefined) return [partition, () => true];
  const [, start] = /^begins_with\s*\([#\w]+, (:\w+)\)$/.exec(rest) ?? [];
  if (start !== undefined) return [partition, (sk) => sk.startsWith(text(attributeOf(start, input)))];
  const [, from, to] = /^[#\w]+ BETWEEN (:\w+) AND (:\w+)$/.exec(rest) ?? [];
  if (from === undefined || to === undefined) return refuse(rest);
  const [first, last] = [from, to].map((each) => text(attributeOf(each, input))) as [string, string];
  return [partition, (sk) => sk >= first && sk <= last];
}

function refuse(what: string): never {
  throw new Error(`the table of the model does not understand ${what}`);
}
