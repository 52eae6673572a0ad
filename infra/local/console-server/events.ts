import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleState, LiveRun } from '../console/state.ts';
import { sendProblem } from './answer.ts';

export type ConsoleEvents = {
  /** Answers with a stream of server-sent events: a state now, and one whenever something changes. */
  follow(request: IncomingMessage, response: ServerResponse): void;
  /** Something changed: everyone is told, a moment later, once. */
  changed(): void;
  /** Tells everyone at once of one thing, without reading a state. */
  push(event: 'run', data: LiveRun): void;
  close(): void;
};

const heartbeatMs = 15_000;
/** What happens within this time is told together. */
const gatherMs = 100;
const mostFollowers = 64;
/** A page that does not read is dropped; it comes back. */
const mostBufferedBytes = 16 * 1024 * 1024;

export function createConsoleEvents(
  readState: () => Promise<ConsoleState>,
  onError: (error: unknown) => void,
): ConsoleEvents {
  const followers = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;

  const write = (response: ServerResponse, text: string): void => {
    if (response.writableLength > mostBufferedBytes) response.destroy();
    else response.write(text);
  };
  const tell = async (to: Iterable<ServerResponse>): Promise<void> => {
    const text = eventText('state', await readState());
    for (const response of to) write(response, text);
  };
  const heartbeat = setInterval(() => {
    for (const response of followers) write(response, ': still here\n\n');
  }, heartbeatMs);

  return {
    follow: (request, response) => {
      if (followers.size >= mostFollowers) {
        sendProblem(response, 503, 'Service Unavailable', `${mostFollowers} pages are open already.`);
        return;
      }
      request.socket.setTimeout(0);
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('retry: 1000\n\n');
      followers.add(response);
      response.on('close', () => followers.delete(response));
      tell([response]).catch(onError);
    },
    changed: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (followers.size > 0) tell(followers).catch(onError);
      }, gatherMs);
    },
    push: (event, data) => {
      const text = eventText(event, data);
      for (const response of followers) write(response, text);
    },
    close: () => {
      clearInterval(heartbeat);
      clearTimeout(timer);
      for (const response of followers) response.end();
    },
  };
}

const eventText = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
