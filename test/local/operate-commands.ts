import { readFileSync } from 'node:fs';

/**
 * How a command of docs/operate.md is tried: run against local mode, with what it must end with and say; by the AWS CLI, which
 * takes it and sends it to local mode, where there is no such table, or no such thing to do; or elsewhere, and where.
 */
export type Tried =
  | { readonly code: number; readonly output: RegExp }
  | 'sent by the CLI'
  | { readonly elsewhere: string };

const account = 'it needs an AWS account';
const emulated = (what: string) => ({ elsewhere: `${account}; ${what} in an emulator` });
const key = '/burnwatch/ack-key';
const current = `aws ssm get-parameter --name ${key} --with-decryption --query Parameter.Value --output text`;
const put = (name: string, value: string) =>
  `aws ssm put-parameter --name ${name} --type SecureString --overwrite --value "$(${value})"`;

/** Every command of the page, in its order. */
export const operateCommands: Readonly<Record<string, Tried>> = {
  'npx burnwatch status': { elsewhere: 'readme.test.ts runs it, for the README' },
  'npx burnwatch doctor': { elsewhere: 'readme.test.ts runs it, for the README' },
  'npm ci': { elsewhere: 'it is how the continuous integration begins' },
  'npx burnwatch validate': { code: 0, output: /monitors\.yml/ },
  'npx burnwatch cost --max 15': { code: 0, output: /the monitoring +\$\d/ },
  'npx serverless deploy --stage prod': emulated('retained.deploy.ts deploys'),
  'npx burnwatch doctor --stage prod': emulated('stack.deploy.ts asks the doctor'),
  'npx serverless deploy list --stage prod': emulated('retained.deploy.ts lists'),
  'npx serverless rollback --timestamp 1764150000000 --stage prod': emulated('stack.deploy.ts rolls back'),
  'npx serverless remove --stage dev --param delete=true': emulated('stack.deploy.ts removes'),
  'npx burnwatch adopt --stage prod': emulated('retained.deploy.ts adopts'),
  'aws dynamodb create-backup --table-name shortener-prod-ledger --backup-name before-the-change': 'sent by the CLI',
  'aws dynamodb scan --table-name shortener-prod-ledger --output json > ledger.json': { code: 0, output: /^$/ },
  'aws dynamodb restore-table-to-point-in-time --source-table-name shortener-prod-links --target-table-name shortener-prod-links-then --restore-date-time 2026-11-20T10:00:00Z':
    'sent by the CLI',
  'aws dynamodb wait table-exists --table-name shortener-prod-links-then': {
    elsewhere: 'the CLI has no way to check it, and it would wait for ten minutes',
  },
  'aws dynamodb scan --table-name shortener-prod-links-then --max-items 5': 'sent by the CLI',
  'aws dynamodb create-backup --table-name shortener-prod-links-then --backup-name links-then': 'sent by the CLI',
  'npx serverless remove --stage prod': emulated('retained.deploy.ts removes'),
  'aws dynamodb delete-table --table-name shortener-prod-links': 'sent by the CLI',
  'aws dynamodb restore-table-from-backup --target-table-name shortener-prod-links --backup-arn arn:aws:dynamodb:us-east-1:123456789012:table/shortener-prod-links-then/backup/01764150000000-0123abcd':
    'sent by the CLI',
  'aws dynamodb wait table-exists --table-name shortener-prod-links': { code: 0, output: /^$/ },
  'aws dynamodb update-time-to-live --table-name shortener-prod-links --time-to-live-specification Enabled=true,AttributeName=expiresAt':
    'sent by the CLI',
  'aws dynamodb update-continuous-backups --table-name shortener-prod-links --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true':
    'sent by the CLI',
  [put(key, `openssl rand -hex 32; ${current}`)]: { code: 0, output: /"Version": 1/ },
  [put(key, `${current} | head -n 1`)]: { code: 0, output: /"Version": 1/ },
  [put('/burnwatch/write-token', 'openssl rand -hex 32')]: { code: 0, output: /"Version": 1/ },
};

/** The commands that a page shows, a line each, once. */
export function commandsIn(path: string): readonly string[] {
  const blocks = [...readFileSync(path, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)];
  const lines = blocks.flatMap(([, text = '']) => text.split('\n')).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))];
}
