import type { Outcome } from '../../shared/config/model.ts';
import type { Delivery, Evaluation, Fault, Hand, History, Minute } from './history.ts';

const onTime: Delivery = { delay: 0, faults: [] };
const evaluation: Evaluation = { ...onTime, sandbox: 0, isEager: false };
const acknowledgement: Hand = { ...onTime, what: 'acknowledge', of: '', minutes: 1 };
const refusal: Fault = { port: 'publish', nth: 0, fate: 'throttled', isStubborn: true };

/** A minute of the usual scene in which nothing happens but what is given. */
function minute(change: Partial<Minute> = {}): Minute {
  return { ticks: [[onTime], [onTime]], evaluations: [evaluation], hands: [], ...change };
}
function spell(weather: readonly Outcome[], ...minutes: readonly Minute[]) {
  return { weather, minutes };
}

/** Histories that went wrong once. */
export const examples: Readonly<Record<string, History>> = {
  'an evaluation comes after the next one, which decided something': {
    startMinute: 0,
    turns: [],
    spells: [
      spell(
        ['failed', 'failed', 'passed'],
        minute(),
        minute({ evaluations: [{ ...evaluation, delay: 4, sandbox: 1 }] }),
      ),
      spell(['failed', 'passed', 'passed'], minute()),
    ],
  },
  'a beginning is refused twice, and its end comes in between': {
    startMinute: 0,
    turns: [],
    spells: [
      spell(
        ['failed', 'passed', 'passed'],
        minute(),
        minute(),
        minute({ evaluations: [{ ...evaluation, faults: [refusal] }] }),
      ),
      spell(
        ['passed', 'passed', 'passed'],
        minute({ evaluations: [] }),
        minute({ evaluations: [{ ...evaluation, faults: [refusal] }] }),
      ),
    ],
  },
  'an incident is acknowledged while the evaluation that closes it is under way': {
    startMinute: 0,
    turns: [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1],
    spells: [
      spell(['failed', 'passed', 'passed'], minute(), minute(), minute()),
      spell(['passed', 'passed', 'passed'], minute(), minute({ hands: [acknowledgement] })),
    ],
  },
};
