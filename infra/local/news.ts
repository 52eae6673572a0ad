import type { ConsoleState } from './console/state.ts';
import type { Mark, Terminal } from './terminal.ts';

/** Says on the terminal what changed since the last look: one line per monitor that is in another state. */
export function createNews(terminal: Terminal) {
  const seen = new Map<string, string>();
  return (state: ConsoleState): void => {
    for (const { id, state: now, message, errorType } of state.monitors) {
      const before = seen.get(id);
      seen.set(id, now);
      if (before === now || now === 'waiting') continue;
      if (before === undefined && now === 'passed') continue;
      const reason = message ?? errorType;
      terminal.line(markOf(now), `${id} ${now}${reason === undefined || now === 'passed' ? '' : `: ${reason}`}`);
    }
  };
}

function markOf(state: string): Mark {
  if (state === 'passed') return 'good';
  return state === 'failed' ? 'bad' : 'note';
}
