import { deleteLink, type Link, switchLink } from './api.ts';
import { confirmDelete, showClicks, showQr } from './dialog.ts';
import { button, make, tell } from './dom.ts';

export type RowEvents = {
  /** Something was refused. */
  onTrouble(error: unknown): void;
  /** The link is gone. */
  onGone(row: HTMLElement): void;
};

/** One link with what can be done to it. */
export function rowOf(link: Link, events: RowEvents): HTMLLIElement {
  const row = make('li', { class: link.disabled ? 'link disabled' : 'link', 'data-code': link.code });
  const safely = (act: () => Promise<void>) => () => act().catch(events.onTrouble);
  const toggle = safely(async () => {
    const changed = await switchLink(link.code, !link.disabled);
    const next = rowOf(changed, events);
    row.replaceWith(next);
    next.querySelector<HTMLElement>('[data-act=switch]')?.focus();
    tell(changed.disabled ? `/${link.code} is disabled: it leads nowhere now.` : `/${link.code} leads on again.`);
  });
  const remove = safely(async () => {
    if (!(await confirmDelete(link))) return;
    await deleteLink(link.code);
    events.onGone(row);
    tell(`/${link.code} was deleted.`);
  });
  const switcher = link.disabled
    ? button('Enable', `Enable ${link.code}`, toggle)
    : button('Disable', `Disable ${link.code}`, toggle);
  switcher.dataset['act'] = 'switch';
  row.append(
    make(
      'div',
      { class: 'what' },
      make('a', { class: 'short', href: link.shortUrl, rel: 'noreferrer' }, bare(link.shortUrl)),
      ...(link.disabled ? [make('span', { class: 'badge' }, 'disabled')] : []),
      make('p', { class: 'url', title: link.url }, link.url),
      make('p', { class: 'muted' }, aboutOf(link)),
    ),
    make(
      'div',
      { class: 'actions', role: 'group', 'aria-label': `What can be done to ${link.code}` },
      button(
        'Copy',
        `Copy ${link.shortUrl}`,
        safely(() => copy(link)),
      ),
      make('a', { class: 'button', href: `/${link.code}+`, 'aria-label': `Preview ${link.code}` }, 'Preview'),
      button('QR', `QR code of ${link.code}`, () => showQr(link)),
      button(
        'Clicks',
        `Clicks of ${link.code}`,
        safely(() => showClicks(link)),
      ),
      switcher,
      button('Delete', `Delete ${link.code}`, remove),
    ),
  );
  return row;
}

/** Puts a short URL where it can be pasted from; where the browser does not let us, it is shown to be taken by hand. */
export async function copy({ shortUrl }: Link): Promise<void> {
  const isCopied = await navigator.clipboard.writeText(shortUrl).then(
    () => true,
    () => false,
  );
  tell(isCopied ? `${shortUrl} is copied.` : `Copy it by hand: ${shortUrl}`);
}

function bare(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

function aboutOf({ clicks, createdAt, expiresAt }: Link): string {
  const made = `${clicks} ${clicks === 1 ? 'click' : 'clicks'} · made ${instant(createdAt)}`;
  return expiresAt === undefined ? made : `${made} · ends ${instant(expiresAt)}`;
}

function instant(text: string): string {
  return new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
