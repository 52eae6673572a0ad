import { type Child, element } from './dom.ts';

/** What a link of the markdown becomes: an address of this page, one elsewhere, its text alone, or nothing at all. */
export type LinkTarget = { readonly href: string; readonly isElsewhere: boolean } | 'text' | 'nothing';
export type LinkReader = (url: string) => LinkTarget;

/**
 * The markdown of our dashboards as elements: headings, paragraphs, lists, **bold**, *italic*, `code` and links. Text becomes text
 * nodes alone, so that nothing in it can be markup of the page; a link whose address is refused is its text.
 */
export function renderMarkdown(markdown: string, linkOf: LinkReader): HTMLElement {
  const blocks = markdown.split(/\n{2,}/).map((block) => renderBlock(block.trim(), linkOf));
  return element('div', { class: 'markdown' }, ...blocks.filter((block) => block !== null));
}

function renderBlock(block: string, linkOf: LinkReader): HTMLElement | null {
  if (block === '') return null;
  const heading = /^(#{1,3}) (.+)$/s.exec(block);
  if (heading) return element(heading[1]?.length === 1 ? 'h2' : 'h3', {}, ...inline(heading[2] ?? '', linkOf));
  const lines = block.split('\n');
  if (lines.every((line) => /^[-*] /.test(line)))
    return element('ul', {}, ...lines.map((line) => element('li', {}, ...inline(line.slice(2), linkOf))));
  return element('p', {}, ...inline(lines.join(' '), linkOf));
}

/** An escaped character, code, bold, italic, a link; each without the others across its end. */
const token =
  /\\([\\`*_{}[\]()<>#|!~])|`([^`]+)`|\*\*((?:[^*\\]|\\.)+)\*\*|\*((?:[^*\\]|\\.)+)\*|\[((?:[^\]\\]|\\.)+)\]\(([^()\s]+)\)/;

function inline(text: string, linkOf: LinkReader): Child[] {
  const children: Child[] = [];
  let rest = text;
  for (;;) {
    const found = token.exec(rest);
    if (found === null) return [...children, rest];
    children.push(rest.slice(0, found.index), childOf(found, linkOf));
    rest = rest.slice(found.index + found[0].length);
  }
}

function childOf([, escaped, code, bold, italic, label, url]: RegExpExecArray, linkOf: LinkReader): Child {
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return element('code', {}, code);
  if (bold !== undefined) return element('strong', {}, ...inline(bold, linkOf));
  if (italic !== undefined) return element('em', {}, ...inline(italic, linkOf));
  return linkElement(inline(label ?? '', linkOf), linkOf(url ?? ''));
}

function linkElement(children: readonly Child[], target: LinkTarget): HTMLElement | null {
  if (target === 'nothing') return null;
  if (target === 'text') return element('span', {}, ...children);
  const away = target.isElsewhere ? { target: '_blank', rel: 'noreferrer' } : {};
  return element('a', { href: target.href, ...away }, ...children);
}
