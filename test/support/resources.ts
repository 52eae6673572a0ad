const watched = ['TCPSocketWrap', 'UDPWrap', 'Timeout', 'TLSWrap', 'Immediate'];

function countResources(): Readonly<Record<string, number>> {
  const active = process.getActiveResourcesInfo();
  return Object.fromEntries(watched.map((name) => [name, active.filter((each) => each === name).length]));
}

const nextTurn = () => new Promise((done) => setImmediate(done));

/**
 * Remembers which sockets and timers of this process there are; what it answers fails where, after at most a second, there
 * are more of them. Listening servers are not counted.
 */
export async function resourcesAreGone(): Promise<() => Promise<void>> {
  // What was closed a moment ago is counted for two turns more.
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  const before = countResources();
  const isMore = () => Object.entries(countResources()).some(([name, count]) => count > (before[name] ?? 0));
  return async () => {
    const endsAt = performance.now() + 1_000;
    while (isMore() && performance.now() < endsAt) await nextTurn();
    const after = countResources();
    for (const name of watched)
      expect([name, after[name]]).toEqual([name, Math.min(after[name] ?? 0, before[name] ?? 0)]);
  };
}
