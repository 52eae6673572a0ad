import type { ReadSecret, SendDeps } from '../../channels/model.ts';
import type { ProbeDeps } from '../../probe/prober.ts';
import { prepareRequest } from '../../probe/request.ts';
import { type ReadReference, resolveText } from '../../probe/resolve-text.ts';

export type ChannelRequestDeps = { readonly references: ReadReference; readonly signer: ProbeDeps['signer'] };

/**
 * What puts the requests of channels together: the same that does it for probes. What cannot be read for the moment may be later; a
 * parameter that is not there stays away.
 */
export function prepareForChannels({
  references,
  signer,
}: ChannelRequestDeps): Pick<SendDeps, 'prepare' | 'readSecret'> {
  const readSecret: ReadSecret = async (text) => {
    const watch = watchReading(references);
    const found = await resolveText(text, watch.references);
    return 'unresolved' in found ? { ...found, isFinal: watch.isDone() } : { value: found.value };
  };
  return {
    readSecret,
    prepare: async (request, limits, signal) => {
      const watch = watchReading(references);
      const read = (text: Parameters<typeof resolveText>[0]) => resolveText(text, watch.references);
      const prepared = await prepareRequest(request, limits, { resolveText: read, signer, signal });
      return 'unsent' in prepared ? { ...prepared, isFinal: watch.isDone() && !signal.aborted } : prepared;
    },
  };
}

/** The same references, and whether all that was asked for was answered. */
function watchReading(references: ReadReference): { readonly references: ReadReference; isDone(): boolean } {
  let open = 0;
  return {
    references: {
      ...references,
      parameter: async (path) => {
        open += 1;
        const value = await references.parameter(path);
        open -= 1;
        return value;
      },
    },
    isDone: () => open === 0,
  };
}
