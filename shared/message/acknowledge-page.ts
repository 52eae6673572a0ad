import { createHash } from 'node:crypto';
import type { Incident } from '../alert/model.ts';
import { titleOf } from './alert-title.ts';
import { cleanText } from './clean.ts';
import { formatInstant } from './format.ts';
import { longestBy, longestNote } from './incident-text.ts';

/**
 * What the page of a link has to say. `already`: somebody was quicker, or it is the same person once more. `forged`: it is no link of
 * ours, or not a whole one; nothing else is told of it.
 */
export type PageContent =
  | { readonly state: 'open' | 'acknowledged' | 'already' | 'closed'; readonly incident: Incident }
  | { readonly state: 'unknown' | 'expired' | 'forged' | 'unavailable' };

export type Page = {
  readonly statusCode: number;
  readonly html: string;
  /** Header names in lower case: nothing may be loaded, framed, kept, indexed or sent elsewhere. */
  readonly headers: Readonly<Record<string, string>>;
};

const mostListed = 8;

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:36rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.4rem}
label{display:block;margin:1rem 0}
input{display:block;width:100%;box-sizing:border-box;padding:.5rem;font:inherit}
button{padding:.7rem 1.4rem;font:inherit;font-weight:600;cursor:pointer}
footer{margin-top:3rem;font-size:.85rem;opacity:.75}`;

/**
 * The page of a link by which somebody says that they are at an incident. It has no script, and a button where there is something
 * to press: opening it changes nothing. A link that is not ours is told nothing of any incident.
 */
export function renderAcknowledgePage(content: PageContent, scope: { service: string; environment: string }): Page {
  const { statusCode, title, body } = partsOf(content);
  const place = 'incident' in content ? `${scope.service} ${scope.environment}, incident ${content.incident.id}` : '';
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</main>
${place === '' ? '' : `<footer>${escapeHtml(place)}</footer>\n`}</body>
</html>
`;
  return { statusCode, html, headers: headersOf() };
}

type Parts = { readonly statusCode: number; readonly title: string; readonly body: readonly string[] };

function partsOf(content: PageContent): Parts {
  switch (content.state) {
    case 'open':
      return { statusCode: 200, title: 'Is somebody at it?', body: [...incidentOf(content.incident), form] };
    case 'acknowledged':
      return { statusCode: 200, title: 'Thank you: you are at it', body: [...takenBy(content.incident), effect] };
    case 'already':
      return {
        statusCode: 200,
        title: 'Somebody is at it already',
        body: [...incidentOf(content.incident), ...takenBy(content.incident)],
      };
    case 'closed':
      return { statusCode: 200, title: 'This incident is over', body: closedBody(content.incident) };
    case 'unknown':
      return {
        statusCode: 404,
        title: 'This incident is not known',
        body: [paragraph('It was over long ago, or it belongs to a stack that is gone. There is nothing to do here.')],
      };
    case 'expired':
      return {
        statusCode: 410,
        title: 'This link has expired',
        body: [paragraph('A link is good for a week. Take that of the newest message, or npx burnwatch ack.')],
      };
    case 'forged':
      return {
        statusCode: 404,
        title: 'This link does not work',
        body: [paragraph('Parts of it may be missing: copy it whole from the message, to its very end.')],
      };
    case 'unavailable':
      return {
        statusCode: 503,
        title: 'That did not work',
        body: [paragraph('Nothing has changed. Try again in a moment, or use npx burnwatch ack.')],
      };
    default:
      return content satisfies never;
  }
}

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;
const effect = paragraph(
  'Everyone who was told of the incident is told within a minute. Reminders and escalation stop until something new joins it; each alert tells when it has resolved.',
);
const form = `<form method="post">
<label>Who are you?<input name="by" maxlength="${longestBy}" autocomplete="name"></label>
<label>Anything to say?<input name="note" maxlength="${longestNote}" autocomplete="off"></label>
<button type="submit">I am at it</button>
</form>
${paragraph('It stops reminders and escalation until something new joins the incident, and tells everyone who was told of it.')}`;

function incidentOf({ openedAt, alerts }: Incident): readonly string[] {
  const firing = alerts.filter(({ resolvedAt }) => resolvedAt === undefined);
  const titles = [...new Set(firing.map(({ alertId }) => titleOf(alertId)))];
  const rest = titles.length - mostListed;
  const items = [...titles.slice(0, mostListed), ...(rest > 0 ? [`and ${rest} more`] : [])];
  return [
    paragraph(`Since ${formatInstant(openedAt)}:`),
    `<ul>${items.map((title) => `<li>${escapeHtml(title)}</li>`).join('')}</ul>`,
  ];
}

function takenBy({ acknowledged }: Incident): readonly string[] {
  if (acknowledged === undefined) return [];
  const { by, note, at } = acknowledged;
  const said = note === undefined ? '' : `: ${cleanText(note, longestNote)}`;
  return [paragraph(`${cleanText(by, longestBy)}, since ${formatInstant(at)}${said}`)];
}

function closedBody({ closedAt }: Incident): readonly string[] {
  const when = closedAt === undefined ? '' : ` since ${formatInstant(closedAt)}`;
  return [paragraph(`Nothing of it fires any more${when}. There is nothing to do.`)];
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const headersOf = (): Page['headers'] => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-robots-tag': 'noindex, nofollow',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
});
