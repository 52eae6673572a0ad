import type { Functions } from '../../../infra/local/function/functions.ts';
import type { Schedule } from '../../../infra/local/stack.ts';
import type { Terminal } from '../../../infra/local/terminal.ts';
import { createTicks } from '../../../infra/local/ticks.ts';

const at = Date.parse('2026-03-02T10:00:00Z');
const schedule = (functionName: string, shard?: string, isSpan = false): Schedule => {
  const time = '<aws.scheduler.scheduled-time>';
  return { functionName, input: JSON.stringify({ scheduledTime: time, ...(shard ? { shard } : {}) }), isSpan };
};

function setUp() {
  const calls: { name: string; end: (isError?: boolean) => void }[] = [];
  const lines: string[] = [];
  const functions = {
    invoke: (name: string, event: string) =>
      new Promise((resolve) => {
        const { shard = '' } = JSON.parse(event);
        const end = (isError = false) => resolve({ isError, payload: '{"errorMessage":"cut off"}' });
        calls.push({ name: `${name} ${shard}`.trim(), end });
      }),
  } as unknown as Functions;
  const terminal = { line: (_: string, text: string) => void lines.push(text) } as unknown as Terminal;
  const names = () => calls.map(({ name }) => name);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { ticks: createTicks(functions, terminal), calls, names, lines, settled };
}

describe('a tick of local mode', () => {
  it('evaluates after the probes have ended', async () => {
    const { ticks, calls, names, settled } = setUp();
    const done = ticks.run([schedule('evaluate'), schedule('probe', 's00'), schedule('probe', 's01')], at);
    expect(names()).toEqual(['probe s00', 'probe s01']);
    calls[0]?.end();
    await settled();
    expect(names()).toHaveLength(2);
    calls[1]?.end();
    await settled();
    expect(names()).toEqual(['probe s00', 'probe s01', 'evaluate']);
    calls[2]?.end();
    await done;
  });

  it('waits for no probe that takes until the next tick', async () => {
    const { ticks, calls, names, settled } = setUp();
    const done = ticks.run([schedule('probe', 'f00', true), schedule('evaluate')], at);
    await settled();
    expect(names()).toEqual(['probe f00', 'evaluate']);
    calls[1]?.end();
    await done;
  });

  it('says that a function fails, also when nobody waited for it', async () => {
    const { ticks, calls, lines, settled } = setUp();
    await ticks.run([schedule('probe', 'f00', true)], at);
    calls[0]?.end(true);
    await settled();
    expect(lines).toEqual(['the function probe fails: cut off (its log is in the data folder)']);
  });

  it('says nothing of what is cut off when local mode stops', async () => {
    const { ticks, calls, lines, settled } = setUp();
    await ticks.run([schedule('probe', 'f00', true)], at);
    ticks.stop();
    calls[0]?.end(true);
    await settled();
    expect(lines).toEqual([]);
  });
});
