import { quoteLightly } from '../../../shared/message/shell.ts';

/** What was typed beside the command, and belongs to each of those that are printed. */
export type Typed = {
  readonly stage?: string | undefined;
  readonly config?: string | undefined;
  readonly param?: readonly string[] | undefined;
};
export type LocationCommands = { readonly deploy: string; readonly remove: string };

/**
 * How the stack of a region is made, and removed. `used` are the outputs of home that a stack elsewhere is told: those that are not in
 * `outputs` stand as `<Name>`. So do the values of subnets and security groups there, because what is typed is of home.
 */
export function commandsFor(
  region: string,
  { stage = 'dev', config, param = [] }: Typed,
  elsewhere: { readonly used: readonly string[]; readonly outputs: Readonly<Record<string, string>> } | undefined,
): LocationCommands {
  const others = param.filter((each) => !each.startsWith('outputs='));
  const typed = config === undefined ? others : [...others, `config=${config}`];
  const params = elsewhere === undefined ? typed : typed.map((each) => each.replace(ofOneRegion, '$1=<$1>'));
  const outputs = (elsewhere?.used ?? []).map((name) => `${name}=${elsewhere?.outputs[name] ?? `<${name}>`}`).join(' ');
  const command = (verb: string, given: readonly string[]) =>
    [`npx serverless ${verb} --stage ${quoteLightly([stage])} --region ${region}`, ...given.map(asOption)].join(' ');
  return {
    deploy: command('deploy', outputs === '' ? params : [...params, `outputs=${outputs}`]),
    remove: command(
      'remove',
      typed.filter((each) => !ofOneRegion.test(each)),
    ),
  };
}

const ofOneRegion = /^(vpcSubnets|vpcSecurityGroups)=.*$/s;
const asOption = (param: string): string => `--param ${quoteLightly([param])}`;
