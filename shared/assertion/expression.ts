import type { Expressions } from './expression-engine.ts';

export type { Expressions, Groups } from './expression-engine.ts';
/** For what runs at package time: it loads the engine as soon as it is imported. */
export { isExpression } from './expression-engine.ts';

/** The engine weighs 150 kB: what runs in a function loads it here, when a monitor needs it. */
export async function loadExpressions(): Promise<Expressions> {
  return (await import('./expression-engine.ts')).expressions;
}
