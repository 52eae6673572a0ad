import { BurnwatchError } from '../../../shared/config/model.ts';
import { resolveText } from '../../../shared/probe/resolve-text.ts';

const read = {
  parameter: async (path: string) => {
    if (path === '/broken') throw new Error('arn:aws:secret detail');
    if (path === '/told') throw new BurnwatchError('BURN_X', 'no AWS region is set');
    return path === '/key' ? 's3cret' : undefined;
  },
  output: (name: string) => (name === 'Url' ? 'https://a.example' : undefined),
};

describe('resolveText', () => {
  it.each([
    ['plain', { value: 'plain', secrets: [] }],
    [['Bearer ', { ssm: '/key' }], { value: 'Bearer s3cret', secrets: ['s3cret'] }],
    [[{ output: 'Url' }, '/x'], { value: 'https://a.example/x', secrets: [] }],
    [
      [{ output: 'No' }],
      { unresolved: 'the output No is not known: set OUTPUT_No, or give burnwatch probe --output No=URL' },
    ],
    [[{ ssm: '/gone' }], { unresolved: 'the parameter /gone does not exist' }],
    [[{ ssm: '/broken' }], { unresolved: 'the parameter /broken could not be read: Error' }],
    [[{ ssm: '/told' }], { unresolved: 'the parameter /told could not be read: no AWS region is set' }],
  ])('%j becomes %j', async (text, expected) => {
    expect(await resolveText(text, read)).toEqual(expected);
  });
});
