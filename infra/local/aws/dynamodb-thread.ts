import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { DynamoDbAnswer, DynamoDbRequest } from './dynamodb.ts';

/**
 * dynalite in a thread of its own. It is given whole requests, never sockets, so that an aborted upload cannot reach
 * it; and should it throw, then this thread ends and is replaced, and nothing else.
 */
type Dynalite = (options: { path: string; createTableMs: number; deleteTableMs: number }) => EventEmitter;

const dynalite: Dynalite = createRequire(import.meta.url)('dynalite');
const { path }: { path: string } = workerData;
const database = dynalite({ path, createTableMs: 0, deleteTableMs: 0 });

parentPort?.on('message', (request: DynamoDbRequest) => {
  const incoming = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers: request.headers });
  database.emit('request', incoming, responseTo(request.id));
  incoming.emit('data', Buffer.from(request.body));
  incoming.emit('end');
});

/** As much of a ServerResponse as dynalite uses. */
function responseTo(id: number) {
  const headers: Record<string, string> = {};
  return {
    statusCode: 200,
    contentType: '',
    setHeader(name: string, value: unknown) {
      headers[name.toLowerCase()] = String(value);
    },
    end(body = '') {
      const answer: DynamoDbAnswer = { id, status: this.statusCode, headers, body };
      parentPort?.postMessage(answer);
    },
  };
}
