import { dirname, resolve } from 'node:path';
import { scopeOf } from '../../../shared/app/burst/run.ts';
import { watchRunProbe } from '../../../shared/app/probe/run.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import { BurnwatchError, type Burst, type Config, type Monitor, type Reference } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { referencesOf, requestReferences } from '../../../shared/config/texts.ts';
import { runHttpAttempt } from '../../../shared/http/attempt.ts';
import type { Io } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { findReferences, noteOutputs, type References } from '../probe/references.ts';
import { thereAre } from '../there-are.ts';
import type { AskedConfigured } from './arguments.ts';
import { budgetRefusal } from './budget.ts';
import { usage } from './flags.ts';
import type { Prepared } from './run.ts';

/**
 * A burst of monitors.yml with what it may reach; undefined where the file is not valid, which was then printed. Throws
 * BURN_USAGE for a burst that is not there, and BURN_BURST_REFUSED where the budget that it requires is not left.
 */
export async function prepareConfigured(asked: AskedConfigured, io: Io): Promise<Prepared | undefined> {
  const file = asked.config ?? defaultFile;
  const parsed = await readConfig(file, io);
  printProblems(parsed, io);
  if (!parsed.ok) return undefined;
  const { config } = parsed;
  const burst = chooseBurst(config.bursts, asked.id);
  const found = findReferences(asked.outputs, dirname(resolve(io.cwd, file)), io);
  const scope = scopeOf(config, burst);
  const all = config.bursts.flatMap((each) => burstReferences(each, config));
  noteOutputs({ who: 'burst', all, chosen: burstReferences(burst, config) }, asked.outputs, found, io);
  const refusal = await budgetRefusal(burst, found.local, io);
  if (refusal !== undefined) throw new BurnwatchError('BURN_BURST_REFUSED', `${burst.id} is not sent: ${refusal}`);
  return {
    burst,
    scope,
    references: found,
    allowOrigins: found.allowOrigins,
    ...(scope.flows.length === 0 ? {} : openFlows(found, io)),
  };
}

function chooseBurst(bursts: readonly Burst[], id: string): Burst {
  const found = bursts.find((burst) => burst.id === id);
  if (found !== undefined) return found;
  const known = bursts.map((burst) => burst.id);
  throw usage(`no burst is called ${JSON.stringify(id)}${didYouMean(id, known) || `; ${thereAre(known)}`}`);
}

/** What a burst refers to, its flows included. */
function burstReferences({ mix }: Burst, { monitors }: Pick<Config, 'monitors'>): readonly Reference[] {
  return mix.flatMap((unit) => {
    if ('request' in unit) return requestReferences(unit.request);
    return monitors.filter((monitor: Monitor) => monitor.id === unit.flow).flatMap(referencesOf);
  });
}

/** What runs flows: as probes do, with a watch over the CPU of this process. */
function openFlows(found: References, { env }: Io): Pick<Prepared, 'runFlow' | 'end'> {
  const { runProbe, stop } = watchRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    signer: (service, region) => async (request) => {
      const { createSigner } = await import('../../../shared/aws/signer.ts');
      return createSigner(() => env, Date.now)(service, region)(request);
    },
    loadHeartbeat: async () => {
      throw new BurnwatchError('BURN_HEARTBEAT_ELSEWHERE', 'bursts send no heartbeats');
    },
    allowOrigins: found.allowOrigins,
    references: found,
  });
  return { runFlow: runProbe, end: stop };
}
