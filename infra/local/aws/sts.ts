import type { Service } from './service.ts';
import { account } from './service.ts';

/** Who am I: always the same. */
export const sts: Service = {
  GetCallerIdentity: () => ({ UserId: 'LOCAL', Account: account, Arn: `arn:aws:iam::${account}:user/local` }),
};
