import { formatShortDuration } from '../../shared/message/format.ts';
import {
  type Check,
  doubtful,
  type ExpectedParameter,
  type Finding,
  look,
  type ParameterState,
  type TargetSeen,
  wrong,
} from './model.ts';

/** A reference that does not resolve disables what uses it. */
export const secrets: Check = {
  id: 'secrets',
  looksAt: 'SSM parameters: there, with a value',
  judge: ({ parameters }, expected) =>
    expected.parameters.flatMap((parameter) => {
      const seen = parameters[parameter.path] ?? { unseen: 'was not asked for' };
      return look(seen, (state) => parameterFindings(parameter, state), `${parameter.path}:`);
    }),
};

function parameterFindings({ path, usedBy }: ExpectedParameter, state: ParameterState): readonly Finding[] {
  if (state === 'there') return [];
  const problem = state === 'empty' ? 'is empty' : 'does not exist';
  return [
    wrong(
      `the parameter ${path} ${problem}: ${usedBy} cannot work`,
      `aws ssm put-parameter --name ${path} --type SecureString --overwrite --value …`,
    ),
  ];
}

/** As the probe itself would judge them, by the names that this machine resolves. */
export const targets: Check = {
  id: 'targets',
  looksAt: 'targets and channels: allowed by the policy',
  judge: ({ targets }) => targets.flatMap(targetFindings),
};

function targetFindings({ user, host, addresses, allowPrivate }: TargetSeen): readonly Finding[] {
  if (addresses.length === 0)
    return [
      doubtful(
        `${host}, of ${user}, does not resolve from here`,
        'is the name right, and known where it is asked from?',
      ),
    ];
  const blocked = addresses.filter(({ kind }) => kind === 'metadata' || (kind === 'private' && !allowPrivate));
  const [first] = blocked;
  if (first === undefined) return [];
  const is = host === first.address ? host : `${host} (${first.address})`;
  const what = `${user} is blocked at ${is}: ${first.kind === 'metadata' ? 'a metadata address, never allowed' : 'not a public address'}`;
  const mend =
    first.kind === 'metadata' ? 'name another target' : `set allowPrivate: true on the ${user}, if it is meant`;
  return [blocked.length === addresses.length ? wrong(what, mend) : doubtful(what, mend)];
}

/** Signatures of another time than AWS's are refused beyond five minutes; well before that instants read wrong. */
const [mostSkewMs, refusedSkewMs] = [30_000, 5 * 60_000];

export const clock: Check = {
  id: 'clock',
  looksAt: "this machine's clock against that of AWS",
  judge: ({ clock }) =>
    look(clock, (aheadMs) => {
      const [skewMs, way] = [Math.abs(aheadMs), aheadMs > 0 ? 'ahead' : 'behind'];
      if (skewMs <= mostSkewMs) return [];
      const what = `this machine's clock is ${formatShortDuration(skewMs)} ${way}`;
      const mend = 'set it by NTP: timedatectl set-ntp true';
      return [skewMs >= refusedSkewMs ? wrong(`${what}: AWS refuses what it signs`, mend) : doubtful(what, mend)];
    }),
};
