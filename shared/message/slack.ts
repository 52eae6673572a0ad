import type { Json } from '../config/model.ts';
import { cut } from './clean.ts';
import type { MachineMessage } from './machine.ts';
import type { Row } from './rows.ts';
import { type Button, type Part, type Story, tellStory } from './story.ts';

/** Slack's own limits, in characters as they are sent: https://docs.slack.dev/reference/block-kit/blocks */
const limits = { header: 150, text: 3_000, field: 2_000, fields: 10, button: 75, url: 3_000, blocks: 50, context: 10 };

/**
 * A message for an incoming webhook of Slack. What comes from outside is plain text, in which Slack sees no markup at all, with
 * `&`, `<` and `>` escaped as everywhere; only our own labels are formatted. No link in it is unfurled.
 */
export function renderSlack(message: MachineMessage): Json {
  const story = tellStory(message);
  return {
    text: escapeWithin(story.title, limits.text),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: blocksOf(story).slice(0, limits.blocks),
  };
}

function blocksOf({ title, context, parts, others, budgets, commands, buttons, footer }: Story): Json[] {
  return [
    { type: 'header', text: plain(title, limits.header) },
    contextBlock(context),
    ...parts.flatMap(partBlocks),
    ...(others.length > 0 ? [{ type: 'section', text: plain(others.join('\n'), limits.text) }] : []),
    ...rowBlocks(budgets),
    ...commandBlocks(commands),
    ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons.map(buttonOf) }] : []),
    contextBlock([footer]),
  ];
}

function contextBlock(lines: readonly string[]): Json {
  return { type: 'context', elements: lines.slice(0, limits.context).map((line) => plain(line, limits.field)) };
}

function partBlocks({ line, rows }: Part): Json[] {
  const head = line === undefined ? [] : [{ type: 'section', text: plain(line, limits.text) }];
  return [...head, ...rowBlocks(rows)];
}

/** Labels on the left, what is said on the right; so many rows in a block as there is room for. */
function rowBlocks(rows: readonly Row[]): Json[] {
  const each = limits.fields / 2;
  const groups = Array.from({ length: Math.ceil(rows.length / each) }, (_, group) =>
    rows.slice(group * each, (group + 1) * each),
  );
  return groups.map((group) => ({
    type: 'section',
    fields: group.flatMap(({ label, text }) => [labelOf(label), plain(text, limits.field)]),
  }));
}

/** Copied as they are: in preformatted text nothing is markup, and nothing is escaped. */
function commandBlocks(commands: readonly string[]): Json[] {
  if (commands.length === 0) return [];
  const lines = commands.map((command) => cut(command, limits.text));
  return [
    contextBlock(['See for yourself (secrets are variables that you set):']),
    ...lines.map((text) => ({
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
    })),
  ];
}

function buttonOf({ label, url, isFirst }: Button, index: number): Json {
  return {
    type: 'button',
    action_id: `link-${index}`,
    text: plain(label, limits.button),
    url: url.slice(0, limits.url),
    ...(isFirst && { style: 'primary' }),
  };
}

const plain = (text: string, longest: number): Json => ({
  type: 'plain_text',
  text: escapeWithin(text, longest),
  emoji: false,
});
const labelOf = (label: string): Json => ({
  type: 'mrkdwn',
  text: `*${escapeWithin(label.replaceAll(/[*_~`]/g, ' '), 60)}*`,
  verbatim: true,
});

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Escaped, and at most so long as it is sent; never half an entity. */
function escapeWithin(text: string, longest: number): string {
  let room = longest;
  for (;;) {
    const escaped = escapeText(cut(text, room));
    if (escaped.length <= longest) return escaped === '' ? ' ' : escaped;
    room -= Math.max(1, Math.ceil((escaped.length - longest) / 5));
  }
}
