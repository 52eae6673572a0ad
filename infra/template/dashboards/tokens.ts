import type { Json } from '../../../shared/config/model.ts';
import { sub } from '../model.ts';

/** What only CloudFormation knows, as a text that nothing else can be: a control character stands around it. */
const mark = '\u0001';
const names = ['AWS::AccountId', 'AWS::Partition', 'HttpApi'] as const;
export type Token = (typeof names)[number];

export const token = (name: Token): string => `${mark}${name}${mark}`;

/**
 * The JSON of a value as one Fn::Sub, in which the tokens are filled in and any `${` of a configuration is text. Plain ASCII,
 * because CloudFormation turns the rest of Unicode into question marks.
 */
export function withTokens(value: Json): { readonly 'Fn::Sub': string } {
  const text = JSON.stringify(value)
    .replaceAll('${', '${!')
    .replaceAll(/\\u0001([\w:]+)\\u0001/g, (whole, name: string) =>
      names.some((known) => known === name) ? `\${${name}}` : whole,
    );
  return sub(text.replaceAll(/[\u007f-\uffff]/g, escaped));
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
