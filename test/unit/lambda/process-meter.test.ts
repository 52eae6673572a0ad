import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { secondsSinceStart } from '../../../shared/lambda/process-meter.ts';

const meter = new URL('../../../shared/lambda/process-meter.ts', import.meta.url).href;
const code = `import(${JSON.stringify(meter)}).then(({ secondsSinceStart }) =>
  require('node:worker_threads').parentPort.postMessage(secondsSinceStart()))`;

describe('the time since the start', () => {
  it('is that of the process', () => {
    expect(Math.abs(secondsSinceStart() - process.uptime())).toBeLessThan(1);
  });

  it('is that of a thread where a process has several functions, as in local mode', async () => {
    const before = performance.now();
    const worker = new Worker(code, { eval: true });
    const [told] = await once(worker, 'message');
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan((performance.now() - before) / 1_000);
    await worker.terminate();
  });
});
