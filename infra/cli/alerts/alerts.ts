import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { AcknowledgeDeps } from '../../../shared/app/alert-change/acknowledge.ts';
import { atOneLocation, type Config } from '../../../shared/config/model.ts';
import type { Io } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { findLocalMode } from '../local-mode.ts';
import { type DeployedStack, withStack } from '../stack.ts';

export type AlertsArguments = {
  readonly config?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  /** Nothing but the answer is wanted. */
  readonly json?: boolean | undefined;
};

/** What commands on the alerts of a running stack work with. */
export type AlertsWork = { readonly config: Config; readonly deps: AcknowledgeDeps; readonly stack: DeployedStack };

/** Runs `work` on the alerts of the stack that is meant; answers 2 where the configuration is wrong, which is then said. */
export async function withAlerts(
  { config: file = defaultFile, stage, region, json }: AlertsArguments,
  io: Io,
  work: (given: AlertsWork) => Promise<number>,
): Promise<number> {
  const folders = [dirname(resolve(io.cwd, file)), io.cwd];
  const local = stage === undefined || stage === 'local' ? findLocalMode(folders, io) : undefined;
  const intervalMs = local?.intervalMs;
  const parsed = await readConfig(file, io, intervalMs === undefined ? {} : { intervalMs });
  if (!parsed.ok || !json) printProblems(parsed, io);
  if (!parsed.ok) return 2;
  const config = local === undefined ? parsed.config : atOneLocation(parsed.config);
  return withStack(config, { stage, region, folders }, io, async (stack) => {
    const { createAlertStore } = await import('../../../shared/aws/alert-store.ts');
    const deps = { alerts: createAlertStore(stack.client, stack.table), writer: randomUUID(), now: Date.now };
    return work({ config, deps, stack });
  });
}

/** Who types: `--by`, else the name that the system knows. */
export function whoIs(by: string | undefined, { env }: Io): string {
  return by ?? env['USER'] ?? env['LOGNAME'] ?? env['USERNAME'] ?? '';
}
