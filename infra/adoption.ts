import type { Resource, Template } from './template/model.ts';

/** One resource as CloudFormation wants it named when it is to be imported. */
export type Adopted = {
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly ResourceIdentifier: { readonly TableName: string };
};

/** Tables that a removed stack left behind, and the template by which a stack takes them. */
export type Adoption = { readonly adopted: readonly Adopted[]; readonly template: object };

type Resources = Readonly<Record<string, Resource>>;
/** What a stack is made of now; a stack that is not there yet is made of nothing. */
export type StackTemplate = { readonly Resources?: Readonly<Record<string, unknown>> };

/** The names of the tables that a deployment makes. */
export function tableNames({ Resources }: Pick<Template, 'Resources'>): readonly string[] {
  return tablesOf(Resources).map(([, table]) => nameOf(table));
}

/**
 * The stack's own template with the tables more that are `there` and not in it, each as a deployment would make it. An import may
 * change nothing else, neither resources nor outputs:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html
 */
export function adoptionOf(deployed: Template, stack: StackTemplate, there: readonly string[]): Adoption {
  const own = stack.Resources ?? {};
  const left = tablesOf(deployed.Resources).filter(
    ([id, table]) => !Object.hasOwn(own, id) && there.includes(nameOf(table)),
  );
  return {
    adopted: left.map(([id, table]) => ({
      ResourceType: table.Type,
      LogicalResourceId: id,
      ResourceIdentifier: { TableName: nameOf(table) },
    })),
    template: { ...stack, Resources: { ...own, ...Object.fromEntries(left) } },
  };
}

const tablesOf = (resources: Resources) =>
  Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
const nameOf = ({ Properties }: Resource): string => String(Properties['TableName']);
