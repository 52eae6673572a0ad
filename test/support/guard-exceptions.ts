/**
 * Rules of AWS Control Tower that the stack breaks knowingly, each with its reason. Every other rule that applies must
 * hold, and a rule that holds again must leave this list.
 */
export const guardExceptions: Readonly<Record<string, string>> = {
  'CT.APIGATEWAY.PR.4':
    'An access log of the shortener would hold the addresses of its visitors and cost more than all of the monitoring; the function logs what fails.',
  'CT.APIGATEWAY.PR.5':
    'A shortener is there for everyone; what changes something asks for a bearer token in the function itself, and the stage is throttled.',
  'CT.CLOUDWATCH.PR.2':
    'Thirty days of logs are enough to look at an incident and keep the price; --param logRetentionDays=365 satisfies the rule.',
  'CT.CLOUDWATCH.PR.3':
    'CloudWatch encrypts every log group; a key of your own (--param encryption) costs a dollar a month, and no secret, body or address is logged.',
  'CT.DYNAMODB.PR.2':
    'DynamoDB encrypts every table with a key that AWS owns; one of your own (--param encryption) is paid for each minute, and the tables hold no secrets.',
  'CT.LAMBDA.PR.2':
    'The permission is bound to this API by SourceArn, in a form (Fn::Join, by the framework) that the rule does not read.',
  'CT.LAMBDA.PR.3':
    'The targets are on the internet: a VPC would need a NAT gateway, which costs ten times what the monitoring does.',
  'CT.S3.PR.2':
    'The bucket holds the packages of deployments, for CloudFormation alone; CloudTrail knows who deployed.',
  'CT.S3.PR.4': 'Nothing has to happen when a package is uploaded.',
  'CT.S3.PR.8':
    'The policy does refuse plain HTTP, with a false and with ARNs (by the framework) where the rule reads only text and other forms.',
  'CT.S3.PR.9': 'Packages of earlier deployments are deleted after five; a lock would keep them for ever.',
  'CT.S3.PR.10': 'S3 encrypts the packages; they are made of the sources and hold no secrets.',
  'CT.S3.PR.11': 'A package is never overwritten: each deployment uploads to a path of its own.',
};
