import type { Grant } from './grants.ts';

const head = ['role', 'may', 'on', 'only for', 'why'];

/** The cells of each statement, actions of one service told together: `dynamodb: GetItem PutItem`. */
export function grantCells({ role, effect, actions, resources, condition = '', why }: Grant): readonly string[] {
  const [service = ''] = actions[0]?.split(':') ?? [];
  const verbs = actions.map((action) => action.slice(service.length + 1)).join(' ');
  return [role, `${effect === 'Deny' ? 'never ' : ''}${service}: ${verbs}`, resources.join(', '), condition, why];
}

/** A table in Markdown, a row for each statement. */
export function renderGrants(grants: readonly Grant[]): string {
  const rows = grants.map((grant) => {
    const [role = '', may = '', on = '', condition = '', why = ''] = grantCells(grant);
    return [role, code(may), code(on), code(condition), why];
  });
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
