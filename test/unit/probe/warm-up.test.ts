import type { TcpMonitor } from '../../../shared/config/model.ts';
import { unsent } from '../../../shared/probe/judge.ts';
import { warmUpTcp } from '../../../shared/probe/warm-up.ts';
import { probeDeps } from '../../support/http-monitor.ts';
import { resourcesAreGone } from '../../support/resources.ts';

describe('the warm-up', () => {
  it('talks to this machine alone, once, is not watched or stopped, and fails nobody', async () => {
    const gone = await resourcesAreGone();
    const seen: TcpMonitor[] = [];
    const stopped: boolean[] = [];
    let watched = 0;
    const begin = () => {
      watched += 1;
      return () => ({ isContaminated: true, heldUpMs: 0 });
    };
    const deps = probeDeps({ watch: { begin, stop: () => {} }, signal: AbortSignal.abort() });
    const probe = async (monitor: TcpMonitor, given: typeof deps) => {
      seen.push(monitor);
      given.watch.begin();
      stopped.push(given.signal.aborted);
      return unsent('no');
    };
    await Promise.all([warmUpTcp(probe, deps), warmUpTcp(probe, deps)]);
    expect(seen.map(({ request }) => request.host)).toEqual(['127.0.0.1']);
    expect([stopped, watched]).toEqual([[false], 0]);
    await gone();
  });
});
