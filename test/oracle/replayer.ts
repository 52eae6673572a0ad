/** A thread that replays: in the sandbox of the test runner the same takes twenty times as long. */
import { parentPort, workerData } from 'node:worker_threads';
import { ourTimelines, type Replaying } from './timeline.ts';

const jobs: readonly Replaying[] = workerData;
parentPort?.postMessage(jobs.map(ourTimelines));
