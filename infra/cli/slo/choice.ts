import { BurnwatchError, type Config, type Slo } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { thereAre } from '../there-are.ts';

/** The SLO of this name. Throws BURN_USAGE, with those that there are, where there is none; `asked` says who named it. */
export function chooseSlo({ slos }: Config, id: string | undefined, asked: string): Slo {
  const ids = slos.map((slo) => slo.id);
  const there = thereAre(ids);
  if (id === undefined) throw usage(`which SLO? ${asked}; ${there}`);
  const found = slos.find((slo) => slo.id === id);
  if (found) return found;
  throw usage(`no SLO is called ${shown(id)}${didYouMean(id, ids) || `; ${there}`}`);
}

const shown = (id: string): string => JSON.stringify(id.length <= 80 ? id : `${id.slice(0, 79)}…`);
const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
