import { matchesPolicy, parseFilterPolicy } from '../../../infra/local/aws/sns-filter.ts';

const attributes = { channels: ['oncall', 'chat'], severity: ['page'], count: [5] };

describe('a filter policy', () => {
  it.each([
    ['{"channels":["oncall"]}', true],
    ['{"channels":["mail","chat"]}', true],
    ['{"channels":["mail"]}', false],
    ['{"channels":["oncall"],"severity":["page"]}', true],
    ['{"channels":["oncall"],"severity":["ticket"]}', false],
    ['{"absent":["x"]}', false],
    ['{"absent":[{"exists":false}]}', true],
    ['{"channels":[{"exists":false}]}', false],
    ['{"channels":[{"exists":true}]}', true],
    ['{"severity":[{"prefix":"pa"}]}', true],
    ['{"severity":[{"suffix":"ge"}]}', true],
    ['{"severity":[{"prefix":"ti"}]}', false],
    ['{"severity":[{"equals-ignore-case":"PAGE"}]}', true],
    ['{"severity":[{"anything-but":["ticket"]}]}', true],
    ['{"severity":[{"anything-but":"page"}]}', false],
    ['{"count":[5]}', true],
    ['{"count":["5"]}', false],
    ['{"count":[{"numeric":[">",4,"<=",5]}]}', true],
    ['{"count":[{"numeric":["<",5]}]}', false],
    ['{"count":[{"numeric":["=",5]}]}', true],
    ['{}', true],
  ])('%s lets the message through: %s', (policy, expected) => {
    expect(matchesPolicy(parseFilterPolicy(policy), attributes)).toBe(expected);
  });

  it.each([
    ['[]', 'must be a JSON object'],
    ['{"a":"b"}', '"a" must be an array that is not empty'],
    ['{"a":[]}', '"a" must be an array that is not empty'],
    ['{"a":[[1]]}', 'Match value must be String, number, true, false, or null, in "a"'],
    ['{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed in match expression, in "a"'],
    ['{"a":[{"like":"x"}]}', 'Unrecognized match type like in "a"'],
    ['{"a":[{"numeric":["~",1]}]}', 'Bad numeric match in "a"'],
    ['{"a":[{"numeric":[]}]}', 'Bad numeric match in "a"'],
    ['{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}', 'more than 5 keys'],
    ['{', 'failed to parse JSON'],
  ])('%s is refused', (policy, message) => {
    expect(() => parseFilterPolicy(policy)).toThrow(message);
  });
});
