import { z } from 'zod';
import type { Agreement, HttpRequest, Locations, Monitor, Quorum } from '../model.ts';
import { type Fields, map, own, refuse } from './fields.ts';
import { most } from './limits.ts';
import { type Fault, type Path, quote } from './problem.ts';
import { parsePercent } from './units.ts';
import type { Value } from './values.ts';

const text = {
  home: 'The region of the stack that holds the ledger and judges.',
  also: 'Regions from which the same monitors are probed too, by a small stack in each.',
  quorum:
    'How many of the locations with a fresh outcome must see a failure: majority (the default), any, all, a number, or a share such as 50%.',
  minLocations: 'With fewer fresh locations an outcome is unknown. 1 by default.',
  locations: 'The AWS regions from which everything is probed: see docs/locations.md.',
};
const words = ['majority', 'any', 'all'] as const;

/** Where probes run, and when their locations agree: `locations:` and the keys of the same name at the top of the file. */
export function locationsSchema(fields: Fields) {
  const shape = {
    home: fields.region(text.home),
    also: z.array(fields.region('A region.')).min(1).max(most.locations).meta({ description: text.also }),
  };
  return map(shape)
    .meta({ description: text.locations })
    .transform(({ home, also }, sink): Locations => {
      const again = also.findIndex((region, index) => region === home || also.indexOf(region) !== index);
      const region = also[again];
      if (region === undefined) return { home, also };
      const where = region === home ? 'is the home location already' : 'is in this list twice';
      return refuse(sink, { code: 'REPEATED', message: `${quote(region)} ${where}` }, 'also', again);
    });
}

/** How locations must agree: of the whole file, or of one monitor. */
export function agreement() {
  const examples = ['majority', 'any', 'all', 2, '50%'];
  return {
    quorum: own({ type: ['string', 'integer'], description: text.quorum, examples }, readQuorum).optional(),
    minLocations: z
      .int()
      .min(1)
      .max(most.locations + 1)
      .optional()
      .meta({ description: text.minLocations }),
  };
}

/** One of the words, a number of locations, or a share of them. */
function readQuorum(raw: unknown): Value<Quorum> {
  const word = words.find((each) => each === raw);
  if (word !== undefined) return { ok: true, value: word };
  if (Number.isSafeInteger(raw) && Number(raw) >= 1) return { ok: true, value: { count: Number(raw) } };
  const share = typeof raw === 'string' ? parsePercent(raw) : undefined;
  if (share?.ok === true && share.value > 0) return { ok: true, value: { sharePpm: share.value } };
  const message = 'must be majority, any, all, a number of locations from 1 on, or a share above 0% such as 50%';
  return { ok: false, code: 'QUORUM', message };
}

/** As it was written, at the top of the file or at a monitor. */
export type AgreementEntry = { readonly quorum?: Quorum | undefined; readonly minLocations?: number | undefined };

/** What is asked for of locations, the first of them being `home`: by how many there are, 1 where the file names none, undefined where it names them wrongly. */
export type Asked = AgreementEntry & { readonly count: number | undefined; readonly home?: string };

/** What an entry asks for where it says nothing else than the file, and what is wrong with what it says itself. */
export function agree(entry: AgreementEntry, file: Asked, path: Path): { value?: Agreement; faults: Fault[] } {
  const faults = checkAgreement(entry, file.count, path);
  if (file.count === undefined || file.count === 1) return { faults };
  const { quorum = file.quorum ?? 'majority', minLocations = file.minLocations ?? 1 } = entry;
  return { value: { quorum, minLocations }, faults };
}

/** A monitor whose requests are signed for one region, wherever they are sent from: that of home, where they name none. */
export function signedFor(monitor: Monitor, home: string | undefined): Monitor {
  if (home === undefined) return monitor;
  if (monitor.type === 'http') return { ...monitor, request: signedRequest(monitor.request, home) };
  if (monitor.type !== 'flow') return monitor;
  return { ...monitor, steps: monitor.steps.map((step) => ({ ...step, request: signedRequest(step.request, home) })) };
}

function signedRequest(request: HttpRequest, home: string): HttpRequest {
  const { auth } = request;
  return auth?.type === 'sigv4' ? { ...request, auth: { ...auth, region: auth.region ?? home } } : request;
}

/** Whether so many locations can do what is asked of them. */
export function checkAgreement(entry: AgreementEntry, count: number | undefined, path: Path): Fault[] {
  const asked = [
    { key: 'quorum', number: typeof entry.quorum === 'object' && 'count' in entry.quorum ? entry.quorum.count : 0 },
    { key: 'minLocations', number: entry.minLocations ?? 0 },
  ] as const;
  return asked.flatMap(({ key, number }) => {
    if (count === undefined || entry[key] === undefined) return [];
    const at = { code: 'BURN_CONFIG_QUORUM' as const, path: [...path, key] };
    if (count === 1) return [{ ...at, message: 'belongs to several locations: name them in locations' }];
    if (number <= count) return [];
    return [{ ...at, message: `must be at most ${count}, the number of locations, got ${number}` }];
  });
}
