import { type Place, type Said, type StackTemplate, sayDeployment, sayFirst, sayRemoval } from './deletion.ts';
import { type Access, describeTables, readTemplate } from './deployed-tables.ts';

/** A command of the framework that may cost tables. */
export type Guarded = {
  readonly place: Place;
  /** The stack's name. */
  readonly stack: string;
  readonly access: Access;
  /** Whoever typed it has said so. */
  readonly isMeant: boolean;
  readonly now: number;
};

const nothing: Said = { warnings: [] };

/** What decides is what was deployed, whatever the parameters of this command say. */
export async function guardRemoval({ place, stack, access, isMeant, now }: Guarded): Promise<Said> {
  try {
    const template = await readTemplate(stack, access);
    return template === undefined ? nothing : sayRemoval(await describeTables(template, access), place, isMeant, now);
  } catch (error) {
    const said = `what a removal of ${stack} deletes cannot be looked up (${reasonOf(error)})`;
    if (isMeant) return { warnings: [said] };
    return { warnings: [], refusal: `${said}. To remove it all the same: the same command with --param delete=true` };
  }
}

/** `loadNext` answers what is about to be deployed: undefined where that is not known. */
export async function guardDeployment(
  { place, stack, access, isMeant }: Guarded,
  loadNext: (access: Access) => Promise<StackTemplate | undefined>,
): Promise<Said> {
  try {
    const [before, next] = await Promise.all([readTemplate(stack, access), loadNext(access)]);
    if (next === undefined) return nothing;
    if (before === undefined) return sayFirst(await describeTables(next, access), place);
    return sayDeployment(before, next, place, isMeant);
  } catch (error) {
    return {
      warnings: [`what this deployment does to the tables of ${stack} cannot be looked up (${reasonOf(error)})`],
    };
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
