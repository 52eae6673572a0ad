import type { DrillFault } from '../../cli/drill/named-drills.ts';
import type { ConsoleProblem, ProbeAnswer } from './state.ts';

/** A manual probe of many slow targets takes its time; anything longer is an answer that never comes. */
const longestMs = 120_000;

/** Breaks the shortener as the server does by default: fully, for ten minutes. */
export async function breakShortener(): Promise<void> {
  await send('POST', '/api/faults');
}

/** Starts a drill of the shortener in place of the one that is on: what goes wrong, and for how long, as in `5m`. */
export async function startDrill(asked: DrillFault & { readonly for: string }): Promise<void> {
  await send('POST', '/api/faults', JSON.stringify(asked));
}

export async function mendShortener(): Promise<void> {
  await send('DELETE', '/api/faults');
}

/** Probes every monitor once, off the record. */
export async function probeNow(): Promise<ProbeAnswer> {
  const answer = await send('POST', '/api/probe');
  return (await answer.json()) as ProbeAnswer;
}

/** Sends a burst now; it has begun then. */
export async function runBurst(burst: string): Promise<void> {
  await send('POST', '/api/bursts', JSON.stringify({ burst }));
}

/** Says that somebody is at an incident. */
export async function acknowledge(asked: {
  readonly incident: string;
  readonly by?: string;
  readonly note?: string;
}): Promise<void> {
  await send('POST', '/api/acknowledgements', JSON.stringify(asked));
}

/** Keeps the alerts of some monitors, SLOs and bursts quiet. */
export async function silence(asked: {
  readonly names: readonly string[];
  readonly for: string;
  readonly reason: string;
  readonly by?: string;
}): Promise<void> {
  await send('POST', '/api/silences', JSON.stringify(asked));
}

export async function endSilence(id: string): Promise<void> {
  await send('DELETE', '/api/silences', JSON.stringify({ silence: id }));
}

/** What a page about one thing shows; `isGone` where there is no such thing. Never rejects. */
export async function loadDetail<T>(
  path: string,
): Promise<{ readonly value: T } | { readonly problem: string; readonly isGone: boolean }> {
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(longestMs) });
    if (answer.ok) return { value: (await answer.json()) as T };
    return { problem: await problemText(answer), isGone: answer.status === 404 };
  } catch {
    return { problem: 'Local mode does not answer. Is it still running?', isGone: false };
  }
}

/** Throws an Error whose message is a sentence for people. */
export async function send(method: string, path: string, body: string | null = null): Promise<Response> {
  const signal = AbortSignal.timeout(longestMs);
  const answer = await fetch(path, { method, body, signal }).catch((error: unknown) => {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new Error(isLate ? 'No answer within two minutes.' : 'Local mode does not answer. Is it still running?');
  });
  if (!answer.ok) throw new Error(await problemText(answer));
  return answer;
}

async function problemText(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as Partial<ConsoleProblem>;
  const said = [problem.title, problem.detail].filter((part) => typeof part === 'string' && part !== '');
  return said.length === 0 ? `Local mode answered ${answer.status}.` : said.join(': ');
}
