import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What two locations probe. */
export type Target = {
  readonly url: string;
  /** Nothing fails any more. */
  mend(): void;
  close(): Promise<void>;
};

/**
 * Answers `/broken` with 500, `/secret` with 401 where the bearer token is another, and what is under `/one-of-two/` with 500 each
 * second time: of two that ask in turn one sees a failure, and the other does not.
 */
export async function openTarget(secret: string): Promise<Target> {
  const asked = new Map<string, number>();
  let isMended = false;
  const statusOf = (path: string, authorization: string | undefined): number => {
    if (path === '/secret') return authorization === `Bearer ${secret}` ? 200 : 401;
    if (isMended) return 200;
    if (path === '/broken') return 500;
    const count = (asked.get(path) ?? 0) + 1;
    asked.set(path, count);
    return count % 2 === 1 ? 500 : 200;
  };
  const server = createServer(({ url = '', headers }, response) =>
    response.writeHead(statusOf(url, headers.authorization)).end(),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    mend: () => {
      isMended = true;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
