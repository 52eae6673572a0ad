import type { Incident } from '../alert/model.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import type { Config } from '../config/model.ts';
import type { Dependency, Notice, SeenFrom, SloStanding, SpentBudget } from './model.ts';
import type { Outputs } from './shell.ts';

export type Failure = { readonly statusCode?: number; readonly message: string };

/** What notices are made of, beside their transitions: looked up, never computed here. */
export type NoticeContext = {
  readonly config: Config;
  readonly environment: string;
  /** What is told did not happen. */
  readonly isTest?: boolean;
  /** Epoch ms. */
  readonly now: number;
  /** Open incidents by id, as in the alerts' state; one that is not there (any more) is closed. */
  readonly incidents: Readonly<Record<string, Pick<Incident, 'openedAt' | 'closedAt'> & Partial<Incident>>>;
  /** What incidents that are over took of the budgets, by their id. */
  readonly spent?: ReadonlyMap<string, readonly SpentBudget[]>;
  /** Alerts that fire and are held back by a page, with the instants at which they fired. */
  readonly quiet?: ReadonlyMap<string, number>;
  /** Where an incident is acknowledged that is told of at an instant. */
  readonly acknowledgeUrl?: (incidentId: string, at: number) => string | undefined;
  /** By SLO id. */
  readonly standings: ReadonlyMap<string, SloStanding>;
  /** What the newest failed probe said, by monitor id; redacted. */
  readonly failures: ReadonlyMap<string, Failure>;
  /** Which locations saw it, by monitor id; where several look. */
  readonly seen?: ReadonlyMap<string, SeenFrom>;
  /** The newest runs of bursts, in any order. */
  readonly verdicts: readonly BurstVerdict[];
  /** The earliest instant at which a burn alert can resolve, by rule id. */
  readonly resolvesAt: ReadonlyMap<string, number>;
  /** By alert id: when the failures began, without a break, that it fired for; as far back as anyone knows. */
  readonly failingSince: ReadonlyMap<string, number>;
  /** By monitor id: what it depends on, where that was down while it began to fail and has come up since. */
  readonly dependencies: ReadonlyMap<string, Dependency>;
  /** The value of an output of this very stack. */
  readonly outputs: Outputs;
  readonly links: Notice['links'];
};
