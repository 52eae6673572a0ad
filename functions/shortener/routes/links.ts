import { readJsonObject } from '../body.ts';
import { isCode } from '../code.ts';
import { type Endpoint, unknownLink, type World } from '../endpoint.ts';
import { emptyAnswer, jsonAnswer } from '../http.ts';
import { parseLinkChange, renderLink } from '../link.ts';
import { originOf } from '../origin.ts';
import { parsePageQuery, renderCursor } from '../page.ts';
import { privately, revalidate } from '../revalidate.ts';

export function listLinks({ dependencies: { store, now }, kept: { clicks } }: World): Endpoint {
  return async ({ request, signal }) => {
    const page = parsePageQuery(request.query);
    if ('problem' in page) return page;
    await clicks.writeNow(signal);
    const found = await store.listLinks(page.value.limit, page.value.after, now(), signal);
    const links = found.links.map((link) => renderLink(link, originOf(request)));
    const next = found.next === undefined ? {} : { nextCursor: renderCursor(found.next) };
    return revalidate(request, jsonAnswer(200, { links, ...next }), privately);
  };
}

export function readLink({ dependencies: { store, now }, kept: { clicks } }: World): Endpoint {
  return async ({ code, request, signal }) => {
    if (!isCode(code)) return unknownLink;
    await clicks.writeNow(signal);
    const link = await store.loadLink(code, now(), signal);
    return link ? revalidate(request, jsonAnswer(200, renderLink(link, originOf(request))), privately) : unknownLink;
  };
}

export function changeLink({ dependencies: { store, now }, kept: { clicks, links } }: World): Endpoint {
  return async ({ code, request, signal }) => {
    const body = readJsonObject(request, 'application/merge-patch+json');
    const change = 'problem' in body ? body : parseLinkChange(body.value);
    if ('problem' in change) return change;
    if (!isCode(code)) return unknownLink;
    await clicks.writeNow(signal);
    const changed = store.changeLink(code, change.isDisabled, now(), signal).finally(() => links.forget(code));
    const link = await changed;
    return link ? jsonAnswer(200, renderLink(link, originOf(request))) : unknownLink;
  };
}

export function deleteLink({ dependencies: { store, now }, kept: { links } }: World): Endpoint {
  return async ({ code, signal }) => {
    if (!isCode(code)) return unknownLink;
    const isDeleted = await store.deleteLink(code, now(), signal).finally(() => links.forget(code));
    return isDeleted ? emptyAnswer(204) : unknownLink;
  };
}
