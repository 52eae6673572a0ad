import { createLog } from '../../../shared/lambda/log.ts';

function write(message: string, attributes: Parameters<ReturnType<typeof createLog>>[2] = {}): string {
  const lines: string[] = [];
  createLog(
    { 'faas.name': 'probe' },
    (line) => lines.push(line),
    () => 0,
  )('info', message, attributes);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('a log line', () => {
  it('is one JSON object with the context of its invocation', () => {
    expect(JSON.parse(write('probed', { at: 1, isLate: false, missing: undefined }))).toEqual({
      timestamp: '1970-01-01T00:00:00.000Z',
      level: 'info',
      message: 'probed',
      'faas.name': 'probe',
      at: 1,
      isLate: false,
    });
  });

  it.each(['two\nlines', 'a return\r', 'a separator\u2028', 'another\u2029', '{"_aws":{"Timestamp":1}}'])(
    'cannot be broken or forged by %j',
    (text) => {
      const line = write('found', { 'error.type': text });
      expect(line.match(/[\n\r\u2028\u2029]/g)).toEqual(['\n']);
      expect(line.endsWith('\n')).toBe(true);
      expect(JSON.parse(line)).toMatchObject({ message: 'found', 'error.type': text });
    },
  );

  it('cuts what is long', () => {
    expect(JSON.parse(write('found', { text: 'x'.repeat(5_000) }))['text']).toHaveLength(1_024);
  });
});
