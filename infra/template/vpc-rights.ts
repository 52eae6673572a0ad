import { arnOf, type FunctionName, nameOf, type Stack } from './model.ts';
import { allow, type Statement } from './statements.ts';

/**
 * What Lambda itself needs to keep a function in a VPC, on all resources because it asks for it so:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const manageInterfaces = allow(
  [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  '*',
);

/**
 * Lambda calls them, not the function, whose credentials carry its ARN: what signs its requests could use them. The
 * ARN is put together, because the function refers to its role.
 */
const keepInterfacesFromCode = (name: FunctionName, stack: Stack): Statement => ({
  ...manageInterfaces,
  Effect: 'Deny',
  Condition: { ArnEquals: { 'lambda:SourceFunctionArn': arnOf('lambda', `function:${nameOf(stack, name)}`) } },
});

/** Functions that send requests to targets are placed where these are reached. */
export function inVpc(name: FunctionName, stack: Stack): readonly Statement[] {
  return stack.vpc === undefined ? [] : [manageInterfaces, keepInterfacesFromCode(name, stack)];
}
