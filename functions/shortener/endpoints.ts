import { readJsonObject } from './body.ts';
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

/** One request on its way through an endpoint. */
type Call = {
  readonly request: Request;
  /** The code in the path, empty where the path has none. */
  readonly code: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Hears of trouble that does not change the answer. */
  readonly onTrouble: (what: string, error: unknown) => void;
};

export type Endpoint = (call: Call) => Promise<Reply>;

/** Where `/demo` leads: a page that IANA keeps for examples (RFC 2606 §3). */
const demoUrl = 'https://example.com/';

/** How long a redirect waits for its count, a dead connection tried anew included, before it goes on without. */
const countMs = 1_000;

/** Draws of a code before giving up; even with a billion links a second draw is needed once in 200,000 times. */
const mostDraws = 5;

const unknownLink: Problem = { problem: 'unknown-link', detail: 'it never existed, has expired or was deleted' };

/** What each route does. */
export function createEndpoints(
  dependencies: Dependencies,
  drill: Drill,
  checkReadiness: (signal: AbortSignal) => Promise<Answer>,
): Readonly<Record<RouteId, Endpoint>> {
  const { store, now } = dependencies;
  return {
    createLink: (call) => createLink(call, dependencies),
    listLinks: async ({ request, signal }) => {
      const page = parsePageQuery(request.query);
      if ('problem' in page) return page;
      const { links, next } = await store.listLinks(page.value.limit, page.value.after, now(), signal);
      const shown = links.map((link) => renderLink(link, originOf(request)));
      return jsonAnswer(200, { links: shown, ...(next !== undefined && { nextCursor: renderCursor(next) }) });
    },
    readLink: async ({ code, request, signal }) => {
      const link = isCode(code) ? await store.loadLink(code, now(), signal) : undefined;
      return link ? jsonAnswer(200, renderLink(link, originOf(request))) : unknownLink;
    },
    deleteLink: async ({ code, signal }) =>
      isCode(code) && (await store.deleteLink(code, now(), signal)) ? emptyAnswer(204) : unknownLink,
    followLink: async (call) => {
      const link = await follow(call, dependencies);
      return link ? redirectAnswer(link.url) : unknownLink;
    },
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
): Promise<Reply> {
  const body = readJsonObject(request);
  const input = 'problem' in body ? body : parseNewLink(body.value, request.hosts, now());
  if ('problem' in input) return input;
  const { code, ...rest } = input.value;
  for (let draw = 1; draw <= (code === undefined ? mostDraws : 1); draw++) {
    const link: Link = { code: code ?? generateCode(randomBytes), ...rest, createdAt: now(), clicks: 0 };
    if ((await store.createLink(link, requestId, now(), signal)) === 'created') {
      return jsonAnswer(201, renderLink(link, originOf(request)), { location: `/links/${link.code}` });
    }
  }
  if (code !== undefined) return { problem: 'code-taken', detail: `${code} is taken: choose another code, or none` };
  return { problem: 'no-free-code', detail: 'try again' };
}

/**
 * The link that a visit leads to. Reading and counting is one call; when that fails, perhaps because the table takes no
 * writes, the link is read without counting. A HEAD is no visit.
 */
async function follow(
  { code, request, signal, onTrouble }: Call,
  { store, now }: Dependencies,
): Promise<Link | undefined> {
  if (request.method !== 'HEAD') {
    try {
      return await store.visitLink(code, now(), AbortSignal.any([signal, AbortSignal.timeout(countMs)]));
    } catch (error) {
      onTrouble('a click was not counted', error);
    }
  }
  return store.loadLink(code, now(), signal);
}
