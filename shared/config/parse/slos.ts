import { lintSlo } from '../../slo/lint.ts';
import { longestGapMs, parseSchedule } from '../cron.ts';
import type { Monitor, Slo } from '../model.ts';
import type { BurstEntry } from './assemble-burst.ts';
import { buildSlo, isUsual, type SloAround, type SloEntry } from './assemble-slo.ts';
import { asCode } from './codes.ts';
import type { Hash } from './names.ts';
import { type Fault, type Path, quote, short } from './problem.ts';

export type Slos = { readonly entries: ReadonlyMap<string, Slo>; readonly faults: Fault[]; readonly warnings: Fault[] };
/** What SLOs lean on: monitors and bursts by name, as far as they are good, and what makes keys for the ledger. */
export type SlosAround = {
  readonly monitors: ReadonlyMap<string, Monitor>;
  readonly bursts: ReadonlyMap<string, Pick<BurstEntry, 'schedule'>>;
  readonly hash: Hash;
  /** Rules and budgets that make no sense are warned of, not refused, and so are long windows that are too long or too short. */
  readonly isTrial: boolean;
};

type Finding = { readonly level: 'error' | 'warning'; readonly fault: Fault };

/** SLOs with their defaults, each judged at the pace of what it counts; one that leans on something that is not good is left out. */
export function buildSlos(read: ReadonlyMap<string, SloEntry>, around: SlosAround): Slos {
  const entries = new Map<string, Slo>();
  const findings: Finding[] = [];
  for (const [id, entry] of read) {
    const leaned = leanedOn(entry, around);
    if (leaned === undefined) continue;
    const { own } = leaned;
    const { value, faults } = buildSlo(id, entry, { ...leaned, hash: around.hash });
    const isTriable = ({ code }: Fault) => around.isTrial && code === 'BURN_CONFIG_LONG_WINDOW';
    findings.push(
      ...faults.map((fault) => ({ level: isTriable(fault) ? ('warning' as const) : ('error' as const), fault })),
    );
    const judged = faults.every(isTriable) ? judge(value, entry, own) : { slo: value, findings: [] };
    entries.set(id, judged.slo);
    findings.push(...judged.findings.map((each) => (around.isTrial ? { ...each, level: 'warning' as const } : each)));
  }
  const ofLevel = (wanted: Finding['level']) =>
    findings.filter(({ level }) => level === wanted).map(({ fault }) => fault);
  const collisions = checkKeys([...entries.values()], [...around.monitors.values()]);
  return { entries, faults: [...ofLevel('error'), ...collisions], warnings: ofLevel('warning') };
}

/** What an SLO names; undefined where something of it is not good itself. */
function leanedOn({ indicator }: SloEntry, { monitors, bursts }: SlosAround): Omit<SloAround, 'hash'> | undefined {
  if ('cloudwatch' in indicator) return { own: [], gapMs: 0 };
  if ('bursts' in indicator) {
    const named = indicator.bursts.flatMap((name) => bursts.get(name) ?? []);
    return named.length < indicator.bursts.length ? undefined : { own: [], gapMs: longestGapOf(named) };
  }
  const own = indicator.monitors.flatMap((name) => monitors.get(name) ?? []);
  return own.length < indicator.monitors.length ? undefined : { own, gapMs: 0 };
}

/** The longest time without a run of any of these bursts: that of the one which comes most often. 0 where none comes by itself. */
function longestGapOf(bursts: readonly Pick<BurstEntry, 'schedule'>[]): number {
  const gaps = bursts.flatMap(({ schedule }) => {
    const parsed = schedule === undefined ? undefined : parseSchedule(schedule);
    return parsed?.ok ? [longestGapMs(parsed.value)] : [];
  });
  return gaps.length === 0 ? 0 : Math.min(...gaps);
}

/** Whether the SLO can be kept, and its rules can fire. Of usual rules those that cannot are left out, and nobody is warned of one. */
function judge(slo: Slo, entry: SloEntry, monitors: readonly Monitor[]): { slo: Slo; findings: Finding[] } {
  const found = lintSlo(slo, monitors);
  if (!isUsual(entry)) return { slo, findings: found.map((finding) => findingOf(slo, finding)) };
  const useless = new Set(found.flatMap(({ level, ruleIndex }) => (level === 'error' ? (ruleIndex ?? []) : [])));
  const alerts = slo.alerts.filter((_, index) => !useless.has(index));
  const own = found.filter(({ ruleIndex, code }) => ruleIndex === undefined && code !== 'BURN_SLO_NO_ALERTS');
  const findings = own.map((finding) => findingOf(slo, finding));
  return { slo: { ...slo, alerts }, findings: alerts.length > 0 ? findings : [...findings, noRule(slo)] };
}

function findingOf(slo: Slo, { level, code, field, ruleIndex, message }: ReturnType<typeof lintSlo>[number]): Finding {
  const rule: Path = ruleIndex === undefined ? [] : ['alerts', ruleIndex];
  const path = ['slos', slo.id, ...rule, ...(field === '' ? [] : [field])];
  return { level, fault: { code: asCode(code), path, message: short(message) } };
}

function noRule({ id }: Slo): Finding {
  const message =
    'finds none of the usual rules that could fire with this objective, window and interval: write alerts';
  return { level: 'error', fault: { code: 'BURN_SLO_NO_RULE', path: ['slos', id, 'notify'], message } };
}

/** What a monitor's probes are for an SLO is kept under a key of its own, which must not be another one's. */
function checkKeys(slos: readonly Slo[], monitors: readonly Monitor[]): Fault[] {
  const owners = new Map(monitors.map(({ id, key }) => [key, id]));
  return slos.flatMap(({ id, indicator }) => {
    if (indicator.kind !== 'latency') return [];
    return Object.values(indicator.keys).flatMap((key): Fault[] => {
      const owner = owners.get(key);
      owners.set(key, id);
      if (owner === undefined) return [];
      const message = `has the same key in the ledger as ${quote(owner)}, by chance: give it another name`;
      return [{ code: 'BURN_CONFIG_KEY_COLLISION', path: ['slos', id], message }];
    });
  });
}
