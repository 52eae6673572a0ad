import { showReceived } from '../../../shared/probe/received.ts';

describe('what came', () => {
  const secret = 'hunter2-hunter2';
  it.each<[string, string, string]>([
    ['is quoted on one line', '220 "ok"\r\n', '"220 \\"ok\\"\\r\\n"'],
    ['is nothing where nothing came', '', 'nothing'],
    ['is cut where it is long', 'x'.repeat(61), `"${'x'.repeat(59)}…"`],
    ['is whole where it just fits', 'x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['has no secret', `a ${secret} b`, '"a *** b"'],
    ['has no secret in another form', encodeURIComponent('p s'), '"***"'],
    ['has no beginning of a secret at its end', `a ${secret.slice(0, 3)}`, '"a ***"'],
    ['has no secret that is cut', `${'x'.repeat(50)}${secret}`, `"${'x'.repeat(50)}***"`],
    ['keeps what two letters of a secret may be by chance', 'a hu', '"a hu"'],
  ])('%s', (_what, text, expected) => {
    expect(showReceived(Buffer.from(text), [secret, 'p s'])).toBe(expected);
  });

  it('is redacted before it is cut, also where there is much of it', () => {
    const text = Buffer.from(secret.repeat(1_000));
    expect(showReceived(text, [secret])).not.toContain('hunter');
  });
});
