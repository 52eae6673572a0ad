import { addressesSection } from './addresses.ts';
import { alarmsSection } from './alarms.ts';
import { bannerSection, type ConnectionState } from './banners.ts';
import { withRun } from './burst-model.ts';
import { burstsSection } from './bursts.ts';
import { follow } from './connection.ts';
import { dashboardPage } from './dashboard-page.ts';
import { byId, setAttribute, setText } from './dom.ts';
import { drillsSection } from './drills.ts';
import { inboxSection } from './inbox.ts';
import { incidentPage } from './incident-page.ts';
import { incidentsSection } from './incidents.ts';
import { monitorsSection } from './monitors.ts';
import { newsBetween } from './news.ts';
import { createPages } from './pages.ts';
import { probeResultSection } from './probe-result.ts';
import { sloPage } from './slo-page.ts';
import { slosSection } from './slos.ts';
import type { ConsoleState, LiveRun } from './state.ts';
import { verdictSection } from './verdict.ts';
import { verdictOf } from './verdict-model.ts';

/** The page is a function of three things: the newest state, the connection and the clock. */
function start(): void {
  let state: ConsoleState | null = null;
  let connection: ConnectionState = 'connecting';
  let unread = 0;
  const banners = bannerSection();
  const verdict = verdictSection(probeResultSection());
  const inbox = inboxSection((count) => {
    unread = count;
  });
  const sections = [
    monitorsSection(),
    slosSection(),
    incidentsSection(),
    drillsSection(),
    burstsSection(),
    alarmsSection(),
    addressesSection(),
  ];

  const drawOverview = (shown: ConsoleState, now: number) => {
    for (const section of sections) section(shown, now);
    verdict(shown, now, unread);
  };
  const draw = () => {
    const now = Date.now();
    banners(state, connection, now);
    drawConnection(connection);
    if (state === null) return;
    inbox(state, now);
    const title = pages.update(state, now);
    if (title === null) drawOverview(state, now);
    drawTitle(title ?? verdictOf(state, now).headline, unread);
    drawService(state);
  };
  const onState = (next: ConsoleState) => {
    if (state !== null) announce(newsBetween(state, next));
    state = next;
    connection = 'open';
    draw();
  };
  const onRun = (run: LiveRun) => {
    if (state === null) return; // the state that comes tells of it, too
    const next = { ...state, liveRuns: withRun(state.liveRuns, run) };
    announce(newsBetween(state, next));
    state = next;
    draw();
  };
  const onConnection = (next: ConnectionState) => {
    if (next !== connection && next === 'lost') announce('Connection to local mode lost, reconnecting.');
    connection = next;
    draw();
  };
  // Each route's first part, and the page that shows it.
  const pages = createPages(
    {
      slo: (id) => sloPage(id, () => draw()),
      incident: (id) => incidentPage(id, () => draw()),
      dashboards: dashboardPage,
    },
    () => draw(),
  );
  draw();
  follow(onState, onRun, onConnection);
  setInterval(draw, 1000);
}

const connectionWords: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  open: 'Live',
  lost: 'Reconnecting',
};

function drawConnection(connection: ConnectionState): void {
  setAttribute(byId('connection'), 'data-connection', connection);
  setText(byId('connection'), connectionWords[connection]);
}

function drawService({ service, environment }: ConsoleState): void {
  setText(byId('service'), `${service} · ${environment}`);
}

function drawTitle(text: string, unread: number): void {
  const title = `${unread > 0 ? `(${unread}) ` : ''}${text} – Burnwatch`;
  if (document.title !== title) document.title = title;
}

function announce(news: string): void {
  if (news !== '') setText(byId('announcements'), news);
}

start();
