import type { KnownLink } from '../cache.ts';
import type { Endpoint, World } from '../endpoint.ts';
import { textAnswer } from '../http.ts';
import { originOf } from '../origin.ts';
import { privately, revalidate } from '../revalidate.ts';
import { type ShownHost, showHost } from '../shown-host.ts';
import { pageHeaders } from './assets.ts';
import { findLink } from './follow-link.ts';

const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Where a link leads, on a page without scripts. Looking is no click. */
export function previewLink({ kept }: World): Endpoint {
  return async (call) => {
    const link = await findLink(call, kept);
    if ('problem' in link) return link;
    const headers = { ...pageHeaders, 'content-security-policy': policy };
    const page = renderPreview(link, originOf(call.request));
    return revalidate(call.request, textAnswer('text/html; charset=utf-8', page, headers), privately);
  };
}

const dangers: Readonly<Record<NonNullable<ShownHost['danger']>, string>> = {
  'mixed-scripts': 'The name of this site mixes letters of several alphabets, as names do that imitate others.',
  lookalike: 'The name of this site is written in letters that look like other ones.',
  'unusual-characters': 'The name of this site has unusual characters.',
};

function renderPreview({ code, url, createdAt, expiresAt }: KnownLink, origin: string): string {
  const host = showHost(new URL(url).hostname);
  const short = `${origin}/${code}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(host.unicode ?? host.ascii)}: preview of /${escapeHtml(code)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/app.css">
</head>
<body>
<main class="preview">
<p class="eyebrow">${escapeHtml(short)} leads to</p>
<h1>${escapeHtml(host.unicode ?? host.ascii)}</h1>
${host.unicode === undefined ? '' : `<p class="muted">In ASCII: ${escapeHtml(host.ascii)}</p>\n`}${warn(host)}<p class="url">${escapeHtml(url)}</p>
<p><a class="button" href="${escapeHtml(url)}" rel="noreferrer nofollow ugc">Go on to ${escapeHtml(host.unicode ?? host.ascii)}</a></p>
<p class="muted">Made ${escapeHtml(dayAndTime(createdAt))}.${expiresAt === undefined ? '' : ` It ends ${escapeHtml(dayAndTime(expiresAt))}.`}</p>
<img class="qr" src="/${escapeHtml(code)}.svg" width="180" height="180" alt="QR code of ${escapeHtml(short)}">
</main>
</body>
</html>
`;
}

function warn({ danger }: ShownHost): string {
  if (danger === undefined) return '';
  const hint = 'It is shown as it goes over the wire; go on only if you know it.';
  return `<p class="warning" role="alert">${dangers[danger]} ${hint}</p>\n`;
}

/** Such as `2030-01-31 12:00 UTC`: whoever reads it may be anywhere. */
function dayAndTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Text that stays text between tags and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
