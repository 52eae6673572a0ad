import { dashboardNames } from '../../../shared/config/dashboard.ts';
import { badge } from './badge.ts';
import type { DashboardBody, DashboardList, Span } from './dashboard-model.ts';
import { loadDashboard, loadDashboards } from './dashboard-requests.ts';
import { type PlacedWidget, placeWidget } from './dashboard-widget.ts';
import { element, setAttribute, setText, show } from './dom.ts';
import type { LinkReader } from './markdown.ts';
import { recall, remember } from './memory.ts';
import { type Page, pageHead } from './pages.ts';
import { pageHref } from './route.ts';

const ranges = [
  ['5m', 'Last 5 minutes', 300],
  ['15m', 'Last 15 minutes', 900],
  ['1h', 'Last hour', 3_600],
  ['3h', 'Last 3 hours', 10_800],
  ['24h', 'Last day', 86_400],
  ['7d', 'Last 7 days', 604_800],
] as const;
const paces = [
  ['5s', 'Every 5 seconds', 5_000],
  ['30s', 'Every 30 seconds', 30_000],
  ['off', 'Not by itself', Number.POSITIVE_INFINITY],
] as const;

/** A dashboard as it is deployed, drawn from the local CloudWatch, widget by widget. */
export function dashboardPage(id: string): Page {
  const name = id === '' ? dashboardNames[0] : id;
  const head = pageHead('Dashboard');
  const tabs = element('nav', { class: 'dashboard-tabs', 'aria-label': 'Dashboards' });
  const deployed = badge('badge-small');
  const range = choice('Time', 'dashboard.range', ranges, '1h');
  const pace = choice('Refresh', 'dashboard.pace', paces, '5s');
  const again = element('button', { class: 'button dashboard-again', type: 'button' }, 'Refresh now');
  const grid = element('div', { class: 'dashboard-grid', 'data-dashboard': name });
  const failure = element('p', { class: 'empty', role: 'alert', hidden: '' });
  const bar = element('div', { class: 'dashboard-bar' }, tabs, range.element, pace.element, again);
  head.element.append(deployed.element);
  let widgets: readonly PlacedWidget[] = [];
  let refreshedAt = 0;
  let isBusy = false;
  let isAsked = false;
  let isOpen = true;
  let title = 'Dashboard';

  const refreshOnce = async (): Promise<void> => {
    const toAt = Date.now();
    await refreshAll(widgets, { fromAt: toAt - range.value() * 1_000, toAt }, () => isOpen);
    refreshedAt = Date.now();
    setAttribute(grid, 'data-refreshed', String(refreshedAt));
  };
  /** Whoever asks while it is under way, perhaps for another span, is served right after it. */
  const refresh = async (): Promise<void> => {
    isAsked = widgets.length > 0;
    if (isBusy) return;
    isBusy = true;
    while (isAsked && isOpen) {
      isAsked = false;
      await refreshOnce();
    }
    isBusy = false;
  };
  const open = async (): Promise<void> => {
    const [list, body] = await Promise.all([loadDashboards(), loadDashboard(name)]);
    const own = list.find((one) => one.id === name);
    title = own?.title ?? name;
    setText(head.title, title);
    deployed.update(
      own?.isDeployed === true
        ? { icon: 'passed', tone: 'good', word: 'Deployed' }
        : { icon: 'waiting', tone: 'calm', word: 'Not deployed: add it to dashboards: in monitors.yml' },
    );
    tabs.replaceChildren(...list.map((one) => tabOf(one, name)));
    widgets = place(grid, body);
    await refresh();
  };
  setText(head.title, 'Loading…');
  open().catch((error: unknown) => {
    setText(head.title, 'There is no such dashboard');
    setText(failure, error instanceof Error ? error.message : String(error));
    show(failure, true);
  });
  range.onChange(() => void refresh());
  again.addEventListener('click', () => void refresh());
  return {
    element: element('div', { class: 'page dashboard' }, head.element, bar, failure, grid),
    update: (state, now) => {
      for (const widget of widgets) widget.update(state, now);
      if (!isBusy && now - refreshedAt >= pace.value() && !document.hidden) void refresh();
      return title;
    },
    close: () => {
      isOpen = false;
    },
  };
}

function place(grid: HTMLElement, { widgets }: DashboardBody): readonly PlacedWidget[] {
  const placed = widgets.map((widget) => placeWidget(widget, linkOf));
  grid.replaceChildren(...placed.map((widget) => widget.element));
  return placed;
}

/** So many at once, so that the first rows are there first. */
const atOnce = 4;

async function refreshAll(widgets: readonly PlacedWidget[], span: Span, isWanted: () => boolean): Promise<void> {
  const rest = [...widgets];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined && isWanted(); next = rest.shift()) await next.refresh(span);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Links to other dashboards stay here; what else lies in the console of AWS has nothing to show for a laptop. */
const linkOf: LinkReader = (url) => {
  const target = new URL(url, location.origin);
  if (target.origin === location.origin) return { href: target.href, isElsewhere: true };
  const name = dashboardNames.find(
    (each) => target.hash.startsWith('#dashboards/') && target.hash.endsWith(`-${each}`),
  );
  if (name !== undefined) return { href: pageHref('dashboards', name), isElsewhere: false };
  if (target.hostname.endsWith('.console.aws.amazon.com')) return 'nothing';
  return /^https?:$/.test(target.protocol) ? { href: target.href, isElsewhere: true } : 'text';
};

function tabOf({ id, title, question }: DashboardList[number], open: string): HTMLElement {
  return element(
    'a',
    { href: pageHref('dashboards', id), title: question, 'aria-current': id === open ? 'page' : null },
    title,
  );
}

type Choice = {
  readonly element: HTMLElement;
  readonly value: () => number;
  readonly onChange: (listener: () => void) => void;
};

/** A labelled choice of numbers by name, which this browser remembers. */
function choice(
  label: string,
  key: string,
  options: readonly (readonly [name: string, text: string, value: number])[],
  usual: string,
): Choice {
  const select = element('select', {}, ...options.map(([name, text]) => element('option', { value: name }, text)));
  const known = recall(key);
  select.value = options.some(([name]) => name === known) ? String(known) : usual;
  select.addEventListener('change', () => remember(key, select.value));
  return {
    element: element('label', { class: 'dashboard-choice' }, `${label} `, select),
    value: () => options.find(([name]) => name === select.value)?.[2] ?? 0,
    onChange: (listener) => select.addEventListener('change', listener),
  };
}
