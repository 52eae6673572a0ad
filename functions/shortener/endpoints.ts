import { readJsonObject } from './body.ts';
import type { LinkReader } from './cache.ts';
import type { Clicks } from './clicks.ts';
import { generateCode, isCode } from './code.ts';
import type { Drill } from './drill.ts';
import { parseFault, renderFault } from './fault.ts';
import { checkLiveness } from './health.ts';
import { type Answer, emptyAnswer, jsonAnswer, type Request, redirectAnswer } from './http.ts';
import { type Link, parseNewLink, renderLink } from './link.ts';
import { originOf } from './origin.ts';
import { parsePageQuery, renderCursor } from './page.ts';
import type { Dependencies } from './ports.ts';
import type { Problem, Reply } from './problem.ts';
import type { RouteId } from './routes.ts';
import type { Trace } from './trace.ts';

/** One request on its way through an endpoint. */
type Call = {
  readonly request: Request;
  /** The code in the path, empty where the path has none. */
  readonly code: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly trace: Trace;
};

export type Endpoint = (call: Call) => Promise<Reply>;

/** Where `/demo` leads: a page that IANA keeps for examples (RFC 2606 §3). */
const demoUrl = 'https://example.com/';

/** Draws of a code before giving up; even with a billion links a second draw is needed once in 200,000 times. */
const mostDraws = 5;

const unknownLink: Problem = { problem: 'unknown-link', detail: 'it never existed, has expired or was deleted' };

/** What a sandbox keeps between requests, and the endpoints share. */
export type Kept = {
  readonly drill: Drill;
  readonly links: LinkReader;
  readonly clicks: Clicks;
  readonly checkReadiness: (signal: AbortSignal) => Promise<Answer>;
};

/** What each route does. */
export function createEndpoints(dependencies: Dependencies, kept: Kept): Readonly<Record<RouteId, Endpoint>> {
  const { store, now } = dependencies;
  const { drill, links, clicks, checkReadiness } = kept;
  return {
    createLink: (call) => createLink(call, dependencies, links),
    listLinks: async ({ request, signal }) => {
      const page = parsePageQuery(request.query);
      if ('problem' in page) return page;
      await clicks.writeNow(signal);
      const found = await store.listLinks(page.value.limit, page.value.after, now(), signal);
      const shown = found.links.map((link) => renderLink(link, originOf(request)));
      return jsonAnswer(200, {
        links: shown,
        ...(found.next !== undefined && { nextCursor: renderCursor(found.next) }),
      });
    },
    readLink: async ({ code, request, signal }) => {
      if (!isCode(code)) return unknownLink;
      await clicks.writeNow(signal);
      const link = await store.loadLink(code, now(), signal);
      return link ? jsonAnswer(200, renderLink(link, originOf(request))) : unknownLink;
    },
    deleteLink: async ({ code, signal }) => {
      if (!isCode(code)) return unknownLink;
      const isDeleted = await store.deleteLink(code, now(), signal).finally(() => links.forget(code));
      return isDeleted ? emptyAnswer(204) : unknownLink;
    },
    followLink: (call) => follow(call, kept),
    followDemo: async () => redirectAnswer(demoUrl),
    checkLiveness: async () => checkLiveness(now()),
    checkReadiness: ({ signal }) => checkReadiness(signal),
    readFault: async ({ signal }) => jsonAnswer(200, renderFault(await store.loadFault(signal), now())),
    saveFault: async ({ request, signal }) => {
      const body = readJsonObject(request);
      const fault = 'problem' in body ? body : parseFault(body.value, now());
      if ('problem' in fault) return fault;
      await store.saveFault(fault.value, signal);
      drill.remember(fault.value);
      return jsonAnswer(200, renderFault(fault.value, now()));
    },
    deleteFault: async ({ signal }) => {
      await store.deleteFault(signal);
      drill.remember(undefined);
      return emptyAnswer(204);
    },
  };
}

async function createLink(
  { request, requestId, signal }: Call,
  { store, now, randomBytes }: Dependencies,
  links: LinkReader,
): Promise<Reply> {
  const body = readJsonObject(request);
  const input = 'problem' in body ? body : parseNewLink(body.value, request.hosts, now());
  if ('problem' in input) return input;
  const { code, ...rest } = input.value;
  for (let draw = 1; draw <= (code === undefined ? mostDraws : 1); draw++) {
    const link: Link = { code: code ?? generateCode(randomBytes), ...rest, createdAt: now(), clicks: 0 };
    const made = await store.createLink(link, requestId, now(), signal).finally(() => links.forget(link.code));
    if (made === 'created') {
      return jsonAnswer(201, renderLink(link, originOf(request)), { location: `/links/${link.code}` });
    }
  }
  if (code !== undefined) return { problem: 'code-taken', detail: `${code} is taken: choose another code, or none` };
  return { problem: 'no-free-code', detail: 'try again' };
}

/** A redirect, counted in memory; a HEAD is no visit. It is not for its count to fail it. */
async function follow({ code, request, signal, trace }: Call, { links, clicks }: Kept): Promise<Reply> {
  const link = await links.find(code, signal, trace);
  if (link && request.method !== 'HEAD') clicks.add(link);
  await clicks.writeWhenDue(signal);
  return link ? redirectAnswer(link.url) : unknownLink;
}
