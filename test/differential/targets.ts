import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDnsTargets } from './dns-targets.ts';
import { startHttpTargets } from './http-targets.ts';
import type { Target } from './target.ts';
import { startTcpTargets } from './tcp-targets.ts';
import { startTlsTargets } from './tls-targets.ts';

export type Targets = { readonly targets: readonly Target[]; stop(): Promise<void> };

/** Starts servers for all targets. */
export async function startTargets(): Promise<Targets> {
  const folder = mkdtempSync(join(tmpdir(), 'blackbox-ca-'));
  let files = 0;
  /** The exporter reads certificates from files. */
  const writePem = (pem: string): string => {
    files += 1;
    const file = join(folder, `${files}.pem`);
    writeFileSync(file, pem);
    return file;
  };
  const started: readonly Targets[] = await Promise.all([
    startHttpTargets(),
    startTlsTargets(writePem),
    startTcpTargets(writePem),
    startDnsTargets(),
  ]);
  return {
    targets: started.flatMap(({ targets }) => targets),
    stop: async () => {
      await Promise.all(started.map(({ stop }) => stop()));
      rmSync(folder, { recursive: true });
    },
  };
}
