import { type Link, readClicks } from './api.ts';
import { button, find, make } from './dom.ts';

/** Asks before something is deleted. */
export function confirmDelete(link: Link): Promise<boolean> {
  return new Promise((resolve) => {
    let isSure = false;
    const sure = button('Delete', `Delete ${link.code} for good`, () => {
      isSure = true;
      dialog().close();
    });
    sure.className = 'danger';
    const text = make('p', {}, 'Who follows it will find nothing. Its code is free again.');
    open(`Delete /${link.code}?`, [text], [sure], () => resolve(isSure));
  });
}

/** The QR code, to look at and to keep. */
export function showQr(link: Link): void {
  const source = `/${link.code}.svg`;
  const image = make('img', {
    class: 'qr',
    src: source,
    width: '240',
    height: '240',
    alt: `QR code of ${link.shortUrl}`,
  });
  const save = make('a', { class: 'button', href: source, download: `${link.code}.svg` }, 'Save as SVG');
  open(`QR code of /${link.code}`, [image], [save]);
}

/** The clicks of the last thirty days as bars, and as a table for who cannot see them. */
export async function showClicks(link: Link): Promise<void> {
  const { clicks, days } = await readClicks(link.code);
  const recent = days.reduce((sum, day) => sum + day.clicks, 0);
  const rows = days
    .filter((day) => day.clicks > 0)
    .map((day) => make('tr', {}, make('td', {}, day.date), make('td', {}, String(day.clicks))));
  const table = make(
    'table',
    {},
    make('thead', {}, make('tr', {}, make('th', {}, 'Day (UTC)'), make('th', {}, 'Clicks'))),
    make('tbody', {}, ...rows),
  );
  const said = make('p', {}, `${clicks} in all, ${recent} in the last 30 days.`);
  open(`Clicks of /${link.code}`, [said, barsOf(days), ...(rows.length > 0 ? [table] : [])], []);
}

function barsOf(days: readonly { readonly date: string; readonly clicks: number }[]): Node {
  const most = Math.max(1, ...days.map((day) => day.clicks));
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${days.length * 10} 60`);
  svg.setAttribute('class', 'bars');
  svg.setAttribute('aria-hidden', 'true');
  for (const [index, { clicks }] of days.entries()) {
    const height = clicks === 0 ? 1 : Math.max(3, (clicks / most) * 60);
    const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [name, value] of Object.entries({ x: index * 10 + 1, y: 60 - height, width: 8, height }))
      bar.setAttribute(name, String(value));
    if (clicks > 0) bar.setAttribute('class', 'full');
    svg.append(bar);
  }
  return svg;
}

const dialog = () => find<HTMLDialogElement>('dialog');

/** Opens the dialog; the focus goes back to where it was when it closes, as browsers do it. */
function open(title: string, content: readonly Node[], actions: readonly Node[], onClose: () => void = () => {}): void {
  const close = button('Close', 'Close this dialog', () => dialog().close());
  dialog().replaceChildren(
    make('h2', { id: 'dialog-title' }, title),
    ...content,
    make('div', { class: 'actions' }, ...actions, close),
  );
  dialog().addEventListener('close', onClose, { once: true });
  dialog().showModal();
}
