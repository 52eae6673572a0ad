import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

it('the warm-up is done once, and leaves nothing behind', async () => {
  const script = `
      import { systemClock } from './shared/clock/clock.ts';
      import { prepareHttp } from './shared/http/attempt.ts';
      const first = prepareHttp({ clock: systemClock, tls: true });
      console.log(first === prepareHttp({ clock: systemClock }));
      await first;
      await new Promise((done) => setTimeout(done, 20));
      console.log(process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY|Timeout)/.test(kind)).length);`;
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout).toBe('true\n0\n');
});
