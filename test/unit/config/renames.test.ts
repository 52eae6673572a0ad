import { parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';
import { configOf } from '../../support/monitored.ts';

const web = (url = 'https://web.example/') => `{ type: http, request: { url: "${url}" } }`;
type Monitors = Readonly<Record<string, string>>;
const fileOf = (monitors: Monitors) =>
  `version: 1\nservice: shop\nmonitors:\n${Object.entries(monitors)
    .map(([id, text]) => `  ${id}: ${text}\n`)
    .join('')}`;
/** What is said of a file, an earlier version of which is known. */
function warnings(before: Monitors, now: Monitors): readonly string[] {
  const result = parseConfig(fileOf(now), { file: 'm.yml', env: {}, before: configOf(fileOf(before)).monitors });
  expect(result.ok).toBe(true);
  return result.warnings.map((problem) => renderProblem(problem));
}

describe('what an earlier version had, and is gone', () => {
  it('is told where the new one stands, when both ask the same', () => {
    expect(warnings({ api: web() }, { home: web('https://home.example/'), 'api-v2': web() })).toEqual([
      'm.yml:5:3 monitors.api-v2: is new, and "api" is gone, which asked the same: if it is that monitor under another ' +
        'name, write formerly: api here; else the history of api ends, and no budget counts it any more',
    ]);
  });

  it.each([
    [
      'the same host',
      { a: web('https://x.example/v1'), b: web('https://y.example/') },
      { c: web('https://x.example/v2'), b: web('https://y.example/') },
      ', which asked the same host',
    ],
    [
      'another host, when one went and one came',
      { a: web('https://x.example/') },
      { c: web('https://z.example/') },
      '',
    ],
    [
      'nothing, as a heartbeat',
      { a: '{ type: heartbeat, period: 1h, grace: 5m }' },
      { c: '{ type: heartbeat, period: 1h, grace: 5m }' },
      ', which was called as often',
    ],
  ])('so is one that asks %s', (_, before, now, likeness) => {
    expect(warnings(before, now)).toEqual([
      expect.stringContaining(`monitors.c: is new, and "a" is gone${likeness}: if it`),
    ]);
  });

  it('pairs the surest first, and each once', () => {
    const before = { a: web('https://x.example/1'), b: web('https://x.example/2') };
    const said = warnings(before, { c: web('https://x.example/2'), d: web('https://x.example/3') });
    expect(said.map((line) => /monitors\.(\w): is new, and "(\w)"/.exec(line)?.slice(1))).toEqual([
      ['c', 'b'],
      ['d', 'a'],
    ]);
  });

  it('is like none where neither names a host', () => {
    const heartbeat = (period: string) => `{ type: heartbeat, period: ${period}, grace: 5m }`;
    const said = warnings({ a: heartbeat('1h'), b: heartbeat('2h') }, { c: heartbeat('3h'), d: heartbeat('4h') });
    expect(said).toEqual([expect.stringContaining('monitors: a, b are gone')]);
  });

  it('is told once and for all where nothing resembles it', () => {
    expect(warnings({ a: web(), b: web(), c: web() }, { c: web() })).toEqual([
      'm.yml:3:1 monitors: a, b are gone, and with them their history: one that goes on under another name says formerly: its-old-name',
    ]);
  });

  it('is nothing when the new name says formerly, nothing is new, or the order alone is another', () => {
    expect(warnings({ api: web() }, { 'api-v2': web().replace('{ ', '{ formerly: api, ') })).toEqual([]);
    expect(warnings({ a: web(), b: web() }, { b: web(), a: web('https://other.example/'), c: web() })).toEqual([]);
  });

  it('of one that was renamed before, hangs on its first name', () => {
    const renamed = web().replace('{ ', '{ formerly: api, ');
    const said = warnings({ 'api-v2': renamed }, { 'api-v3': web().replace('{ ', '{ formerly: api-v2, ') });
    expect(said).toEqual([expect.stringContaining('write the formerly that api-v2 had here; else')]);
    expect(warnings({ 'api-v2': renamed }, { 'api-v3': renamed })).toEqual([]);
  });

  it('is counted beyond the first twenty', () => {
    const ids = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`${prefix}${i}`, web(`https://x.example/${i}`)]));
    const said = warnings(ids('old'), ids('new'));
    expect(said).toHaveLength(21);
    expect(said).toContain('m.yml:3:1 monitors: 5 more are new in the place of others that are gone');
    const ended = warnings({ ...ids('old'), a: web() }, { a: web() });
    expect(ended).toEqual([expect.stringMatching(/monitors: old0, .*old19 and 5 more are gone, and with them/)]);
  });
});
