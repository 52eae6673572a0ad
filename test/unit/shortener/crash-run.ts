import type { Answer } from '../../../functions/shortener/http.ts';
import type { Store } from '../../../functions/shortener/ports.ts';
import { createShortener, type Shortener } from '../../../functions/shortener/shortener.ts';
import { type Ask, bodyOf, eventOf, json, quietSettings, startAt } from './caller.ts';

export type CrashPlan = {
  readonly store: Store;
  readonly operations: number;
  /** How many requests are under way at once, over how many sandboxes. */
  readonly clients: number;
  readonly sandboxes: number;
  /** The chance that a sandbox dies at one write, just before or just after it. */
  readonly crashRatio: number;
  readonly seed: number;
};

/** What came of a run, as its clients know it. */
export type CrashTale = {
  readonly crashes: number;
  readonly redirects: number;
  /** Redirects whose sandbox died before it answered: they may have been counted or not. */
  readonly cut: number;
  /** The URL of each code that a client was told of. */
  readonly made: ReadonlyMap<string, string>;
  /** Clicks that were answered and not written when their sandbox died. */
  readonly lost: number;
  /** The most of one sandbox. */
  readonly mostLostAtOnce: number;
  /** No sandbox lost more than it had answered in the second and a bit before its death. */
  readonly isWithinASecond: boolean;
};

const writes: ReadonlySet<string> = new Set([
  'createLink',
  'countClicks',
  'putKey',
  'takeKey',
  'finishKey',
  'unlockKey',
]);
const died = Symbol('died');
/** A second between two writes of clicks, at a millisecond a request, and those that pass until one finds it over. */
const unwritten = 1_100;

/** As many as one round of writes takes, or clicks would wait for the next. */
const hotLinks = 100;

type Sandbox = {
  readonly serve: Shortener;
  readonly death: Promise<typeof died>;
  isDead: boolean;
  diedAt: number;
  /** When each redirect was answered, in requests of the whole run. */
  readonly answeredAt: number[];
  written: number;
};

/**
 * Sends creations, each with a key of its own and again until it is answered, and redirects to links that were made, to
 * sandboxes that die at random between any two writes and are replaced. The clock goes on by a millisecond a request.
 */
export async function runWithCrashes(plan: CrashPlan): Promise<CrashTale> {
  const chance = chanceOf(plan.seed);
  const draw = (most: number) => Math.floor(chance() * most);
  const made = new Map<string, string>();
  const codes: string[] = [];
  const tale = { redirects: 0, cut: 0 };
  const dead: Sandbox[] = [];
  let now = startAt;
  let turn = 0;

  const open = (): Sandbox => {
    const death = Promise.withResolvers<typeof died>();
    const die = () => {
      if (sandbox.isDead) return;
      Object.assign(sandbox, { isDead: true, diedAt: turn });
      dead.push(sandbox);
      death.resolve(died);
    };
    const sandbox: Sandbox = {
      serve: createShortener(
        { ...quietSettings, writes: 'open', areFaultsOn: false },
        {
          store: mortal(
            plan.store,
            () => sandbox.isDead,
            () => chance() < plan.crashRatio,
            () => chance() < 0.5,
            die,
            (count) => {
              sandbox.written += count;
            },
          ),
          readParameter: async () => undefined,
          now: () => now,
          sleep: async () => {},
          random: chance,
          randomBytes: (size) => Uint8Array.from({ length: size }, () => draw(256)),
          readAsset: async () => '',
        },
      ),
      death: death.promise,
      isDead: false,
      diedAt: Number.NaN,
      answeredAt: [],
      written: 0,
    };
    return sandbox;
  };
  const pool = Array.from({ length: plan.sandboxes }, open);
  const ask = async (
    method: string,
    path: string,
    given?: Ask,
  ): Promise<{ answer: Answer | typeof died; by: Sandbox }> => {
    const at = draw(pool.length);
    if (pool[at]?.isDead) pool[at] = open();
    const by = pool[at] ?? open();
    now += 1;
    const serving = { id: `r${turn++}`, log: () => {}, deadline: new AbortController().signal };
    return { answer: await Promise.race([by.serve(eventOf(method, path, given), serving), by.death]), by };
  };

  const create = async (operation: number): Promise<void> => {
    const url = `https://example.com/${operation}`;
    const given = { headers: { ...json, 'idempotency-key': `k${operation}` }, body: JSON.stringify({ url }) };
    for (;;) {
      const { answer } = await ask('POST', '/links', given);
      if (answer !== died && answer.statusCode === 201) {
        const code = String(bodyOf(answer)['code']);
        made.set(code, url);
        codes.push(code);
        return;
      }
      if (answer !== died && answer.statusCode !== 409) throw new Error(`${answer.statusCode} ${answer.body}`);
      now += answer === died ? 0 : 31_000; // the one that died still holds the key
    }
  };
  const follow = async (): Promise<void> => {
    const code = codes[draw(Math.min(codes.length, hotLinks))] ?? '';
    const { answer, by } = await ask('GET', `/${code}`);
    if (answer === died) {
      tale.cut += 1;
      return;
    }
    if (answer.headers['location'] !== made.get(code)) throw new Error(`${code}: ${answer.statusCode} ${answer.body}`);
    by.answeredAt.push(turn);
    tale.redirects += 1;
  };

  await create(0);
  let next = 1;
  const client = async (): Promise<void> => {
    while (next < plan.operations) {
      const operation = next++;
      await (chance() < 0.3 ? create(operation) : follow());
    }
  };
  await Promise.all(Array.from({ length: plan.clients }, client));
  for (const sandbox of pool) {
    const serving = { id: 'last', log: () => {}, deadline: new AbortController().signal };
    const last = sandbox.serve(eventOf('GET', `/links/${codes[0]}`), serving); // writes what waits
    await Promise.race([last, sandbox.death]);
  }
  return { ...tale, made, ...lossesOf(dead) };
}

/** What died with sandboxes: redirects that were answered, and were in no write. */
function lossesOf(dead: readonly Sandbox[]) {
  const losses = dead.map(({ answeredAt, written, diedAt }) => ({
    lost: Math.max(0, answeredAt.length - written),
    inASecond: answeredAt.filter((at) => at >= diedAt - unwritten).length,
  }));
  return {
    crashes: dead.length,
    lost: losses.reduce((sum, { lost }) => sum + lost, 0),
    mostLostAtOnce: Math.max(0, ...losses.map(({ lost }) => lost)),
    isWithinASecond: losses.every(({ lost, inASecond }) => lost <= inASecond),
  };
}

/** A store whose sandbox may die just before or just after a write; nobody hears of a dead one's writes any more. */
function mortal(
  store: Store,
  isDead: () => boolean,
  isTime: () => boolean,
  isBefore: () => boolean,
  die: () => void,
  onWritten: (clicks: number) => void,
): Store {
  const silence = new Promise<never>(() => {});
  const wrap =
    (name: string, run: (...given: unknown[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      if (isDead()) return silence;
      const isFatal = writes.has(name) && isTime();
      if (isFatal && isBefore()) {
        die();
        return silence;
      }
      const value = await run(...given);
      if (name === 'countClicks') onWritten((given[0] as { count: number }).count);
      if (isFatal) die();
      return isDead() ? silence : value;
    };
  return Object.fromEntries(
    Object.entries(store).map(([name, run]) => [name, typeof run === 'function' ? wrap(name, run as never) : run]),
  ) as unknown as Store; // the same operations, and what else a test's store has
}

/** Mulberry32: the same numbers for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
