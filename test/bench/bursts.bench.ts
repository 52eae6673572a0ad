import { runThroughput } from './bursts/throughput.ts';
import { runTruth } from './bursts/truth.ts';

/** What a burst can send and costs beside other load generators, and what it says of a server that freezes. Takes about five minutes. */
export async function run(): Promise<void> {
  await runThroughput();
  await runTruth();
}
