import type { Json } from '../../shared/config/model.ts';

/** Where the numbers come from. */
export type Source = 'cloudwatch' | 'prometheus';
export const sources: readonly Source[] = ['cloudwatch', 'prometheus'];

/** One query of a panel: what both sources need, and what is theirs. */
export type Target = { readonly refId: string; readonly [member: string]: Json };

/** A panel in Grafana's words, without where it stands. `unit` as Grafana calls it: `s`, `ms`, `percentunit`. */
export type Panel = {
  readonly title: string;
  readonly help: string;
  readonly unit: string;
  readonly view: 'timeseries' | 'stat';
  readonly targets: readonly Target[];
};

/** Panels under one heading. */
export type Row = { readonly title: string; readonly panels: readonly Panel[] };

/** Each query of a panel has a name of its own: A, B, … Z, AA. */
export function refIdOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${refIdOf(Math.floor(index / 26) - 1)}${letter}`;
}
