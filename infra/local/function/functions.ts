import { randomUUID } from 'node:crypto';
import { createFunctionHost, type FunctionHost, type FunctionSettings, type InvocationResult } from './host.ts';

export type Functions = {
  /** The short name of the function that a client means, or undefined. */
  find(name: string): string | undefined;
  /** Runs a function by its short name; `event` is JSON, `requestId` a new one where it is not given. Counts as AWS does. */
  invoke(name: string, event: string, requestId?: string): Promise<InvocationResult>;
  /** Takes these functions from now on; what runs in the ones before may end. */
  replace(settings: readonly FunctionSettings[]): void;
  close(graceMs: number): Promise<void>;
};

/** Called when an invocation is over: the functions' own metrics. `startedAt` in epoch ms; `atOnce` ran when it began, itself included. */
export type OnInvocation = (
  functionName: string,
  startedAt: number,
  isError: boolean,
  durationMs: number,
  atOnce: number,
) => void;

/** Told of every invocation, by the short name of its function, when it begins and when it is over. */
export type InvocationWatch = {
  began(name: string, requestId: string, event: string): void;
  ended(name: string, result: InvocationResult): void;
};

/** The stack's functions by name. What runs in a thread that was replaced goes on for as long as its timeout lets it. */
export function createFunctions(
  first: readonly FunctionSettings[],
  writeLog: (name: string, text: string) => void,
  onInvocation: OnInvocation,
  watch: InvocationWatch = { began: () => {}, ended: () => {} },
): Functions {
  const host = (one: FunctionSettings) => createFunctionHost(one, (text) => writeLog(one.name, text));
  const hostAll = (list: readonly FunctionSettings[]) =>
    new Map(list.map((settings) => [settings.name, { settings, host: host(settings) }]));
  let hosts = hostAll(first);
  const retired = new Set<FunctionHost>();
  const running = new Map<string, number>();
  const count = (name: string, change: number): number => {
    const now = (running.get(name) ?? 0) + change;
    running.set(name, now);
    return now;
  };

  return {
    find: (name) => [...hosts.values()].find(({ settings }) => isMeant(settings, name))?.settings.name,
    invoke: async (name, event, requestId = randomUUID()) => {
      const entry = hosts.get(name);
      if (!entry) throw new Error(`there is no function ${name}`);
      const startedAt = Date.now();
      const atOnce = count(name, 1);
      watch.began(name, requestId, event);
      const result = await entry.host.invoke(event, requestId);
      count(name, -1);
      onInvocation(entry.settings.functionName, startedAt, result.isError, result.durationMs, atOnce);
      watch.ended(name, result);
      return result;
    },
    replace: (settings) => {
      for (const { host: old, settings: before } of hosts.values()) {
        retired.add(old);
        void old.close(before.timeoutMs).then(() => retired.delete(old));
      }
      hosts = hostAll(settings);
    },
    close: async (graceMs) => {
      const all = [...retired, ...[...hosts.values()].map((entry) => entry.host)];
      await Promise.all(all.map((one) => one.close(graceMs)));
    },
  };
}

/** `probe`, `shortener-local-probe`, or the same function of another environment: there is only this one here. */
function isMeant({ name, functionName }: FunctionSettings, given: string): boolean {
  if (given === name || given === functionName) return true;
  const service = functionName.split('-').slice(0, -2).join('-');
  return (
    given.startsWith(`${service}-`) && given.endsWith(`-${name}`) && given.length > service.length + name.length + 2
  );
}
