export type Link = {
  readonly code: string;
  readonly url: string;
  readonly shortUrl: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly disabled: boolean;
  readonly clicks: number;
};
export type LinkPage = { readonly links: readonly Link[]; readonly nextCursor?: string };
export type Clicks = {
  readonly clicks: number;
  readonly days: readonly { readonly date: string; readonly clicks: number }[];
};
export type NewLink = { readonly url: string; readonly code?: string; readonly expiresAt?: string };

/** What the API refused, in its words. */
export class Refusal extends Error {
  readonly status: number;
  /** By field of the body. */
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, detail: string, fields: ReadonlyMap<string, string> = new Map()) {
    super(detail);
    this.status = status;
    this.fields = fields;
  }
}

const tokenName = 'write-token';

export function keepToken(token: string): void {
  sessionStorage.setItem(tokenName, token);
}

export function dropToken(): void {
  sessionStorage.removeItem(tokenName);
}

export const listLinks = (cursor?: string): Promise<LinkPage> =>
  ask('GET', `/links?limit=20${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
export const readClicks = (code: string): Promise<Clicks> => ask('GET', `/links/${code}/clicks?days=30`);
/** `key` is drawn once for one link: who presses twice makes one. */
export const createLink = (link: NewLink, key: string): Promise<Link> =>
  ask('POST', '/links', link, { 'idempotency-key': key });
export const switchLink = (code: string, disabled: boolean): Promise<Link> =>
  ask('PATCH', `/links/${code}`, { disabled });
export const deleteLink = (code: string): Promise<void> => ask('DELETE', `/links/${code}`);

/** Asks the API and answers its body. Rejects with a `Refusal`, also when nobody answers. */
async function ask<Body>(
  method: string,
  path: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Body> {
  const token = sessionStorage.getItem(tokenName);
  const headers = {
    ...more,
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(35_000) }).catch(() => {
    throw new Refusal(0, 'The shortener cannot be reached. Try again in a moment.');
  });
  if (!answer.ok) throw await refusalOf(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as Body; // the API's own document promises its form
}

async function refusalOf(answer: Response): Promise<Refusal> {
  type Problem = { title?: string; detail?: string; errors?: { pointer: string; detail: string }[] };
  const problem: Problem = await answer.json().catch(() => ({}));
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => [pointer.replace('#/', ''), detail] as const);
  const said = fields.length > 0 ? fields.map(([, detail]) => detail).join('; ') : problem.detail;
  const text = problem.title === undefined ? `It answered ${answer.status}.` : `${problem.title}: ${said}.`;
  return new Refusal(answer.status, text, new Map(fields));
}
