import type { Json } from '../../../shared/config/model.ts';
import { sub } from '../model.ts';

/** What only CloudFormation knows, as a text that nothing else can be: a control character stands around it. */
const mark = '\u0001';
const names = ['AWS::AccountId', 'AWS::Partition', 'HttpApi'] as const;
type Token = (typeof names)[number];

export const token = (name: Token): string => `${mark}${name}${mark}`;

/**
 * The JSON of a value, in which CloudFormation fills in the tokens; as plain text where there are none. A `${` of a configuration is
 * written so that neither CloudFormation nor the framework takes it for theirs. Plain ASCII, because CloudFormation turns the rest of
 * Unicode into question marks.
 */
export function withTokens(value: Json): string | { readonly 'Fn::Sub': string } {
  const text = JSON.stringify(value)
    .replaceAll('${', '\\u0024{')
    .replaceAll(/[\u007f-\uffff]/g, escaped);
  const whole = filled(text, (name) => `\${${name}}`);
  return whole === text ? text : sub(whole);
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
