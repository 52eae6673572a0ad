import type { Checked } from '../../doctor/checks.ts';
import type { Finding } from '../../doctor/model.ts';
import { renderTitled, type TextStyle } from '../burst/lines.ts';
import { count, paint, type Style } from '../terminal.ts';
import { wrap } from '../wrap.ts';

const styles: Readonly<Record<Finding['severity'], Style>> = { wrong: 'red', doubtful: 'yellow', unseen: 'dim' };
const words: Readonly<Record<Finding['severity'], string>> = {
  wrong: 'wrong',
  doubtful: 'doubtful',
  unseen: 'not looked at',
};
/** A check shows so many findings, the worst first. */
const mostFindings = 20;

/** A row for each check, then each finding with its mend, then a sentence. */
export function renderDoctor(checked: readonly Checked[], where: string, style: TextStyle): string {
  const rows = checked.map(({ id, looksAt, findings }) => [id, stateOf(findings, style), paint(looksAt, 'dim', style)]);
  const told = checked.flatMap(({ id, findings }) => findingLines(id, findings, style));
  const blocks = [
    renderTitled(['CHECK', 'STATE', 'LOOKS AT'], rows, [], style),
    told.join('\n'),
    `${where}: ${verdict(checked, style)}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function stateOf(findings: readonly Finding[], style: TextStyle): string {
  const worst = worstFirst(findings)[0];
  return worst === undefined
    ? paint('fine', 'green', style)
    : paint(words[worst.severity], styles[worst.severity], style);
}

function findingLines(id: string, findings: readonly Finding[], style: TextStyle): readonly string[] {
  const more = findings.length - mostFindings;
  const lines = worstFirst(findings)
    .slice(0, mostFindings)
    .flatMap(({ severity, what, mend }) => [
      ...indented(`${paint(words[severity], styles[severity], style)} ${id}: ${what}`, '', style),
      ...(mend === '' ? [] : indented(mend, '  mend: ', style)),
    ]);
  return more > 0 ? [...lines, `${id}: and ${more} more, see --json`] : lines;
}

function indented(text: string, head: string, { isTerminal, columns }: TextStyle): readonly string[] {
  if (!isTerminal) return [`${head}${text}`];
  const gap = ' '.repeat(Math.max(2, head.length));
  return wrap(text, columns - gap.length).map((line, index) => `${index === 0 ? head : gap}${line}`);
}

const order = ['wrong', 'doubtful', 'unseen'] as const;
const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));

function verdict(checked: readonly Checked[], style: TextStyle): string {
  const all = checked.flatMap(({ findings }) => findings);
  const counts = order.flatMap((severity) => {
    const found = all.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [paint(`${found.toLocaleString('en-US')} ${words[severity]}`, styles[severity], style)];
  });
  return `${count(checked.length, 'check')}, ${counts.join(', ') || paint('nothing is wrong', 'green', style)}`;
}
