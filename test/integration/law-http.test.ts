import { httpRows } from '../support/hostile/http.ts';
import { craftyServers } from '../support/hostile/http-content.ts';
import { endingServers } from '../support/hostile/http-end.ts';
import { floodingServers } from '../support/hostile/http-flood.ts';
import { redirectingServers } from '../support/hostile/http-redirect.ts';
import { slowServers } from '../support/hostile/http-slow.ts';
import { confusingServers } from '../support/hostile/http-syntax.ts';
import { judgeRows, type ProberProcess, startProber } from '../support/hostile/law.ts';

describe.each([
  ['is slow', slowServers],
  ['sends too much', floodingServers],
  ['confuses', confusingServers],
  ['ends too early', endingServers],
  ['redirects', redirectingServers],
  ['sends crafty content', craftyServers],
])('a target that %s', (_kind, servers) => {
  const rows = httpRows(servers);
  let prober: ProberProcess;
  let verdicts: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    prober = startProber();
    verdicts = await judgeRows(prober, rows);
  }, 40_000);
  afterAll(() => prober.stop());

  it.each(rows)('$name', ({ name }) => expect(verdicts.get(name)).toEqual([]));
});
