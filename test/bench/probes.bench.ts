import { runAccuracy } from './probes/accuracy.ts';
import { runCpu } from './probes/cpu.ts';

/** What a probe costs beside blackbox_exporter's, and how far its times are from the truth. Takes about four minutes. */
export async function run(): Promise<void> {
  await runCpu();
  await runAccuracy();
}
