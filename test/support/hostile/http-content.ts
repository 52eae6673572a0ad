import type { HttpRow } from './http.ts';
import { type Expected, failed, passed } from './row.ts';
import { ok, redirect } from './wire.ts';

type Content = string | Buffer;

/** A whole answer with this body, and what is asked of it. */
function sends(
  name: string,
  body: () => Content,
  assertions: readonly string[],
  expected: Expected | readonly Expected[],
  headers = '',
): HttpRow {
  return { name: `sends ${name}`, answer: (socket) => socket.end(ok(body(), headers)), assertions, expected };
}

const missed = failed('assertion');
const mebi = 1_048_576;
/** The heads of all requests echo what they were sent. */
const secretOf = (head: string) => /x-secret: ([^\r]*)/i.exec(head)?.[1] ?? '';
const echo = (
  name: string,
  answer: (secret: string) => Content,
  assertions: readonly string[],
  expected: Expected | readonly Expected[],
): HttpRow => ({
  name: `echoes a secret in ${name}`,
  answer: (socket, head) => {
    const said = answer(secretOf(head));
    socket.end(typeof said === 'string' ? Buffer.from(said, 'latin1') : said);
  },
  assertions,
  expected,
});

/** Whole answers whose content is the weapon. */
export const craftyServers: readonly HttpRow[] = [
  sends('JSON that is 100,000 deep', () => '['.repeat(100_000) + ']'.repeat(100_000), ['json $.a exists'], missed),
  sends('JSON that is 500,000 deep and ends early', () => '['.repeat(500_000), ['json $.a exists'], missed),
  sends('objects that are 100,000 deep', () => '{"a":'.repeat(100_000), ['json $..a exists'], missed),
  sends(
    'objects that are 100,000 deep, and all of them are looked for',
    () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    ['json $..a exists'],
    [missed, passed],
  ),
  sends(
    'JSON that is 3,000 deep, and all of it is looked for',
    () => `${'['.repeat(3_000)}1${']'.repeat(3_000)}`,
    ['json $..* exists'],
    [missed, passed],
  ),
  sends('a list of 300,000 numbers', () => `[${'1,'.repeat(300_000)}1]`, ['json $[*] == 1'], [passed, missed]),
  sends(
    'a list of 300,000 numbers, one of which is wrong',
    () => `[${'1,'.repeat(300_000)}2]`,
    ['json $[*] == 1'],
    missed,
  ),
  sends(
    'an object of 60,000 names',
    () => JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`n${at}`, at]))),
    ['json $..n59999 == 59999'],
    failed('assertion', /the body has more than 50000 values, too many for this path$/),
  ),
  sends('one name 60,000 times', () => `{${'"a":1,'.repeat(60_000)}"a":2}`, ['json $.a == 2'], passed),
  sends(
    '__proto__ as a name',
    () => '{"__proto__":{"status":"ok"},"constructor":{"prototype":{"status":"ok"}}}',
    ['json $.status == "ok"'],
    missed,
  ),
  sends('the number 1e400', () => '{"a":1e400}', ['json $.a < 5'], missed),
  sends('the number -1e400', () => '{"a":-1e400}', ['json $.a > 5'], missed),
  sends('a number of 500,000 digits', () => `{"a":${'9'.repeat(500_000)}}`, ['json $.a == 5'], missed),
  sends('a fraction of 500,000 digits', () => `{"a":0.${'9'.repeat(500_000)}}`, ['json $.a == 5'], missed),
  sends('NaN and Infinity', () => '{"a":NaN,"b":Infinity}', ['json $.a exists'], missed),
  sends('JSON with a byte order mark', () => '\ufeff{"a":1}', ['json $.a == 1'], [passed, missed]),
  sends(
    'JSON that is not UTF-8',
    () => Buffer.from('7b2261223a22ff227d', 'hex'),
    ['json $.a exists'],
    [passed, missed],
  ),
  sends('half a surrogate pair', () => '{"a":"\\ud800"}', ['json $.a == "x"'], missed),
  sends('no body where JSON is wanted', () => '', ['json $.a exists'], missed),
  sends(
    'control characters, which a message would show',
    () => '\u001b[31m\u0000\u0007\r\n\u2028\u202e end',
    ['body == x'],
    missed,
  ),
  sends('1 MiB of text, which a message would show', () => 'y'.repeat(mebi), ['body == x'], missed),
  sends('1 MiB of emoji, which a message would cut in two', () => '\u{1f4a5}'.repeat(mebi / 4), ['body == x'], missed),
  sends(
    'a value of a header of 16 kB, which a message would show',
    () => '',
    ['header x-long == x'],
    missed,
    `x-long: ${'y'.repeat(16_000)}\r\n`,
  ),
  sends('text that makes expressions backtrack', () => `${'a'.repeat(100_000)}!`, ['body matches ^(a+)+$'], missed),
  sends(
    'text that makes alternatives backtrack',
    () => `${'a'.repeat(100_000)}!`,
    ['body matches ^(a|a|aa)*$'],
    missed,
  ),
  sends(
    '1 MiB of text for an expression with a wide repetition',
    () => 'ab'.repeat(mebi / 2),
    ['body matches (.*b){20}c'],
    [missed, failed('timeout')],
  ),
  sends('1 MiB of lines for an expression', () => 'x\n'.repeat(mebi / 2), ['body matches (?m)^y$'], missed),
  sends(
    'UTF-16 and calls it so',
    () => Buffer.from('ok', 'utf16le'),
    ['body == ok'],
    passed,
    'content-type: text/plain; charset=utf-16le\r\n',
  ),
  sends(
    'UTF-8 and calls it UTF-16',
    () => 'ok',
    ['body == ok'],
    missed,
    'content-type: text/plain; charset=utf-16\r\n',
  ),
  sends(
    'UTF-7',
    () => '+ADw-script+AD4-',
    ['body contains script'],
    passed,
    'content-type: text/html; charset=utf-7\r\n',
  ),
  sends(
    'a charset that nobody knows',
    () => 'ok',
    ['body == ok'],
    passed,
    'content-type: text/plain; charset=x-klingon\r\n',
  ),
  sends(
    'a charset of 9,000 letters',
    () => 'ok',
    ['body == ok'],
    passed,
    `content-type: text/plain; charset=${'a'.repeat(9_000)}\r\n`,
  ),
  sends('bytes that are no UTF-8', () => Buffer.alloc(5_000, 0xff), ['body == ok'], missed),
  sends(
    'a page that sends browsers elsewhere',
    () => '<meta http-equiv=refresh content="0;url=http://169.254.169.254/">',
    ['status == 200'],
    { ...passed, redirects: 0 },
    'refresh: 0; url=http://169.254.169.254/\r\n',
  ),

  echo('its reason', (secret) => `HTTP/1.1 500 ${secret}\r\ncontent-length: 0\r\n\r\n`, ['status == 200'], missed),
  echo(
    'a header',
    (secret) => `HTTP/1.1 200 OK\r\nx-echo: ${secret}\r\ncontent-length: 0\r\n\r\n`,
    ['header x-echo == x'],
    missed,
  ),
  echo('its body', (secret) => ok(Buffer.from(secret, 'latin1')), ['body == x'], missed),
  echo('its body, in UTF-8', (secret) => ok(secret), ['body == x'], missed),
  echo('its body, percent-encoded', (secret) => ok(encodeURIComponent(secret)), ['body == x'], missed),
  echo('its body, in Base64', (secret) => ok(Buffer.from(secret).toString('base64')), ['body == x'], missed),
  echo('JSON', (secret) => ok(JSON.stringify({ a: secret })), ['json $.a == "x"'], missed),
  echo('JSON inside JSON', (secret) => ok(JSON.stringify(JSON.stringify({ a: secret }))), ['json $ == "x"'], missed),
  echo('the middle of a long body', (secret) => ok(`${'y'.repeat(245)}${secret}`), ['body == x'], missed),
  echo('a Location that is no URL', (secret) => redirect(`http://[${secret}`), ['status == 200'], failed('redirect')),
  echo('a Location of another scheme', (secret) => redirect(`secret:${secret}`), ['status == 200'], failed('redirect')),
  echo(
    'a path',
    (secret) => redirect(`/${encodeURIComponent(secret)}`),
    ['status == 200'],
    [failed('redirect'), passed],
  ),
  echo(
    'the host of a Location',
    (secret) => redirect(`http://${Buffer.from(secret, 'latin1').toString('hex')}.invalid/`),
    ['status == 200'],
    failed('resolve'),
  ),
  echo(
    'the encoding',
    (secret) => ok('x', `content-encoding: ${secret.replaceAll('"', '')}\r\n`),
    ['body == x'],
    failed('body'),
  ),
  echo('what is no HTTP', (secret) => `SSH-2.0-${secret}\r\n`, ['status == 200'], failed('protocol')),
];
