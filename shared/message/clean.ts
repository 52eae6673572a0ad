/**
 * Text from outside (answers of a target, URLs, names) made harmless for a mail, a terminal and a log: controls, line
 * breaks, bidirectional marks and invisible characters become a space, lone surrogates a replacement character.
 */
const unwanted =
  /(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]|[\u115f\u1160\u3164\uffa0\u2800]|[\ufe00-\ufe0f]|\u034f)+/gu;

/** One line of at most `longest` characters; what is cut ends in `...`. */
export function cleanText(text: string, longest: number): string {
  return cut(text.toWellFormed().replace(unwanted, ' ').replace(/\s+/g, ' ').trim(), longest);
}

/** One line for a shell: as `cleanText`, but spaces stay as they are, since they may mean something inside quotes. */
export function cleanCommand(command: string): string {
  return command.toWellFormed().replace(unwanted, ' ').trim();
}

/** One line in printable ASCII alone: accents are dropped, everything else becomes `?`. */
export function asciiText(text: string, longest: number): string {
  const plain = text
    .toWellFormed()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(unwanted, ' ');
  return cut(
    plain
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/[^\x20-\x7e]/gu, '?'),
    longest,
  );
}

/** At most `longest` characters, the end replaced by `...`; never half a surrogate pair. */
export function cut(text: string, longest: number): string {
  return text.length <= longest
    ? text
    : `${text.slice(0, Math.max(0, longest - 3)).replace(/[\ud800-\udbff]$/, '')}...`;
}

/** At most `longest` characters, the middle replaced by `..`: both ends of a name tell it from its neighbours. */
export function cutMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = Math.ceil((longest - 2) / 2);
  return `${text.slice(0, head)}..${text.slice(text.length - (longest - 2 - head))}`;
}
