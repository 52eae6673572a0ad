import { readJsonObject } from '../body.ts';
import type { Endpoint, World } from '../endpoint.ts';
import { jsonAnswer } from '../http.ts';
import { once } from '../idempotency.ts';
import { parseNewLink, renderLink } from '../link.ts';
import { makeLink } from '../making.ts';
import { originOf } from '../origin.ts';

export function createLink(world: World): Endpoint {
  const { store, now } = world.dependencies;
  const { links } = world.kept;
  return async (call) => {
    const { request, signal } = call;
    const body = readJsonObject(request);
    if ('problem' in body) return body;
    return once(call, world, async (making) => {
      const input = parseNewLink(body.value, request.hosts, making.at);
      if ('problem' in input) return input;
      const made = await makeLink(input.value, 0, making, { store, now, links }, signal);
      if ('problem' in made) return made;
      return jsonAnswer(201, renderLink(made, originOf(request)), { location: `/links/${made.code}` });
    });
  };
}
