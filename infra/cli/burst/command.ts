import type { Command, Io } from '../command.ts';
import { type AskedConfigured, applyChanges, type Changes, readArguments } from './arguments.ts';
import { checkReport, writeReport } from './report.ts';
import { type Prepared, sendBurst } from './run.ts';
import { renderBurst } from './text.ts';
import { prepareUrl } from './url.ts';
import { judge } from './verdict.ts';

const help = `
npx burnwatch burst <id> [--config FILE] [--output Name=URL]…
npx burnwatch burst --url URL --rate 200 --for 10s [--ramp 5s]
npx burnwatch burst --url URL --concurrency 10 --requests 1000
npx burnwatch burst --url URL --breaking-point --threshold 'p99 < 300ms'

Sends a bounded load from this machine, now: a burst of monitors.yml, or one to a URL. Nothing is recorded.

What is sent to a URL:
  --url URL               nothing of monitors.yml is read; loopback and private addresses are allowed here
  --method, --header 'name: value' (repeatable), --body TEXT|@FILE, --follow-redirects
How much, by one of three:
  --rate 200 --for 10s    open model: starts on schedule, whatever the target does. Latency counts from the intended
                          start, so that it is what users feel. --ramp 5s rises from 0 to the rate before that.
                          Rates are a second, or 200/s, 30/m, 100/h
  -c, --concurrency 10    closed model: 10 callers, each of which waits for its answer; until -n, --requests 1000
                          are sent (as ab -c 10 -n 1000) or --for 10s is over (as wrk)
  --breaking-point        raises the rate until a threshold breaks, and closes in: --from 50 --to 5000 --hold 5s

With either:
  --threshold TEXT        what must hold, repeatable, added to the burst's own: 'p99 < 300ms', 'errorRatio < 0.1%',
                          'throughput > 190/s', 'dropped == 0'
  --abort-if TEXT         ends it early, repeatable: 'errorRatio > 10%', 'latency > 2s', 'status 5xx'; not before 2s,
                          or as in 'errorRatio > 10% after 5s'
  --limit-concurrency N   requests under way at most; further starts wait, and their latency goes on (800 for a URL)
  --timeout 5s            for each request; --fresh-connections opens a connection for each
  --report FILE           a page with charts that needs nothing else
  --json                  one line, ms with fractions, nothing else on standard output
  --config FILE, --output Name=URL, secrets: as for probe

Ctrl-C ends it and prints what was measured.
Exit codes: 0 passed, 1 a threshold did not hold (or worse than its baseline), 2 bad usage or configuration, or refused,
3 ended early by --abort-if, 130 by Ctrl-C.

Examples:
  npx burnwatch burst redirects
  npx burnwatch burst --url http://127.0.0.1:8080/ --rate 200 --for 10s --threshold 'p99 < 300ms'
  npx burnwatch burst --url http://127.0.0.1:8080/ -c 10 -n 1000 --report burst.html
  npx burnwatch burst --url http://127.0.0.1:8080/ --breaking-point --to 2000 --threshold 'p99 < 300ms'
  npx burnwatch burst redirects --json | jq '{requests, failures, p99: .latencyMs.p99}'
`;

const exitCodes = { passed: 0, unjudged: 0, failed: 1, aborted: 3 } as const;

/** Sends a load from this machine for a person's eyes, as one line of JSON, as a page. */
export const burstCommand: Command = {
  name: 'burst',
  summary: 'send a bounded load from this machine, now',
  help,
  run: async (argv, io) => {
    const { asked, changes, json, report } = readArguments(argv, io.cwd);
    if (report !== undefined) checkReport(report, io);
    const prepared = 'id' in asked ? await loadConfigured(asked, changes, io) : prepareUrl(asked, changes);
    if (prepared === undefined) return 2;
    const finished = await sendBurst(prepared, io);
    io.stdout(json ? `${JSON.stringify(finished.summary)}\n` : renderBurst(finished, io));
    if (report !== undefined) {
      await writeReport(report, finished, io);
      io.stderr(`The report is in ${report}\n`);
    }
    return exitCodes[judge(finished.summary).outcome];
  },
};

/** YAML and schemas are loaded where there is a file to read: without them, memory stays small. */
async function loadConfigured(asked: AskedConfigured, changes: Changes, io: Io): Promise<Prepared | undefined> {
  const { prepareConfigured } = await import('./configured.ts');
  const prepared = await prepareConfigured(asked, io);
  return prepared && { ...prepared, burst: applyChanges(prepared.burst, changes) };
}
