import type { Reference, Text } from '../../shared/config/model.ts';

/** A text as it was typed, its references in place: `${output:ShortenerUrl}/demo`. */
export function renderText(text: Text): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : renderReference(part))).join('');
}

function renderReference(reference: Reference): string {
  if ('ssm' in reference) return `\${ssm:${reference.ssm}}`;
  if ('output' in reference) return `\${output:${reference.output}}`;
  if ('vars' in reference) return `\${vars.${reference.vars}}`;
  return 'data' in reference ? `\${data.${reference.data}}` : `\${random.${reference.random}}`;
}
