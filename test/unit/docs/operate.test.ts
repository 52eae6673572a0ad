import { readFileSync } from 'node:fs';
import { formats } from '../../../shared/aws/format.ts';
import { commandsIn, operateCommands } from '../../local/operate-commands.ts';

const path = 'docs/operate.md';
const page = readFileSync(path, 'utf8');

describe('docs/operate.md', () => {
  it('names no command of which nobody says how it is tried, and every one that is listed', () => {
    expect(commandsIn(path)).toEqual(Object.keys(operateCommands));
  });

  it('says of everything that has a format what becomes of it after a rollback', () => {
    const [, table = ''] = /\| what \| format \|([\s\S]*?)\n\n/.exec(page) ?? [];
    const inWords = { alerts: 'state of the alerts', incident: 'closed incidents' };
    for (const kind of Object.keys(formats))
      expect(table).toContain(kind in inWords ? inWords[kind as 'alerts'] : kind);
  });

  it('links to headings that are there', () => {
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const [, anchor] of page.matchAll(/\]\(#([\w-]+)\)/g)) expect(headings).toContain(anchor);
    expect(readFileSync('docs/error-budgets.md', 'utf8')).toContain('\n## Maintenance\n');
    expect(headings).toContain('remove');
  });
});
