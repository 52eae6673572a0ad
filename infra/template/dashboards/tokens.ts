import type { Json } from '../../../shared/config/model.ts';
import { sub } from '../model.ts';

/** What only CloudFormation knows, as a text that nothing else can be: a control character stands around it. */
const mark = '\u0001';
const names = ['AWS::AccountId', 'AWS::Partition', 'HttpApi'] as const;
type Token = (typeof names)[number];

export const token = (name: Token): string => `${mark}${name}${mark}`;

/**
 * The JSON of a value as one Fn::Sub, in which the tokens are filled in and any `${` of a configuration is text. Plain ASCII,
 * because CloudFormation turns the rest of Unicode into question marks.
 */
export function withTokens(value: Json): { readonly 'Fn::Sub': string } {
  const text = JSON.stringify(value).replaceAll('${', '${!');
  return sub(filled(text, (name) => `\${${name}}`).replaceAll(/[\u007f-\uffff]/g, escaped));
}

/** The JSON of a value with each token as `render` writes it. */
export function fillTokens(value: Json, render: (name: Token) => string): string {
  return filled(JSON.stringify(value), render);
}

function filled(text: string, render: (name: Token) => string): string {
  return text.replaceAll(/\\u0001([\w:]+)\\u0001/g, (whole, found: string) => {
    const name = names.find((known) => known === found);
    return name === undefined ? whole : render(name);
  });
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
