import type { Look } from './model.ts';

/** What was read, or why not: the right that it takes where AWS refused, else what AWS said. Never rejects. */
export async function attempt<Value>(right: string, read: () => Promise<Value>): Promise<Look<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { unseen: reasonOf(error, right) };
  }
}

/** Pages are followed so far: more than any stack has. */
const mostPages = 200;

/** All entries of an answer that comes in pages. */
export async function allPages<Entry>(
  read: (
    next: string | undefined,
  ) => Promise<{ readonly entries: readonly Entry[]; readonly next: string | undefined }>,
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await read(next);
    all.push(...answer.entries);
    next = answer.next;
    if (next === undefined || next === '') break;
  }
  return all;
}

/** Does `work` on all, so many at a time, in their order. */
export async function inTurns<Entry, Answer>(
  entries: readonly Entry[],
  atOnce: number,
  work: (entry: Entry) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < entries.length; from += atOnce)
    answers.push(...(await Promise.all(entries.slice(from, from + atOnce).map(work))));
  return answers;
}

/** The SDK's error is named after what AWS answers; its message may hold ARNs and is not told. */
function reasonOf(error: unknown, right: string): string {
  const name = nameOf(error);
  if (/AccessDenied|AuthorizationError|NotAuthorized|UnauthorizedOperation|InvalidClientTokenId/.test(name))
    return `needs ${right}`;
  if (/Credentials|TokenProvider|ExpiredToken/.test(name)) return `no AWS credentials that work were found (${name})`;
  return `AWS did not answer ${right} (${name})`;
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown reason';
}
