import { readJsonObject } from '../body.ts';
import type { Endpoint, World } from '../endpoint.ts';
import { parseFault, renderFault } from '../fault.ts';
import { emptyAnswer, jsonAnswer } from '../http.ts';

export function readFault({ dependencies: { store, now } }: World): Endpoint {
  return async ({ signal }) => jsonAnswer(200, renderFault(await store.loadFault(signal), now()));
}

export function saveFault({ dependencies: { store, now }, kept: { drill } }: World): Endpoint {
  return async ({ request, signal }) => {
    const body = readJsonObject(request);
    const fault = 'problem' in body ? body : parseFault(body.value, now());
    if ('problem' in fault) return fault;
    await store.saveFault(fault.value, signal);
    drill.remember(fault.value);
    return jsonAnswer(200, renderFault(fault.value, now()));
  };
}

export function deleteFault({ dependencies: { store }, kept: { drill } }: World): Endpoint {
  return async ({ signal }) => {
    await store.deleteFault(signal);
    drill.remember(undefined);
    return emptyAnswer(204);
  };
}
