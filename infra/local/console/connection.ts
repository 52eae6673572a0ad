import type { ConnectionState } from './banners.ts';
import type { ConsoleState, LiveRun } from './state.ts';

/** A browser gives up on a stream that is refused outright; we never do. */
const againMs = 2000;

/**
 * Follows local mode: hands over every state that it sends and what it tells of runs of bursts, and says whether there is a
 * connection. Reconnects for as long as the page lives.
 */
export function follow(
  onState: (state: ConsoleState) => void,
  onRun: (run: LiveRun) => void,
  onConnection: (connection: ConnectionState) => void,
): void {
  const source = new EventSource('/api/events');
  let hasNews = false;
  const take = (data: string) => {
    const state = parse<ConsoleState>(data);
    if (state !== null) onState(state);
  };
  source.addEventListener('open', () => {
    onConnection('open');
    hasNews = false;
    void loadState().then((data) => {
      if (data !== null && !hasNews) take(data);
    });
  });
  source.addEventListener('state', (event) => {
    hasNews = true;
    take(event.data);
  });
  source.addEventListener('run', (event) => {
    const run = parse<LiveRun>(event.data);
    if (run !== null) onRun(run);
  });
  source.addEventListener('error', () => {
    onConnection('lost');
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => follow(onState, onRun, onConnection), againMs);
  });
}

/** The state as it is now, for a stream that speaks only when something changes; null when it cannot be had. */
async function loadState(): Promise<string | null> {
  try {
    const answer = await fetch('/api/state', { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.text() : null;
  } catch {
    // The stream is there and brings the next state; a lost connection says so itself.
    return null;
  }
}

/** Our own server on loopback wrote it, in our own type: what is cut short is left out, the next one is whole. */
function parse<T extends ConsoleState | LiveRun>(data: string): T | null {
  try {
    return JSON.parse(data) as T;
  } catch {
    console.warn('An event from local mode could not be read.');
    return null;
  }
}
