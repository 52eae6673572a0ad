import { BurnwatchError } from '../../../shared/config/model.ts';
import { type ReadReference, resolveText, type Vars } from '../../../shared/probe/resolve-text.ts';

const read: ReadReference = {
  parameter: async (path: string) => {
    if (path === '/broken') throw new Error('arn:aws:secret detail');
    if (path === '/told') throw new BurnwatchError('BURN_X', 'no AWS region is set');
    return path === '/key' ? 's3cret' : undefined;
  },
  output: (name: string) => (name === 'Url' ? 'https://a.example' : undefined),
};
const vars: Vars = new Map([
  ['code', { value: 'abc', isSecure: false }],
  ['token', { value: 't0ken', isSecure: true }],
]);

describe('resolveText', () => {
  it.each([
    ['plain', { value: 'plain', secrets: [] }],
    [['Bearer ', { ssm: '/key' }], { value: 'Bearer s3cret', secrets: ['s3cret'] }],
    [[{ output: 'Url' }, '/x'], { value: 'https://a.example/x', secrets: [] }],
    [[{ output: 'Url' }, '/', { vars: 'code' }], { value: 'https://a.example/abc', secrets: [] }],
    [['Bearer ', { vars: 'token' }], { value: 'Bearer t0ken', secrets: ['t0ken'] }],
    [[{ vars: 'gone' }], { unresolved: 'the variable gone was not extracted by any step' }],
    [[{ output: 'No' }], { unresolved: 'the output No is not known: set OUTPUT_No, or name it with --output No=URL' }],
    [[{ ssm: '/gone' }], { unresolved: 'the parameter /gone does not exist' }],
    [[{ ssm: '/broken' }], { unresolved: 'the parameter /broken could not be read: Error' }],
    [[{ ssm: '/told' }], { unresolved: 'the parameter /told could not be read: no AWS region is set' }],
    [[{ random: 'dice' }], { unresolved: 'there is no ${random.dice}: use uuid, hexN or digitsN' }],
  ])('%j becomes %j', async (text, expected) => {
    expect(await resolveText(text, read, vars)).toEqual(expected);
  });

  it.each([
    ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['hex1', /^[0-9a-f]$/],
    ['hex8', /^[0-9a-f]{8}$/],
    ['hex64', /^[0-9a-f]{64}$/],
    ['digits6', /^\d{6}$/],
    ['digits64', /^\d{64}$/],
  ])('makes a new ${random.%s} each time, which is no secret', async (random, shape) => {
    const made = await Promise.all(Array.from({ length: 40 }, () => resolveText([{ random }], read)));
    for (const each of made) expect(each).toEqual({ value: expect.stringMatching(shape), secrets: [] });
    expect(new Set(made.map((each) => JSON.stringify(each))).size).toBeGreaterThan(random === 'hex1' ? 3 : 35);
  });
});
