import { byId, element, setAttribute, setText, show } from './dom.ts';
import { parseRoute, type Route } from './route.ts';
import type { ConsoleState } from './state.ts';

/** A page about one thing, in place of the overview. It is made anew each time somebody comes to it. */
export type Page = {
  readonly element: HTMLElement;
  /** Called with every state, and every second; answers what the window's title says before the product's name. */
  readonly update: (state: ConsoleState, now: number) => string;
  /** Somebody has left it. */
  readonly close?: () => void;
};

/** By the first part of its route: `#/slo/api` asks `slo` for the page about `api`. */
export type PageMakers = Readonly<Record<string, (id: string) => Page>>;

export type Pages = {
  /** Brings the page that is open up to date, and answers its title; null where the overview is to be seen. */
  readonly update: (state: ConsoleState, now: number) => string | null;
};

/** Shows what the address's hash says: the overview, or one of these pages. `onMove` hears that it is another one. */
export function createPages(makers: PageMakers, onMove: () => void): Pages {
  const overview = byId('overview');
  const host = byId('page');
  let open: Page | null = null;
  let overviewTop = 0;

  const leave = () => {
    if (open === null) overviewTop = scrollY;
    open?.close?.();
    open = null;
  };
  const go = () => {
    const isBack = open !== null;
    leave();
    const route = parseRoute(location.hash);
    open = pageOf(makers, route);
    host.replaceChildren(...(open === null ? [] : [open.element]));
    show(host, open !== null);
    show(overview, open === null);
    markCurrent(route);
    onMove();
    settle(route, host, isBack ? overviewTop : 0);
  };
  document.querySelector('.skip')?.addEventListener('click', (event) => {
    if (open === null) return;
    event.preventDefault();
    focusHeading(host);
  });
  history.scrollRestoration = 'manual';
  addEventListener('hashchange', go);
  if (parseRoute(location.hash).page !== null) go();
  return { update: (state, now) => open?.update(state, now) ?? null };
}

function pageOf(makers: PageMakers, route: Route): Page | null {
  if (route.page === null) return null;
  const make = Object.hasOwn(makers, route.page) ? makers[route.page] : undefined;
  return make === undefined ? nothingHere() : make(route.id);
}

/** The reader goes on where they are led: at the page's heading, at a section, or where they left the overview. */
function settle(route: Route, host: HTMLElement, overviewTop: number): void {
  if (route.page !== null) {
    scrollTo({ top: 0, behavior: 'instant' });
    focusHeading(host);
    return;
  }
  const section = route.section === '' ? null : document.getElementById(route.section);
  if (section === null) scrollTo({ top: overviewTop, behavior: 'instant' });
  section?.scrollIntoView();
  section?.focus({ preventScroll: true });
}

function focusHeading(host: HTMLElement): void {
  host.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}

/** Of the links at the top, the one to the page that is open. */
function markCurrent({ page }: Route): void {
  for (const link of document.querySelectorAll('.top-nav a')) {
    const target = parseRoute(link.getAttribute('href') ?? '');
    setAttribute(link, 'aria-current', page !== null && target.page === page ? 'page' : null);
  }
}

/** The head of every page: the way back, what it is about, and a place for its badge. */
export function pageHead(kind: string): { readonly element: HTMLElement; readonly title: HTMLElement } {
  const title = element('h1', { class: 'page-title', tabindex: '-1' });
  const back = element('a', { class: 'page-back', href: '#/' }, '← Overview');
  return {
    element: element('header', { class: 'page-head' }, back, element('p', { class: 'quiet' }, kind), title),
    title,
  };
}

function nothingHere(): Page {
  const head = pageHead('Not found');
  setText(head.title, 'There is nothing at this address');
  return { element: element('div', { class: 'page' }, head.element), update: () => 'Not found' };
}
