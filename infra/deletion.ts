/** A table of a stack, as it is deployed. */
export type TableSeen = {
  readonly name: string;
  /** It outlives its stack. */
  readonly isRetained: boolean;
  /** As DynamoDB counted, which it does every six hours or so; absent where nobody may ask, or where it is gone already. */
  readonly items?: number;
  readonly bytes?: number;
  /** Epoch ms. */
  readonly createdAt?: number;
};
/** A stack, and how a person names it. */
export type Place = { readonly service: string; readonly stage: string; readonly region: string };
/** What is said before something is removed or deployed. `refusal`: it needs to be meant. */
export type Said = { readonly warnings: readonly string[]; readonly refusal?: string };

const dayMs = 86_400_000;

/** What a removal of a stack deletes for good, and what it leaves; refused where it deletes tables and nobody has said that it is meant. */
export function sayRemoval(tables: readonly TableSeen[], place: Place, isMeant: boolean, now: number): Said {
  const [kept, lost] = [tables.filter(({ isRetained }) => isRetained), tables.filter(({ isRetained }) => !isRetained)];
  const stays = kept.map(
    (table) =>
      `stays: the table ${described(table, now)}; npx burnwatch adopt --stage ${place.stage} takes it into a new stack`,
  );
  const goes = [
    ...lost.map((table) => `is deleted for good: the table ${described(table, now)}`),
    tables.length === 0
      ? 'is deleted: what probes from here, its log and its schedules; what it found stays at home'
      : 'is deleted, too: logs, alarms, dashboards, schedules, what lies in queues, and the topics, whose addresses confirm anew after the next deployment',
  ];
  if (lost.length === 0 || isMeant) return { warnings: [...stays, ...goes] };
  return {
    warnings: stays,
    refusal: [
      `${place.service} in ${place.stage} (${place.region}) was not removed, because this deletes what nobody brings back:`,
      ...goes.map((each) => `  ${each}`),
      'If that is meant: the same command with --param delete=true',
      `To keep the tables: npx serverless deploy --stage ${place.stage} --param retain=true, and then remove (docs/operate.md)`,
    ].join('\n'),
  };
}

function described({ name, items, bytes = 0, createdAt = 0 }: TableSeen, now: number): string {
  if (items === undefined) return name;
  const days = Math.floor(Math.max(0, now - createdAt) / dayMs);
  const age = days === 0 ? 'made today' : `of ${days} ${days === 1 ? 'day' : 'days'}`;
  if (items === 0) return `${name} (${age}, no items when DynamoDB last counted)`;
  return `${name} (${age}, about ${items.toLocaleString('en')} ${items === 1 ? 'item' : 'items'}, ${sizeText(bytes)})`;
}

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

type Resource = {
  readonly Type?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: { readonly TableName?: unknown; readonly KeySchema?: unknown };
};
/** What a stack was, or will be, deployed with. */
export type StackTemplate = { readonly Resources?: Readonly<Record<string, Resource>> };

/** The tables of a stack, by their logical ids. */
export function tablesIn({ Resources = {} }: StackTemplate): ReadonlyMap<string, Resource> {
  return new Map(Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table'));
}

export const tableName = ({ Properties }: Resource): string => String(Properties?.TableName);
export const isKept = (policy: string | undefined): boolean => policy === 'Retain' || policy === 'RetainExceptOnCreate';

/** What a deployment would do to tables that are deployed: refused where it would delete one and nobody has said that it is meant. */
export function sayDeployment(deployed: StackTemplate, next: StackTemplate, place: Place, isMeant: boolean): Said {
  const after = tablesIn(next);
  const [lost, warnings]: [string[], string[]] = [[], []];
  for (const [id, table] of tablesIn(deployed)) {
    const successor = after.get(id);
    const name = tableName(table);
    if (successor === undefined)
      if (isKept(table.DeletionPolicy))
        warnings.push(
          `the table ${name} leaves the stack and stays: npx burnwatch adopt --stage ${place.stage} takes it back`,
        );
      else lost.push(`the table ${name} is no part of it any more, and would be deleted`);
    else if (isReplaced(table, successor))
      if (isKept(table.UpdateReplacePolicy)) warnings.push(`an empty table takes the place of ${name}, which stays`);
      else lost.push(`an empty table would take the place of ${name}, which would be deleted`);
    else if (isKept(table.DeletionPolicy) && !isKept(successor.DeletionPolicy))
      warnings.push(`retain is switched off: from now on a removal of the stack deletes the table ${name}`);
  }
  if (lost.length === 0 || isMeant) return { warnings: [...warnings, ...lost] };
  return {
    warnings,
    refusal: [
      `${place.service} in ${place.stage} (${place.region}) was left as it is:`,
      ...lost.map((each) => `  ${each}`),
      'If that is meant: the same command with --param delete=true. To keep it: deploy what is there once more with --param retain=true first (docs/operate.md)',
    ].join('\n'),
  };
}

/** A first deployment finds no table of its names: CloudFormation would fail at one in the middle, and leave a stack that is no use. */
export function sayFirst(tables: readonly TableSeen[], { service, stage, region }: Place): Said {
  const there = tables.filter(({ items }) => items !== undefined);
  if (there.length === 0) return { warnings: [] };
  return {
    warnings: [],
    refusal: [
      `${service} in ${stage} (${region}) was not deployed, because a table of it already exists, and is in no stack of this name:`,
      ...there.map(({ name }) => `  ${name}`),
      `npx burnwatch adopt --stage ${stage} takes it into a new stack, with all that is in it; then deploy once more`,
    ].join('\n'),
  };
}

/** Neither name nor keys of a table can be changed: CloudFormation makes another one. */
function isReplaced(before: Resource, after: Resource): boolean {
  const keys = ({ Properties }: Resource) => JSON.stringify(Properties?.KeySchema);
  return tableName(before) !== tableName(after) || keys(before) !== keys(after);
}
