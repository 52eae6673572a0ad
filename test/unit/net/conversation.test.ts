import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { converse } from '../../../shared/net/conversation.ts';
import { startStopwatch } from '../../../shared/net/phases.ts';
import { resourcesAreGone } from '../../support/resources.ts';

/** What a conversation needs of a socket, every stream has. */
const asSocket = (stream: Duplex) => stream as unknown as Socket;

/** A conversation with a target that says what is pushed; looking takes time on its clock alone. */
function start(limitBytes = 1_000) {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs };
  const target = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  const abort = new AbortController();
  const stopwatch = startStopwatch(clock);
  const options = { limitBytes, limitType: 'body', signal: abort.signal, clock, stopwatch, onPhase: () => {} } as const;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { target, abort, pass, stopwatch, conversation: converse(asSocket(target), options) };
}

describe('a conversation', () => {
  it('looks again when more came, and counts the time up to what it found as the transfer', async () => {
    const { target, pass, stopwatch, conversation } = start();
    const found = conversation.find((received) => (received.includes('c') ? received.toString() : undefined));
    for (const letter of 'abc') {
      pass(10);
      target.push(letter);
      await delay(1);
    }
    expect(await found).toBe('abc');
    expect(stopwatch.phases()).toMatchObject({ processingMs: 10, transferMs: 20 });
    conversation.close();
  });

  it('spends a tenth of the time on looking, however what it gets is cut up', async () => {
    const { target, pass, conversation } = start();
    let looks = 0;
    const found = conversation.find((received) => {
      looks += 1;
      pass(2);
      return received.includes('z') ? true : undefined;
    });
    for (let chunk = 0; chunk < 50; chunk += 1) {
      target.push('x');
      await delay(0);
    }
    target.push('z');
    expect(await found).toBe(true);
    expect(looks).toBeLessThan(20);
    conversation.close();
  });

  it('looks once more, and at once, when the target closes, and leaves no timer', async () => {
    const gone = await resourcesAreGone();
    const { target, pass, conversation } = start();
    const found = conversation.find((received) => {
      pass(100_000);
      return received.includes('z') ? true : undefined;
    });
    target.push('x');
    target.push('z');
    target.push(null);
    expect(await found).toBe(true);
    conversation.close();
    await gone();
  });

  it('keeps what fits, and ends when there is more', async () => {
    const { target, conversation } = start(5);
    const found = conversation.find(() => undefined);
    target.push('abc');
    target.push('defgh');
    await expect(found).rejects.toMatchObject({ errorType: 'body', message: 'the target sent more than 5 bytes' });
    expect(conversation.received().toString()).toBe('abcde');
    expect(target.destroyed).toBe(true);
    conversation.close();
  });

  it('takes exactly as much as fits', async () => {
    const { target, conversation } = start(5);
    target.push('abcde');
    expect(await conversation.find((received) => (received.length === 5 ? true : undefined))).toBe(true);
    conversation.close();
  });

  it('rejects with what looking throws', async () => {
    const { target, conversation } = start();
    const found = conversation.find((received) => {
      if (received.length === 0) return undefined;
      throw new Error('no');
    });
    target.push('a');
    await expect(found).rejects.toThrow('no');
    conversation.close();
  });

  it('waits no longer than its signal, and leaves no listener on it', async () => {
    const { abort, conversation } = start();
    const found = conversation.find(() => undefined);
    abort.abort(new Error('over'));
    await expect(found).rejects.toThrow('over');
    await expect(conversation.send(Buffer.from('x'))).rejects.toThrow('over');
    conversation.close();
  });

  it('says nothing to a target that has closed', async () => {
    const { target, conversation } = start();
    target.push(null);
    await delay(1);
    const message = 'the target closed the connection';
    await expect(conversation.send(Buffer.from('x'))).rejects.toMatchObject({ errorType: 'protocol', message });
    conversation.close();
  });

  it('leaves no listener of its own on what it closed, but one that keeps late errors quiet', () => {
    const { target, conversation } = start();
    conversation.close();
    expect(target.listenerCount('data')).toBe(0);
    expect(() => target.emit('error', new Error('late'))).not.toThrow();
  });
});
