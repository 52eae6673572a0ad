import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Io } from './command.ts';

/**
 * A file, named relative to the current folder: at most one byte more than `mostBytes`, so that an endless one is refused by
 * its size. Throws what Node throws where it cannot be read.
 */
export async function readBytes(file: string, mostBytes: number, { cwd, signal }: Io): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const stream = createReadStream(resolve(cwd, file), { end: mostBytes, signal });
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
