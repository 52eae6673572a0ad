import { mutate } from './mutations.ts';

/** Breaks the packaged template by BURNWATCH_MUTATION, after all has been merged into it and before it is written. */
export default class MutationPlugin {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        mutate(serverless.service.provider.compiledCloudFormationTemplate, process.env.BURNWATCH_MUTATION),
    };
  }
}
