import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Another loopback address than 127.0.0.1: macOS has no 127.0.0.2. */
export const silentAddress = process.platform === 'darwin' ? '::1' : '127.0.0.2';

/** Listens, and then stands still for ever: once its queue is full the kernel answers no further connection. */
const listenAndFreeze = `
const { workerData, parentPort } = require('node:worker_threads');
require('node:net').createServer().listen({ ...workerData, backlog: 1 }, () => {
  parentPort.postMessage('listening');
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});`;

/** An address and port to which connections are neither accepted nor refused. */
export async function startSilentListener(port: number): Promise<{ close(): Promise<void> }> {
  const worker = new Worker(listenAndFreeze, { eval: true, workerData: { host: silentAddress, port } });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const fillers: Socket[] = [];
  // Fills the queue until a connection stays unanswered.
  for (let isOpen = true; isOpen && fillers.length < 20; ) {
    const filler = connect({ host: silentAddress, port });
    fillers.push(filler);
    filler.on('error', () => {});
    isOpen = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 150);
      filler.once('connect', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
  return {
    close: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
