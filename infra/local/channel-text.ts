import type { Json, SentChannel } from '../../shared/config/model.ts';
import { renderAlertmanager } from '../../shared/message/alertmanager.ts';
import type { MachineMessage } from '../../shared/message/machine.ts';
import { renderPagerDuty } from '../../shared/message/pagerduty.ts';
import { renderSlack } from '../../shared/message/slack.ts';
import { renderTeams } from '../../shared/message/teams.ts';

/** What a channel is sent of a message, as its reader would see it: texts of chat programs, JSON for all others. Without secrets. */
export function channelText({ type }: Pick<SentChannel, 'type'>, message: MachineMessage, now: number): string {
  switch (type) {
    case 'slack':
      return readable(renderSlack(message), 'blocks');
    case 'teams':
      return readable(renderTeams(message), 'attachments');
    case 'pagerduty':
      return pretty(renderPagerDuty(message));
    case 'alertmanager':
      return pretty(renderAlertmanager(message, now));
    case 'webhook':
      return pretty(message.json);
    default:
      return type satisfies never;
  }
}

const pretty = (json: Json | undefined): string =>
  json === undefined ? 'Nothing: it has no word for this.' : JSON.stringify(json, null, 2);

/** Every text in it, a block a paragraph, in the order in which it is read; buttons in brackets with where they lead. */
function readable(body: Json, part: string): string {
  const blocks = blocksIn(fieldOf(body, part));
  return blocks
    .map(textOf)
    .filter((text) => text !== '')
    .join('\n\n');
}

/** Slack has its blocks at the top, Teams inside a card, its buttons after them. */
function blocksIn(part: Json): readonly Json[] {
  const list = listOf(part);
  const card = list.length === 1 ? fieldOf(list[0] ?? null, 'content') : null;
  return card === null ? list : [...listOf(fieldOf(card, 'body')), ...listOf(fieldOf(card, 'actions'))];
}

function textOf(block: Json): string {
  const url = fieldOf(block, 'url');
  const title = unescaped(plainOf(fieldOf(block, 'title')) || plainOf(fieldOf(fieldOf(block, 'text'), 'text')));
  if (typeof url === 'string') return `[${title}] ${url}`;
  const own = plainOf(fieldOf(block, 'text')) || plainOf(fieldOf(fieldOf(block, 'text'), 'text'));
  const inside = ['elements', 'fields', 'inlines'].flatMap((name) => listOf(fieldOf(block, name)).map(textOf));
  const isRun = fieldOf(block, 'type') === 'RichTextBlock';
  return [unescaped(own), inside.join(isRun ? '' : '\n')].filter((text) => text !== '').join('\n');
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const plainOf = (value: Json): string => (typeof value === 'string' ? value : '');
const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);

function fieldOf(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return (value as { readonly [key: string]: Json })[name] ?? null;
}
