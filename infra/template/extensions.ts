import type { Json } from '../../shared/config/model.ts';
import { hasApi, type Stack } from './model.ts';

type Extension = { readonly Properties: { readonly [name: string]: Json } };

/** What we add to resources that the framework makes. */
export function extensions(stack: Stack): Readonly<Record<string, Extension>> {
  return {
    ServerlessDeploymentBucket: tidied,
    ...(hasApi(stack) ? { HttpApiStage: throttled } : {}),
  };
}

/** Uploads that broke off would lie there, and cost, for ever. */
const tidied: Extension = {
  Properties: {
    LifecycleConfiguration: {
      Rules: [{ Id: 'broken-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
    },
  },
};

/** The account's own limits would let a stranger run up a bill; these leave room for a burst. */
const throttled: Extension = {
  Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 1_000 } },
};
