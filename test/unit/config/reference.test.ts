import fc from 'fast-check';
import { expandText } from '../../../shared/config/parse/reference.ts';

const env = { HOST: 'a.example', EMPTY: '', TRICKY: '${ssm:/x} $$ }' };
const text = (raw: string) => {
  const expansion = expandText(raw, env);
  return expansion.ok ? expansion.text : `${expansion.code}: ${expansion.message}`;
};

describe('references', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['${env:HOST}', 'a.example'],
    ['x ${env:HOST} y', 'x a.example y'],
    ['${ env : HOST }', 'REFERENCE'],
    ['${env: HOST }', 'a.example'],
    ["${env:NONE, 'a }b'}", 'a }b'],
    ['${env:NONE, "it\'s"}', "it's"],
    ["${env:NONE,''}", ''],
    ["${env:EMPTY, 'x'}", ''],
    ["${env:HOST, 'x'}", 'a.example'],
    ['${env:TRICKY}', '${ssm:/x} $$ }'],
    ['$', '$'],
    ['$$', '$'],
    ['$${env:HOST}', '${env:HOST}'],
    ['$$$${env:HOST}', '$${env:HOST}'],
    ['$.status costs $5', '$.status costs $5'],
  ])('%j becomes %j', (raw, expected) => {
    const found = text(raw);
    expect(expected === 'REFERENCE' ? String(found).startsWith('REFERENCE') : found).toEqual(
      expected === 'REFERENCE' ? true : expected,
    );
  });

  it('to SSM and to outputs stay, as parts in order', () => {
    expect(text('Bearer ${ssm:/a/b.c_d-e}')).toEqual(['Bearer ', { ssm: '/a/b.c_d-e' }]);
    expect(text('${output:Url}/${env:HOST}/x')).toEqual([{ output: 'Url' }, '/a.example/x']);
    expect(text('${ssm:/a}')).toEqual([{ ssm: '/a' }]);
    expect(text('${ssm:/a}${ssm:/b}')).toEqual([{ ssm: '/a' }, { ssm: '/b' }]);
  });

  it('to variables and to chance stay, too', () => {
    expect(text('${vars.code}')).toEqual([{ vars: 'code' }]);
    expect(text('a-${random.hex8}${random.uuid}')).toEqual(['a-', { random: 'hex8' }, { random: 'uuid' }]);
    expect(text('${ random.digits64 }')).toEqual([{ random: 'digits64' }]);
    expect(text('${random.hex1}')).toEqual([{ random: 'hex1' }]);
  });

  it.each([
    ['${env:NONE}', /^ENV_MISSING: needs the environment variable NONE/],
    ['${HOST}', /^REFERENCE: .*unknown kind/],
    ['${}', /^REFERENCE: .*unknown kind/],
    ['${Env:HOST}', /did you mean "env"/],
    ['${self:x}', /unknown kind/],
    ['${file(x.yml):a}', /unknown kind/],
    ['${ssm:}', /path of a parameter/],
    ['${ssm:/}', /path of a parameter/],
    ['${ssm:/a/}', /path of a parameter/],
    ['${ssm:/a b}', /path of a parameter/],
    ['${ssm:/a/../b}', /path of a parameter|^\[/],
    ['${output:}', /name of an output/],
    ['${output:a-b}', /name of an output/],
    ["${env:A, 'b}", /not closed/],
    ['${env:A b}', /write \$\{env:NAME\}/],
    ['${', /not closed/],
    ['${now.iso}', /^NOT_BUILT: .*not built yet/],
    ['${vars.}', /takes a name/],
    ['${vars.1a}', /takes a name/],
    ['${vars:code}', /write \$\{vars\.…\}/],
    ['${random.hex}', /takes uuid, hex8 or digits6/],
    ['${random.hex0}', /takes uuid/],
    ['${random.hex65}', /takes uuid/],
    ['${random.digits100}', /takes uuid/],
    ['${random.uuid4}', /takes uuid/],
    ['${random:uuid}', /write \$\{random\.…\}/],
    ['${ssm./a}', /write \$\{ssm:…\}/],
    ['${randon.uuid}', /did you mean "random"/],
  ])('%j is refused', (raw, message) => {
    const found = text(raw);
    expect(typeof found === 'string' ? found : JSON.stringify(found)).toMatch(message);
  });

  it('text without a dollar sign stays what it is, and any text is either read or refused', () => {
    fc.assert(
      fc.property(
        fc.string().filter((raw) => !raw.includes('$')),
        (raw) => expect(text(raw)).toBe(raw),
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('$', '{', '}', 'e', 'n', 'v', ':', "'", '"', 'A', ',', ' ', '/') }),
        (raw) => void text(raw),
      ),
    );
  });

  it('a text whose dollar signs are doubled is read as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a') }), (raw) =>
        expect(text(raw.replaceAll('$', '$$$$'))).toBe(raw),
      ),
    );
  });
});
