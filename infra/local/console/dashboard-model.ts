import type { DashboardName } from '../../../shared/config/dashboard.ts';
import type { Widget } from '../../template/dashboards/model.ts';

export type { DashboardBody, MetricProperties, Widget } from '../../template/dashboards/model.ts';

/** What `GET /api/dashboards` answers: every dashboard that there is. */
export type DashboardList = readonly {
  readonly id: DashboardName;
  readonly title: string;
  readonly question: string;
  readonly isDeployed: boolean;
}[];

/** What `POST /api/metrics` answers: a series each, the oldest first; instants in epoch seconds. */
export type MetricAnswer = readonly {
  readonly id: string;
  readonly label: string;
  readonly at: readonly number[];
  readonly values: readonly number[];
}[];

/** What `POST /api/logs` answers: the names of the columns, and what each row has under them. */
export type LogAnswer = { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Epoch ms. */
export type Span = { readonly fromAt: number; readonly toAt: number };

export type WidgetOf<Type extends Widget['type']> = Extract<Widget, { type: Type }>;
