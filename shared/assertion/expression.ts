import type { Expressions } from './expression-engine.ts';

export type { Expressions } from './expression-engine.ts';

/** The engine weighs 150 kB: what runs in a function loads it here, when a monitor needs it. */
export async function loadExpressions(): Promise<Expressions> {
  return (await import('./expression-engine.ts')).expressions;
}
