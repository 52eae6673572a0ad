import { readFileSync } from 'node:fs';
import type { BurnRule } from '../../../shared/config/model.ts';
import { emptyHistory, type History, withTicks } from '../../../shared/ledger/history.ts';
import { evaluateBurn } from '../../../shared/slo/burn.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import {
  aMonitor,
  anOutcome,
  anSlo,
  aTick,
  fastPage,
  minuteMs,
  monday,
  slowPage,
  slowTicket,
} from '../../support/budget-examples.ts';
import { type Golden, type Scenario, scenarios, spansOf } from '../../support/promtool-golden.ts';

const golden: Golden = JSON.parse(readFileSync(new URL('../../fixtures/promtool-burn.json', import.meta.url), 'utf8'));
const rules = { 'page-1h': fastPage, 'page-6h': slowPage, 'ticket-3d': slowTicket };

/** The ticks of a scenario, evenly spread over its minutes; the bad ones first. */
function historyOf({ perMinute, watchedMinutes, bad }: Scenario): History {
  const badIn = bad.flatMap(([minutes, count]) => Array.from({ length: minutes }, () => count));
  const ticks = Array.from({ length: watchedMinutes }, (_, minute) =>
    Array.from({ length: perMinute }, (_, nth) => {
      const outcome = anOutcome(1, nth < (badIn[minute] ?? 0) ? 'failed' : 'passed');
      return aTick(monday + minute * minuteMs + (nth * minuteMs) / perMinute, [outcome]);
    }),
  );
  return withTicks(emptyHistory(), ticks.flat());
}

/** The minutes, from 1 on, at whose end the rule is met. */
function firingMinutes(scenario: Scenario, rule: BurnRule): number[] {
  const monitor = aMonitor('api', 1, minuteMs / scenario.perMinute);
  const history = historyOf(scenario);
  return Array.from({ length: scenario.watchedMinutes }, (_, minute) => minute + 1).filter((minute) => {
    const now = monday + minute * minuteMs - 1;
    return evaluateBurn(anSlo, rule, monitorEvents(anSlo, [monitor], [], history), now).condition === 'met';
  });
}

describe('burn rules fire in the same minutes as Prometheus says', () => {
  const cases = scenarios.flatMap((scenario) => Object.keys(rules).map((rule) => [rule, scenario.name] as const));

  it.each(cases)('%s for %s', (rule, name) => {
    const scenario = scenarios.find((each) => each.name === name) as Scenario;
    const ours = spansOf(firingMinutes(scenario, rules[rule as keyof typeof rules]));
    expect(ours).toEqual(golden.firing[name]?.[rule]);
  });

  it('in more than one span of minutes, so that there is something to compare', () => {
    expect(golden.generatedBy).toMatch(/^promtool, version \d/);
    expect(Object.values(golden.firing).flatMap(Object.values).flat().length).toBeGreaterThan(10);
  });
});
