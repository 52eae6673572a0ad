import { boundedClient, clientAt } from '../../../shared/aws/client.ts';

describe('a client that asks another region', () => {
  it('is that of the own region where there is no other', () => {
    expect(clientAt({})).toBe(boundedClient);
  });

  it('waits for five round trips around the world, and its attempts end within what a tick keeps for its row', () => {
    const { region, maxAttempts, requestHandler } = clientAt({ region: 'eu-west-1' });
    const { connectionTimeout, requestTimeout, socketTimeout, throwOnRequestTimeout } = requestHandler;
    expect([region, throwOnRequestTimeout]).toEqual(['eu-west-1', true]);
    expect(connectionTimeout).toBeGreaterThanOrEqual(2 * 400);
    expect(Math.min(requestTimeout, socketTimeout)).toBeGreaterThanOrEqual(5 * 400);
    expect(maxAttempts * requestTimeout).toBeLessThanOrEqual(8_000);
  });
});
