import { formatShortDuration } from '../../shared/message/format.ts';
import {
  type Check,
  doubtful,
  type ExpectedLocation,
  type Finding,
  type LocationSeen,
  look,
  redeploy,
  type StackState,
  wrong,
} from './model.ts';

/** Rows come up to three minutes late, and each shard writes one a minute. */
export const oldRowMs = 5 * 60_000;

/** A location whose stack is not there, or from which nothing comes, is not fresh: what it would have seen is not judged. */
export const locations: Check = {
  id: 'locations',
  looksAt: 'locations: stacks and schedules elsewhere, newest rows',
  judge: ({ locations }, expected) =>
    expected.locations.flatMap((each) => {
      const seen = locations.find(({ location }) => location === each.location);
      return seen === undefined ? [] : findingsAt(seen, each);
    }),
};

/** Other checks look at the stack and the schedules of home. */
function findingsAt(seen: LocationSeen, expected: ExpectedLocation): readonly Finding[] {
  if (expected.isHome) return rowFindings(seen);
  return look(
    seen.stack,
    (state) =>
      state === undefined
        ? [wrong(`there is no stack in ${seen.location}: nothing is probed from there`, deploy)]
        : [...stateFindings(state, seen), ...scheduleFindings(seen, expected), ...rowFindings(seen)],
    `${seen.location}:`,
  );
}

const deploy = 'npx burnwatch locations, with the same --stage and --param, prints the command that deploys it';

function stateFindings(state: StackState, { location }: LocationSeen): readonly Finding[] {
  return isWell(state) ? [] : [doubtful(`the stack in ${location} is in state ${state.status}`, deploy)];
}

/** It is what was deployed last: nothing was rolled back, and nothing is under way. */
export function isWell({ status }: StackState): boolean {
  return /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status);
}

function scheduleFindings({ location, schedules }: LocationSeen, expected: ExpectedLocation): readonly Finding[] {
  const judge = (seen: readonly { readonly name: string; readonly isEnabled: boolean }[]) => [
    ...expected.schedules
      .filter((name) => !seen.some((schedule) => schedule.name === name))
      .map((name) => wrong(`there is no schedule ${name} in ${location}`, redeploy)),
    ...seen
      .filter(({ isEnabled }) => !isEnabled)
      .map(({ name }) =>
        wrong(`the schedule ${name} in ${location} is disabled`, 'enable it in the EventBridge console'),
      ),
  ];
  return look(schedules, judge, `${location}:`);
}

function rowFindings({ location, newestRowAgeMs }: LocationSeen): readonly Finding[] {
  const log = `its log: npx serverless logs -f probe --region ${location}, as deployed; right after a deployment wait five minutes`;
  const judge = (ageMs: number | undefined): readonly Finding[] => {
    if (ageMs === undefined) return [wrong(`no row has come from ${location} within a day`, log)];
    if (ageMs <= oldRowMs) return [];
    return [wrong(`the newest row from ${location} is ${formatShortDuration(ageMs)} old`, log)];
  };
  return look(newestRowAgeMs, judge, `${location}:`);
}
