import type { HttpRow } from './http.ts';
import { failed, passed } from './row.ts';
import { ok } from './wire.ts';

const mebi = 1_048_576;
/** What comes of it does not matter: it has to be over soon after the time is. */
const anything = [passed, failed('assertion'), failed('timeout'), failed('body')];

/** A body that takes long to look at, for a monitor that has 100 ms. */
function costly(name: string, make: () => string, ...assertions: readonly string[]): HttpRow {
  let body: Buffer | undefined;
  return {
    name: `costs time by ${name}`,
    answer: (socket) => {
      body ??= ok(make());
      socket.end(body);
    },
    assertions,
    changes: { timeoutMs: 100 },
    expected: anything,
  };
}

const list = (each: string, separator = ',') => {
  const count = Math.floor((mebi - 10) / (each.length + separator.length));
  return `[${Array(count).fill(each).join(separator)}]`;
};
const nested = (open: string, close: string, levels: number, inner = '1') =>
  open.repeat(levels) + inner + close.repeat(levels);

/** Answers of 1 MiB that are as expensive to judge as we know how to make them. */
export const costlyServers: readonly HttpRow[] = [
  costly('a number of a million digits', () => `{"a":${'9'.repeat(1_000_000)}}`, 'json $.a == 5'),
  costly('two numbers of 500,000 digits', () => `[${'9'.repeat(500_000)},${'8'.repeat(500_000)}]`, 'json $[*] > 5'),
  costly('60,000 numbers of 17 digits', () => list('12345678901234567'), 'json $[*] > 5'),
  costly('a list of 500,000 numbers', () => list('1'), 'json $[*] == 1'),
  costly('a list of 500,000 numbers, by descent', () => list('1'), 'json $..* exists'),
  costly('a list of 500,000 numbers, by a filter', () => list('1'), 'json $[?@ == 1] exists'),
  costly('a list of 300,000 lists, by descent', () => list('[]'), 'json $..* exists'),
  costly('60,000 objects, by a filter', () => list('{"a":1,"b":"x"}'), 'json $[?@.a == 1].b == "x"'),
  costly('60,000 objects, by a count', () => list('{"a":1,"b":"x"}'), 'json $[?count(@.*) == 2].b == "x"'),
  costly('60,000 objects, by a length', () => list('{"a":1,"b":"aaaaaaaa"}'), 'json $[?length(@.b) == 8].b exists'),
  costly('lists 900 deep, by a descent', () => nested('[', ']', 900), 'json $..* exists'),
  costly('objects 900 deep, by a descent', () => nested('{"a":', '}', 900), 'json $..a exists'),
  costly(
    '200 lists, 200 deep, by a descent',
    () =>
      `[${Array(200)
        .fill(nested('[', ']', 200))
        .join(',')}]`,
    'json $..* exists',
  ),
  costly('one name 150,000 times', () => `{${'"a":1,'.repeat(149_000)}"a":2}`, 'json $.a == 2', 'json $..a == 2'),
  costly(
    '100,000 names',
    () => `{${Array.from({ length: 80_000 }, (_, at) => `"n${at}":1`).join(',')}}`,
    'json $.* == 1',
    'json $..n7 == 1',
  ),
  costly(
    'a text of 1 MiB of escapes',
    () => `{"a":"${'\\u0041'.repeat(170_000)}"}`,
    'json $.a == "A"',
    'json $.a contains B',
  ),
  costly('a deep value that is compared', () => list('[[[[1]]]]'), 'json $ == [1]', 'json $ contains [[[[2]]]]'),
  costly(
    'a list in which a value is looked for',
    () => list('{"a":1}'),
    'json $ contains {"a":2}',
    'json $ notContains {"a":3}',
  ),
  costly(
    '1 MiB for an expression',
    () => 'a'.repeat(mebi - 1),
    'body matches ^(a+)+$x',
    'body matches (a|aa)+b',
    'body matches (.*a){9}b',
  ),
  costly('1 MiB for an expression with large counts', () => 'a'.repeat(mebi - 1), 'body matches (a{0,100}){0,4}b'),
  costly(
    '1 MiB for an expression of unlike letters',
    () => 'é\u{1f4a5}'.repeat(mebi / 6),
    'body matches \\p{L}+\\d',
    'body matches (?i)É{9}x',
  ),
  costly('1 MiB in an odd charset', () => 'x'.repeat(mebi - 1), 'body contains y'),
  costly('1 MiB of spaces before JSON', () => `${' '.repeat(mebi - 9)}1`, 'json $ == 1'),
  costly('1 MiB that is nearly JSON', () => `${list('{"a":1}').slice(0, -1)}`, 'json $[0].a == 1'),
];
