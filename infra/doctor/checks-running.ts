import { count } from '../cli/terminal.ts';
import { type Check, doubtful, type Finding, look, type RunsSeen, redeploy, wrong } from './model.ts';

/** Without its schedule a shard is not probed, and no alert is judged. */
export const schedules: Check = {
  id: 'schedules',
  looksAt: 'schedules: there, enabled',
  judge: ({ schedules }, expected) =>
    look(schedules, (seen) => [
      ...expected.schedules
        .filter((name) => !seen.some((schedule) => schedule.name === name))
        .map((name) => wrong(`there is no schedule ${name}`, redeploy)),
      ...seen
        .filter(({ isEnabled }) => !isEnabled)
        .map(({ name }) =>
          wrong(`the schedule ${name} is disabled`, 'enable it in the EventBridge console, or deploy again'),
        ),
    ]),
};

export const functions: Check = {
  id: 'functions',
  looksAt: 'functions: there, able to run',
  judge: ({ functions }) =>
    look(functions, (seen) =>
      seen.flatMap(({ name, state, trouble }): Finding[] => {
        if (state === 'missing') return [wrong(`there is no function ${name}`, redeploy)];
        return trouble === undefined ? [] : [wrong(`${name} cannot run as it should: ${trouble}`, redeploy)];
      }),
    ),
};

/** Of the last hour: runs that failed, were refused, or never came. */
export const runs: Check = {
  id: 'runs',
  looksAt: 'the last hour: errors, throttles, silence',
  judge: ({ runs }, { ticking }) => look(runs, (seen) => seen.flatMap((each) => runFindings(each, ticking))),
};

function runFindings(
  { name, invocations, errors, throttles, lately }: RunsSeen,
  ticking: readonly string[],
): Finding[] {
  const log = `its log: npx serverless logs -f ${name.slice(name.lastIndexOf('-') + 1)}, as deployed; of local mode .burnwatch/logs`;
  const silent = wrong(
    `${name} has not run for ten minutes`,
    'see schedules and functions above; right after a deployment wait two minutes',
  );
  const told = `${count(errors, 'run')} of ${name} failed in the last hour, of ${invocations.toLocaleString('en-US')}`;
  return [
    ...(ticking.includes(name) && lately === 0 ? [silent] : []),
    ...(errors === 0 ? [] : [errors >= invocations ? wrong(told, log) : doubtful(told, log)]),
    ...(throttles === 0
      ? []
      : [
          wrong(
            `${name} was throttled ${count(throttles, 'time')} in the last hour`,
            'ask for more concurrent executions: Service Quotas, AWS Lambda, L-B99A9384',
          ),
        ]),
  ];
}

/** An account may hold so many invocations at once; a young one has 10: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
const roomy = 100;

export const quotas: Check = {
  id: 'quotas',
  looksAt: 'concurrent executions of the account',
  judge: ({ concurrency }, expected) =>
    look(concurrency, (limit) => {
      const mend = 'ask for 1,000: Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384)';
      const least = expected.concurrency;
      if (limit < least)
        return [
          wrong(
            `the account may run ${count(limit, 'function')} at once, and the schedules alone start ${least}`,
            mend,
          ),
        ];
      return limit < roomy
        ? [
            doubtful(
              `the account may run only ${count(limit, 'function')} at once: callers and bursts will be throttled`,
              mend,
            ),
          ]
        : [];
    }),
};
