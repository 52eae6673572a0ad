import { createLink, dropToken, keepToken, type Link, type LinkPage, listLinks, type NewLink, Refusal } from './api.ts';
import { button, find, make, tell } from './dom.ts';
import { copy, rowOf } from './row.ts';

const fields = ['url', 'code', 'expiresAt'] as const;
const input = (id: string) => find<HTMLInputElement>(id);
let nextCursor: string | undefined;
/** Of the link in the form: the same until it is made or changed. */
let key = drawKey();

const events = {
  onTrouble: (error: unknown) => {
    if (error instanceof Refusal && error.status === 401) showDoor(error.message);
    else tell(error instanceof Refusal ? error.message : 'Something went wrong on this page. Load it again.');
  },
  onGone: (row: HTMLElement) => {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (neighbour?.querySelector<HTMLElement>('button') ?? find('shelf-title')).focus();
    showWhetherEmpty();
  },
};

find('make-form').addEventListener('input', () => {
  key = drawKey();
});
onSubmit('make-form', async () => {
  showErrors(new Map());
  try {
    const link = await createLink(readForm(), key);
    find<HTMLFormElement>('make-form').reset();
    key = drawKey();
    put(link, 'first');
    tell(
      'Made ',
      make('a', { href: link.shortUrl, rel: 'noreferrer' }, link.shortUrl),
      ' ',
      button('Copy', `Copy ${link.shortUrl}`, () => copy(link)),
    );
    input('url').focus();
  } catch (error) {
    if (!(error instanceof Refusal) || error.status === 401) return events.onTrouble(error);
    tell(error.message);
    showErrors(error.status === 409 ? new Map([['code', 'This code is taken.']]) : error.fields);
  }
});
onSubmit('token-form', async () => {
  keepToken(input('token').value.trim());
  await load();
});
find('more').addEventListener('click', () => void loadMore());
void load();

/** The first page of links, or the door where a token is needed first. */
async function load(): Promise<void> {
  try {
    const page = await listLinks();
    find('links').replaceChildren();
    showPage(page);
    for (const id of ['desk', 'shelf']) find(id).hidden = false;
    const wasAtDoor = !find('door').hidden;
    find('door').hidden = true;
    if (wasAtDoor) input('url').focus();
  } catch (error) {
    events.onTrouble(error);
  }
}

async function loadMore(): Promise<void> {
  try {
    const last = find('links').lastElementChild;
    showPage(await listLinks(nextCursor));
    last?.nextElementSibling?.querySelector<HTMLElement>('a')?.focus();
  } catch (error) {
    events.onTrouble(error);
  }
}

function showPage(page: LinkPage): void {
  for (const link of page.links) put(link, 'last');
  nextCursor = page.nextCursor;
  find('more').hidden = nextCursor === undefined;
  showWhetherEmpty();
}

/** A link has one row: one that is listed once more is shown as it is now. */
function put(link: Link, place: 'first' | 'last'): void {
  const row = rowOf(link, events);
  const list = find('links');
  const known = list.querySelector(`[data-code="${CSS.escape(link.code)}"]`);
  if (known) known.replaceWith(row);
  else if (place === 'first') list.prepend(row);
  else list.append(row);
  showWhetherEmpty();
}

function showWhetherEmpty(): void {
  find('empty').hidden = find('links').childElementCount > 0 || nextCursor !== undefined;
}

function showDoor(reason: string): void {
  for (const id of ['desk', 'shelf']) find(id).hidden = true;
  const isFirst = find('door').hidden && sessionStorage.length === 0;
  find('door').hidden = false;
  dropToken();
  setError('token', isFirst ? '' : reason);
  input('token').value = '';
  input('token').focus();
}

function readForm(): NewLink {
  const [url, code, ends] = fields.map((id) => input(id).value.trim());
  return { url: url ?? '', ...(code && { code }), ...(ends && { expiresAt: new Date(ends).toISOString() }) };
}

/** What is wrong stands beside its field; the first such field has the focus. */
function showErrors(errors: ReadonlyMap<string, string>): void {
  for (const id of fields) setError(id, errors.get(id) ?? '');
  const first = fields.find((id) => errors.has(id));
  if (first) input(first).focus();
}

function setError(id: string, text: string): void {
  find(`${id}-error`).textContent = text;
  input(id).setAttribute('aria-invalid', String(text !== ''));
}

/** Runs at each submission, one at a time. */
function onSubmit(id: string, run: () => Promise<void>): void {
  const form = find<HTMLFormElement>(id);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const submit = form.querySelector<HTMLButtonElement>('button.primary');
    if (submit?.disabled) return;
    if (submit) submit.disabled = true;
    void run().finally(() => {
      if (submit) submit.disabled = false;
    });
  });
}

function drawKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');
}
