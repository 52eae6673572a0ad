import { type JsonObject, readJsonObject } from '../body.ts';
import type { Call, Endpoint, World } from '../endpoint.ts';
import { jsonAnswer } from '../http.ts';
import { type Making, once } from '../idempotency.ts';
import { parseNewLink, renderLink, unknownKeys } from '../link.ts';
import { makeLink } from '../making.ts';
import { originOf } from '../origin.ts';
import { StoreError } from '../ports.ts';
import { type InputError, invalidInput, type Problem, renderProblem } from '../problem.ts';

const mostLinks = 100;
/** Links that are made at the same time; the SDK opens at most 50 connections. */
const mostAtOnce = 10;

/** Makes many links and says of each what became of it. It is refused as a whole only when it is no list at all. */
export function createLinks(world: World): Endpoint {
  return async (call) => {
    const body = readJsonObject(call.request);
    const input = 'problem' in body ? body : parseList(body.value);
    if ('problem' in input) return input;
    let isFinal = true;
    const make = async (making: Making) => {
      const results = await mapSome(input.links, (item, index) => makeOne(item, index, making, call, world));
      isFinal = results.every(({ status }) => status < 500);
      return jsonAnswer(200, { results });
    };
    return once(call, world, make, () => isFinal);
  };
}

function parseList(input: JsonObject): { readonly links: readonly unknown[] } | Problem {
  const { links } = input;
  const errors: InputError[] = [...unknownKeys(input, ['links'])];
  if (!Array.isArray(links) || links.length < 1 || links.length > mostLinks) {
    const detail = `links must be a list of 1 to ${mostLinks} links to make`;
    errors.push({ pointer: '#/links', code: 'links-shape', detail });
  }
  return errors.length > 0 ? invalidInput(errors) : { links: links as unknown[] };
}

type Result = { readonly status: number } & ({ readonly link: unknown } | { readonly problem: unknown });

async function makeOne(item: unknown, index: number, making: Making, call: Call, world: World): Promise<Result> {
  const { request, signal } = call;
  const isObject = typeof item === 'object' && item !== null && !Array.isArray(item);
  const input = isObject ? parseNewLink(item as JsonObject, request.hosts, making.at) : noObject;
  if ('problem' in input) return refused(input);
  const { store, now } = world.dependencies;
  const { links, tell } = world.kept;
  try {
    const made = await makeLink(input.value, index, making, { store, now, links }, signal);
    return 'problem' in made ? refused(made) : { status: 201, link: renderLink(made, originOf(request)) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    tell('a link of several could not be made', error);
    return refused({ problem: 'database-unavailable', detail: 'try this one again in a moment' });
  }
}

const noObject = invalidInput([{ pointer: '#', code: 'link-shape', detail: 'a link to make must be an object' }]);

function refused(problem: Problem): Result {
  const rendered = renderProblem(problem);
  return { status: Number(rendered['status']), problem: rendered };
}

/** The results in the order of the items, a few at a time. */
async function mapSome<Item, Value>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  const rest = items.entries();
  const runRest = async (): Promise<void> => {
    for (const [index, item] of rest) values[index] = await run(item, index);
  };
  await Promise.all(Array.from({ length: mostAtOnce }, runRest));
  return values;
}
