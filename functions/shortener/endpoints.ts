import type { Endpoint, World } from './endpoint.ts';
import { checkLiveness } from './health.ts';
import type { RouteId } from './route-table.ts';
import { createLink } from './routes/create-link.ts';
import { createLinks } from './routes/create-links.ts';
import { deleteFault, readFault, saveFault } from './routes/faults.ts';
import { followDemo, followLink } from './routes/follow-link.ts';
import { changeLink, deleteLink, listLinks, readLink } from './routes/links.ts';
import { readClicks } from './routes/read-clicks.ts';

/** What each route does. What a redirect does not need is loaded when it is first asked for. */
export function createEndpoints(world: World): Readonly<Record<RouteId, Endpoint>> {
  const { now, readAsset } = world.dependencies;
  const file = (name: string, type: string): Endpoint =>
    later(async () => (await import('./routes/assets.ts')).loadFile(name, type, readAsset));
  return {
    createLink: createLink(world),
    createLinks: createLinks(world),
    listLinks: listLinks(world),
    readLink: readLink(world),
    changeLink: changeLink(world),
    deleteLink: deleteLink(world),
    readClicks: readClicks(world),
    followLink: followLink(world),
    previewLink: later(async () => (await import('./routes/preview-link.ts')).previewLink(world)),
    drawCode: later(async () => (await import('./routes/draw-code.ts')).drawCode(world)),
    followDemo,
    checkLiveness: async () => checkLiveness(now()),
    checkReadiness: ({ signal }) => world.kept.checkReadiness(signal),
    readFault: readFault(world),
    saveFault: saveFault(world),
    deleteFault: deleteFault(world),
    showPage: later(async () => (await import('./routes/assets.ts')).loadPage(readAsset)),
    loadScript: file('app.js', 'text/javascript; charset=utf-8'),
    loadStyles: file('app.css', 'text/css; charset=utf-8'),
    describeApi: later(async () => (await import('./routes/describe-api.ts')).describeApi),
  };
}

/** An endpoint that is loaded at its first call; what failed to load is tried again. */
function later(load: () => Promise<Endpoint>): Endpoint {
  let loaded: Endpoint | undefined;
  return async (call) => {
    loaded ??= await load();
    return loaded(call);
  };
}
