import type { Json } from '../config/model.ts';
import { cut } from './clean.ts';
import type { MachineMessage } from './machine.ts';
import type { Row } from './rows.ts';
import { type Part, type Story, tellStory } from './story.ts';

/**
 * Teams refuses a message of more than about 28 KB, and counts in UTF-16:
 * https://learn.microsoft.com/en-us/connectors/teams/#known-issues-and-limitations-with-actions
 */
const mostCharacters = 14_000;
const longestText = 1_000;
const longestTitle = 256;
const longestButton = 64;
const othersWhenLarge = 10;

/**
 * A message for the webhook of a workflow of Teams: an adaptive card. All text is in runs, in which Teams sees no Markdown. Where
 * the card gets too large, commands go first, then most of the other alerts, then the details of the last ones.
 */
export function renderTeams(message: MachineMessage): Json {
  const story = tellStory(message);
  const fits = (card: Json) => JSON.stringify(card).length <= mostCharacters;
  return (
    narrowed(story).map(cardOf).find(fits) ?? cardOf({ ...story, parts: [], others: [], budgets: [], commands: [] })
  );
}

function narrowed(story: Story): readonly Story[] {
  const brief = { ...story, commands: [] };
  const few = { ...brief, others: briefly(story.others) };
  const fewer = story.parts.map((_, index) => ({
    ...few,
    parts: story.parts.slice(0, story.parts.length - 1 - index),
  }));
  return [story, brief, few, ...fewer];
}

function briefly(lines: readonly string[]): readonly string[] {
  const rest = lines.length - othersWhenLarge;
  return rest > 0 ? [...lines.slice(0, othersWhenLarge), `and ${rest} more lines like these`] : lines;
}

/** https://adaptivecards.io/explorer/ */
function cardOf(story: Story): Json {
  return {
    type: 'message',
    summary: story.title,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: story.title,
          body: bodyOf(story),
          actions: story.buttons.map(({ label, url, isFirst }) => ({
            type: 'Action.OpenUrl',
            title: cut(label, longestButton),
            url,
            ...(isFirst && { style: 'positive' }),
          })),
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}

function bodyOf({ title, mood, context, parts, others, budgets, commands, footer }: Story): Json[] {
  return [
    block([{ ...run(cut(title, longestTitle)), size: 'Large', weight: 'Bolder', color: colors[mood] }]),
    block([quiet(context.join('\n'))]),
    ...parts.flatMap(partBlocks),
    ...(others.length > 0 ? [block([run(others.join('\n'))], true)] : []),
    ...rowBlocks(budgets),
    ...commandBlocks(commands),
    block([quiet(footer)], true),
  ];
}

const colors = { page: 'Attention', ticket: 'Warning', good: 'Good', note: 'Default' } as const;

function partBlocks({ line, rows }: Part): Json[] {
  const head = line === undefined ? [] : [block([{ ...run(line), weight: 'Bolder' }], true)];
  return [...head, ...rowBlocks(rows)];
}

function rowBlocks(rows: readonly Row[]): Json[] {
  return rows.map(({ label, text }, index) => {
    const lead = text.includes('\n') ? `${label}:\n` : `${label}: `;
    return block([{ ...run(lead), weight: 'Bolder' }, run(cut(text, longestText))], index === 0);
  });
}

function commandBlocks(commands: readonly string[]): Json[] {
  if (commands.length === 0) return [];
  const lead = block([quiet('See for yourself (secrets are variables that you set):')], true);
  return [lead, ...commands.map((command) => block([{ ...run(command), fontType: 'Monospace' }]))];
}

const block = (inlines: readonly Json[], isApart = false): Json => ({
  type: 'RichTextBlock',
  inlines,
  ...(isApart && { spacing: 'Medium', separator: true }),
});
const run = (text: string) => ({ type: 'TextRun', text }) as const;
const quiet = (text: string): Json => ({ ...run(text), isSubtle: true, size: 'Small' });
