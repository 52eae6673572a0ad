import type { HttpMonitor } from '../config/model.ts';
import { judgeAnswer, judgeFailure, unsent } from './judge.ts';
import type { AttemptResult, ProbeDeps } from './prober.ts';
import { prepareRequest } from './request.ts';
import { send } from './send.ts';

/** One attempt on an http target: put the request together, send it, judge every assertion, name the outcome. */
export async function probeHttp(monitor: HttpMonitor, deps: ProbeDeps): Promise<AttemptResult> {
  const prepared = await prepareRequest(monitor.request, limitsOf(monitor), deps);
  if ('unsent' in prepared) return unsent(prepared.unsent);
  const { value: attempt, secrets } = prepared;
  const sent = await send(attempt, monitor, deps);
  if ('failure' in sent) {
    return { ...sent.measured, ...judgeFailure(sent.failure, sent.strain, monitor.timeoutMs, secrets) };
  }
  return { ...sent.measured, ...(await judgeAnswer(monitor, sent.answer, secrets)) };
}

const limitsOf = ({ timeoutMs, maxBodyBytes }: HttpMonitor) => ({ timeoutMs, maxBodyBytes });
