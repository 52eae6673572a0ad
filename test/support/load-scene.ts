import type { LoadClient, LoadOptions } from '../../shared/http/load-model.ts';
import { loadClient } from './load.ts';
import { type Asked, type RequestServer, type RequestServerOptions, startRequestServer } from './request-server.ts';

/** Servers and clients of one test file, which are closed after each test. */
export type LoadScene = {
  start(answer: (asked: Asked) => void, options?: RequestServerOptions): Promise<RequestServer>;
  open(changes?: Partial<LoadOptions>): LoadClient;
};

export function useLoadScene(): LoadScene {
  const servers: RequestServer[] = [];
  const clients: LoadClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  return {
    start: async (answer, options) => {
      const server = await startRequestServer(answer, options);
      servers.push(server);
      return server;
    },
    open: (changes) => {
      const client = loadClient(changes);
      clients.push(client);
      return client;
    },
  };
}
