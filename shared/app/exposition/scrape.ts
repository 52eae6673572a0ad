import { untilAborted } from '../../clock/deadline.ts';
import { contentTypes, type ExposedValue, formatOf, renderExposition } from '../../metrics/exposition.ts';
import { linesOf } from '../alert-change/signing-key.ts';
import { carriesToken } from '../bearer.ts';

/** A scrape, and what it may see: everybody in local mode, who carries the token anywhere else. */
export type ScrapeCall = { readonly authorization: string | undefined; readonly accept: string | undefined };
export type ScrapeAccess =
  | { readonly kind: 'open' }
  /** While a token is changed, both are there, a line each. */
  | { readonly kind: 'token'; readonly readToken: () => Promise<string | undefined> };

export type ScrapeAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type ScrapeDeps = {
  readonly access: ScrapeAccess;
  readonly expose: (signal: AbortSignal) => Promise<readonly ExposedValue[]>;
  readonly onTrouble: (message: string, cause?: unknown) => void;
  /** Aborted when an answer is due. */
  readonly deadline: AbortSignal;
};

/** Answers a scrape of `/metrics`. Never rejects: what could not be read is told to `onTrouble`, and answered with 503. */
export async function answerScrape(call: ScrapeCall, deps: ScrapeDeps): Promise<ScrapeAnswer> {
  try {
    return await untilAborted(deps.deadline, (resolve, reject) => {
      answer(call, deps).then(resolve, reject);
      return () => {};
    });
  } catch (cause) {
    deps.onTrouble('the metrics could not be read', cause);
    return refused(503, 'try again', { 'retry-after': '30' });
  }
}

async function answer(call: ScrapeCall, { access, expose, deadline, onTrouble }: ScrapeDeps): Promise<ScrapeAnswer> {
  if (access.kind === 'token') {
    const tokens = linesOf(await access.readToken());
    if (tokens.length === 0) {
      onTrouble('there is no token for /metrics: nobody may read them');
      return refused(503, 'no token is set', { 'retry-after': '30' });
    }
    if (!tokens.some((token) => carriesToken(call.authorization, token)))
      return refused(401, 'send authorization: Bearer <token>', { 'www-authenticate': 'Bearer realm="metrics"' });
  }
  const format = formatOf(call.accept);
  const body = renderExposition(await expose(deadline), format);
  return { statusCode: 200, headers: { ...everywhere, 'content-type': contentTypes[format] }, body };
}

const everywhere = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary: 'accept' };

function refused(statusCode: number, line: string, headers: Readonly<Record<string, string>>): ScrapeAnswer {
  return {
    statusCode,
    headers: { ...everywhere, 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: `${line}\n`,
  };
}
