import type { FlowMonitor, FlowStep, HttpRequest } from '../../shared/config/model.ts';
import { httpMonitor } from './http-monitor.ts';

type StepChanges = Omit<Partial<FlowStep>, 'id' | 'request' | 'assertions'> & {
  readonly request?: Partial<HttpRequest>;
  readonly assertions?: readonly string[];
};

/** A step that gives each request two seconds and asks for a status of 200 to 299. */
export function flowStep(id: string, changes: StepChanges = {}): FlowStep {
  const { request, assertions, ...rest } = changes;
  const like = httpMonitor({ ...(request ? { request } : {}), ...(assertions ? { assertions } : {}) });
  return {
    id,
    request: like.request,
    timeoutMs: 2_000,
    maxBodyBytes: like.maxBodyBytes,
    assertions: like.assertions,
    extract: [],
    always: false,
    ...rest,
  };
}

/** A flow that allows loopback, does not retry, and has five seconds. */
export function flowMonitor(steps: readonly FlowStep[], changes: Partial<FlowMonitor> = {}): FlowMonitor {
  const { request: _request, maxBodyBytes: _bytes, type: _type, ...base } = httpMonitor();
  return { ...base, type: 'flow', timeoutMs: 5_000, assertions: [], steps, ...changes };
}
