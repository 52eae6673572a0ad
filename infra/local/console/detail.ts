import { loadDetail } from './requests.ts';
import type { ConsoleState } from './state.ts';

/** What is known of the one thing that a page is about. */
export type Detail<T> =
  | { readonly state: 'loading' }
  /** `trouble`: it could not be read anew, so this is how it stood. */
  | { readonly state: 'there'; readonly value: T; readonly trouble: string | null }
  /** There is no such thing, or nothing can be told of it: why, as a sentence. */
  | { readonly state: 'none'; readonly why: string };

/** Reads it once for each state of local mode; `onChange` hears that something came. */
export function followDetail<T>(
  path: string,
  onChange: () => void,
): { readonly read: (state: ConsoleState) => Detail<T>; readonly close: () => void } {
  let detail: Detail<T> = { state: 'loading' };
  let [askedFor, isAsking, isClosed] = [-1, false, false];

  const ask = async () => {
    isAsking = true;
    const answer = await loadDetail<T>(path);
    isAsking = false;
    if (isClosed) return;
    detail = withAnswer(detail, answer);
    onChange();
  };
  return {
    read: ({ at }) => {
      if (at !== askedFor && !isAsking) {
        askedFor = at;
        void ask();
      }
      return detail;
    },
    close: () => {
      isClosed = true;
    },
  };
}

function withAnswer<T>(before: Detail<T>, answer: Awaited<ReturnType<typeof loadDetail<T>>>): Detail<T> {
  if ('value' in answer) return { state: 'there', value: answer.value, trouble: null };
  if (before.state === 'there' && !answer.isGone) return { ...before, trouble: answer.problem };
  return { state: 'none', why: answer.problem };
}
