/** The stories that run commands of docs/deploy.md, and of docs/operate.md. */
export type StoryName = 'minutes' | 'retained';

/**
 * How a command of docs/deploy.md is tried: by a story, with what it must end with and say; as another command that a story runs, with
 * other names in it; in another test; or not, and why.
 */
export type Tried =
  | { readonly by: StoryName; readonly code?: number; readonly output: RegExp }
  | { readonly like: string }
  | { readonly file: string }
  | { readonly notRun: string };

const retained = (output: RegExp) => ({ by: 'retained', output }) as const;
const minutes = (output: RegExp) => ({ by: 'minutes', output }) as const;
/** What the emulator answers to it proves nothing, but that the command is one. */
const wellFormed = minutes(/^/);
/** Beside other tests an emulator may take longer than the monitor's `degradedAfter`. */
const slowOrNot = /"outcome": "(passed|degraded)"/;
const deployProd = 'ALERT_EMAIL=you@example.com npx serverless deploy --stage prod';
const removeProd = 'npx serverless remove --stage prod';
const readme = { file: 'test/local/readme.test.ts' } as const;
const roleArn = '"$(aws iam get-role --role-name shortener-dev-us-east-1-probe --query Role.Arn --output text)"';

/** Every command of docs/deploy.md, as it stands there. One that is missing here, or is not on the page any more, fails a unit test. */
export const commands: Readonly<Record<string, Tried>> = {
  'git clone https://github.com/you/burnwatch && cd burnwatch && npm ci': {
    notRun: 'it is how the continuous integration begins, in a clone',
  },
  'npx burnwatch cost --max 5': minutes(/the monitoring +\$1\.35/),
  'export ALERT_EMAIL=you@example.com': wellFormed,
  'npx serverless deploy': minutes(/Service deployed to stack shortener-dev/),
  'aws ssm put-parameter --name /burnwatch/write-token --type SecureString --value "$(openssl rand -hex 32)"':
    minutes(/"Version": 1/),
  'npx burnwatch drill --stage dev': minutes(/held: an alert reaches oncall/),
  'npx burnwatch status --stage dev': minutes(/shortener-health +(passed|degraded)[\s\S]*nothing is wrong/),
  // The emulator keeps no metrics of functions that a schedule invokes.
  'npx burnwatch doctor --stage dev': {
    by: 'minutes',
    code: 1,
    output: /secrets +fine[\s\S]*has not run for ten minutes/,
  },
  'npx serverless remove --param delete=true': minutes(/successfully removed/),
  'aws ssm delete-parameter --name /burnwatch/write-token': wellFormed,

  [deployProd]: retained(/Service deployed to stack shortener-prod/),
  'aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com':
    wellFormed,
  'npx serverless package': readme,
  'npx serverless deploy --stage prod --region eu-west-1': { like: deployProd },
  'npx serverless deploy function -f probe --stage prod': retained(/deployed|unchanged/i),
  [`npx serverless invoke -f probe --stage prod -d '{"monitors":["shortener-health"]}'`]: retained(slowOrNot),
  [`npx serverless invoke -f burst --stage prod -d '{"burst":"redirects"}'`]: readme,
  [`npx serverless invoke -f evaluate --stage prod -d '{}'`]: retained(/"fired": 0/),
  'npx serverless logs -f evaluate --stage prod': retained(/"message":"evaluated"/),
  'npx serverless info --verbose --stage prod': retained(/ShortenerUrl: http/),
  'npx serverless remove --stage dev': { like: removeProd },
  'npx serverless deploy --stage prod --param shortener=off --param config=mine.yml': minutes(
    /Service deployed to stack example-com-prod/,
  ),
  'npx serverless deploy --stage prod --param vpcSubnets=subnet-0123456789abcdef0,subnet-0fedcba9876543210 --param vpcSecurityGroups=sg-0123456789abcdef0':
    { notRun: 'it takes a VPC; package-heartbeat.test.ts packages with such parameters' },
  [`npx serverless invoke local -f probe -d '{"monitors":["shortener-health"]}'`]: readme,
  [`npx serverless invoke local -f probe -d '{"monitors":["shortener-health"]}' -e OUTPUT_ShortenerUrl=https://go.example.com`]:
    minutes(/"outcome": "(failed|unknown|passed)"/),
  'export AWS_ENDPOINT_URL=http://127.0.0.1:7566 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x': {
    notRun: 'the stories set their own',
  },
  'npx serverless deploy --param savedQueries=off': minutes(/Service deployed to stack shortener-dev/),

  'npx serverless logs -f probe --stage dev --startTime 10m --filter probed': minutes(
    /"message":"probed".*"at":\d{13}/,
  ),
  [`aws iam simulate-principal-policy --policy-source-arn ${roleArn} --action-names cloudwatch:PutMetricData --context-entries ContextKeyName=cloudwatch:namespace,ContextKeyValues=Other,ContextKeyType=string --query 'EvaluationResults[].EvalDecision'`]:
    minutes(/"implicitDeny"/),
  [`aws iam simulate-principal-policy --policy-source-arn ${roleArn} --action-names dynamodb:PutItem --resource-arns "$(aws dynamodb describe-table --table-name shortener-dev-ledger --query Table.TableArn --output text)" --context-entries ContextKeyName=dynamodb:LeadingKeys,ContextKeyValues=alerts,ContextKeyType=stringList --query 'EvaluationResults[].EvalDecision'`]:
    wellFormed,
  ...Object.fromEntries(
    ['probe', 'evaluate'].map((name) => [
      `aws logs filter-log-events --log-group-name /aws/lambda/shortener-dev-${name} --filter-pattern '?AccessDenied ?"not authorized"' --query 'events[].message'`,
      minutes(/^\[\]\s*$/),
    ]),
  ),
  "aws cloudwatch list-metrics --namespace Burnwatch --query 'Metrics[].MetricName'": minutes(/"ProbeLatency"/),
  'aws cloudwatch get-metric-statistics --namespace Burnwatch --metric-name ProbeLatency --dimensions Name=Service,Value=shortener Name=Environment,Value=dev Name=Monitor,Value=shortener-health --start-time "$(($(date +%s) - 3600))" --end-time "$(date +%s)" --period 60 --extended-statistics p99':
    // Latencies that were taken while the machine was short of CPU are not published: there may be none.
    minutes(/"Label": "ProbeLatency"/),
  'npx serverless info --verbose --stage dev': { like: 'npx serverless info --verbose --stage prod' },
  "aws cloudwatch set-alarm-state --alarm-name shortener-dev-probe-dead --state-value ALARM --state-reason 'does it mail?'":
    wellFormed,
  'aws lambda put-function-concurrency --function-name shortener-dev-evaluate --reserved-concurrent-executions 0':
    minutes(/"ReservedConcurrentExecutions": 0/),
  "aws cloudwatch describe-alarms --alarm-names shortener-dev-evaluate-dead --query 'MetricAlarms[].StateValue'":
    minutes(/"(OK|ALARM|INSUFFICIENT_DATA)"/),
  'aws lambda delete-function-concurrency --function-name shortener-dev-evaluate': wellFormed,
  "aws apigatewayv2 get-stage --api-id \"$(aws cloudformation describe-stacks --stack-name shortener-dev --query 'Stacks[0].Outputs[?OutputKey==`ApiId`].OutputValue' --output text)\" --stage-name '$default' --query DefaultRouteSettings":
    wellFormed,
  'aws dynamodb describe-time-to-live --table-name shortener-dev-ledger --query TimeToLiveDescription.TimeToLiveStatus':
    wellFormed,
  'npx serverless deploy --stage trial --param retain=true': { like: deployProd },
  'npx serverless remove --stage trial': { like: removeProd },
  'npx burnwatch adopt --stage trial --param retain=true': { like: 'npx burnwatch adopt --stage prod' },
  'npx serverless deploy --stage trial': { like: deployProd },
  'npx serverless remove --stage trial --param delete=true': { like: 'npx serverless remove --param delete=true' },

  // Of docs/operate.md.
  'npx serverless deploy list --stage prod': retained(/Timestamp: \d{13}/),
  'aws dynamodb create-backup --table-name shortener-prod-ledger --backup-name before-the-change':
    retained(/"BackupStatus": "AVAILABLE"/),
  'aws dynamodb scan --table-name shortener-prod-ledger --output json > ledger.json': retained(/^$/),
  'aws dynamodb restore-table-to-point-in-time --source-table-name shortener-prod-links --target-table-name shortener-prod-links-then --restore-date-time 2026-11-20T10:00:00Z':
    retained(/"TableName": "shortener-prod-links-then"/),
  'aws dynamodb wait table-exists --table-name shortener-prod-links-then': retained(/^$/),
  'aws dynamodb scan --table-name shortener-prod-links-then --max-items 5': retained(/https:\/\/example\.com\/kept/),
  'aws dynamodb create-backup --table-name shortener-prod-links-then --backup-name links-then': retained(/"BackupArn"/),
  [removeProd]: retained(/stays: the table shortener-prod-ledger[\s\S]*successfully removed/),
  'aws dynamodb delete-table --table-name shortener-prod-links': retained(/"TableName": "shortener-prod-links"/),
  'aws dynamodb restore-table-from-backup --target-table-name shortener-prod-links --backup-arn arn:aws:dynamodb:us-east-1:123456789012:table/shortener-prod-links-then/backup/01764150000000-0123abcd':
    retained(/"TableName": "shortener-prod-links"/),
  'aws dynamodb wait table-exists --table-name shortener-prod-links': retained(/^$/),
  'aws dynamodb update-time-to-live --table-name shortener-prod-links --time-to-live-specification Enabled=true,AttributeName=expiresAt':
    retained(/"Enabled": true/),
  'aws dynamodb update-continuous-backups --table-name shortener-prod-links --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true':
    retained(/"PointInTimeRecoveryStatus": "ENABLED"/),
  'npx burnwatch adopt --stage prod': retained(/shortener-prod-ledger and shortener-prod-links/),
  'npx serverless deploy --stage prod': retained(/Service deployed to stack shortener-prod/),
};
