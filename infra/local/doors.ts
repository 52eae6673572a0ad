import type { Cleanup } from './cleanup.ts';
import type { Flags } from './flags.ts';
import { type Handle, serve } from './server.ts';
import type { Origins } from './stack.ts';

export type Doors = {
  readonly origins: Origins;
  /** From now on these answer. */
  open(handles: { readonly console: Handle; readonly shortener: Handle; readonly aws: Handle }): void;
};

const notYet: Handle = async (_, response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end('{"message":"Local mode is starting"}');
};

/** Takes the three ports, so that everyone can be told where everything is before anything of it works. */
export async function openDoors(flags: Flags, cleanup: Cleanup, onError: (error: unknown) => void): Promise<Doors> {
  const handles = { console: notYet, shortener: notYet, aws: notYet };
  const ports = [
    ['console', flags.consolePort, '--console-port'],
    ['shortener', flags.appPort, '--app-port'],
    ['aws', flags.awsPort, '--aws-port'],
  ] as const;
  const origins = { console: '', shortener: '', aws: '' };
  for (const [name, port, flag] of ports) {
    const server = await serve(port, flag, (request, response) => handles[name](request, response), onError);
    cleanup.add(() => server.close());
    origins[name] = server.origin;
  }
  return { origins, open: (given) => Object.assign(handles, given) };
}
