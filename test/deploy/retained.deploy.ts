import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { outputsOf, putSecrets, secrets, whatIsLeft } from './account.ts';
import type { Emulator } from './emulator.ts';
import { openPage } from './page.ts';
import { clientSettings, openProject } from './project.ts';
import { slow, steps, until, withEmulator } from './stage.ts';

const stack = 'shortener-prod';
const tables = [`${stack}-ledger`, `${stack}-links`];

await withEmulator('an environment that retains its tables', story);

function story(emulator: Emulator): void {
  const { call, stop } = emulator;
  const project = openProject(emulator);
  const page = openPage('retained', project);
  const dynamodb = new DynamoDBClient(clientSettings(emulator));
  const step = steps();
  let before: Contents = [];
  let code = '';
  let backup = '';

  const follow = async () => {
    const { ShortenerUrl } = await outputsOf(call, stack);
    return (await fetch(`${ShortenerUrl}/${code}`, { redirect: 'manual' })).headers.get('location');
  };
  const contents = async (): Promise<Contents> =>
    Promise.all(
      tables.map(async (TableName) => {
        const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
        return Items.map((item) => JSON.stringify(item)).toSorted();
      }),
    );

  beforeAll(async () => {
    await putSecrets(call);
  }, slow);

  afterAll(async () => {
    dynamodb.destroy();
    project.remove();
    await stop();
  }, slow);

  step('is deployed', async () => {
    await page.run('ALERT_EMAIL=you@example.com npx serverless deploy --stage prod');
  });

  step('does what the page says', async () => {
    for (const command of [
      'npx serverless info --verbose --stage prod',
      'npx serverless deploy function -f probe --stage prod',
      `npx serverless invoke -f probe --stage prod -d '{"monitors":["shortener-health"]}'`,
      `npx serverless invoke -f evaluate --stage prod -d '{}'`,
      'npx serverless logs -f evaluate --stage prod',
      'npx serverless deploy list --stage prod',
    ])
      await page.run(command);
  });

  step('has links, and rows in its ledger', async () => {
    const { ShortenerUrl } = await outputsOf(call, stack);
    const made = await fetch(`${ShortenerUrl}/links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets['write-token']}`, 'content-type': 'application/json' },
      body: '{"url":"https://example.com/kept"}',
    });
    code = ((await made.json()) as { code: string }).code;
    const event = JSON.stringify({ monitors: ['shortener-health'], record: true });
    await project.serverless('invoke', '-f', 'probe', '--stage', 'prod', '-d', event);
    expect(await follow()).toBe('https://example.com/kept');
  });

  step('is backed up, and can be looked at as it was', async () => {
    await page.run('aws dynamodb create-backup --table-name shortener-prod-ledger --backup-name before-the-change');
    await page.run('aws dynamodb scan --table-name shortener-prod-ledger --output json > ledger.json');
    expect(readFileSync(join(project.root, 'ledger.json'), 'utf8')).toContain('tick#us-east-1#');
    await page.run(
      'aws dynamodb restore-table-to-point-in-time --source-table-name shortener-prod-links --target-table-name shortener-prod-links-then --restore-date-time 2026-11-20T10:00:00Z',
      { '2026-11-20T10:00:00Z': new Date().toISOString() },
    );
    await page.run('aws dynamodb wait table-exists --table-name shortener-prod-links-then');
    await page.run('aws dynamodb scan --table-name shortener-prod-links-then --max-items 5');
    const said = await page.run(
      'aws dynamodb create-backup --table-name shortener-prod-links-then --backup-name links-then',
    );
    backup = (JSON.parse(said) as { BackupDetails: { BackupArn: string } }).BackupDetails.BackupArn;
  });

  step('is removed, and leaves its tables alone', async () => {
    await page.run('npx serverless remove --stage prod');
    expect(await whatIsLeft(call, stack)).toEqual([...tables, `${stack}-links-then`]);
    before = await contents();
    expect(JSON.stringify(before)).toContain('https://example.com/kept');
    expect(JSON.stringify(before)).toContain('tick#us-east-1#');
  });

  step('is not made anew over them', async () => {
    await expect(project.serverless('deploy', '--stage', 'prod')).rejects.toThrow('npx burnwatch adopt --stage prod');
    expect(await contents()).toEqual(before);
  });

  step('is refused a table that another stack has, and leaves no stack behind', async () => {
    await importInto('other', tables[0] ?? '');
    const { code: exit, stderr } = await project.burnwatch('adopt', '--stage', 'prod');
    expect([exit, stderr]).toEqual([
      2,
      expect.stringMatching(/did not take the tables.*already exists in stack .*other/),
    ]);
    const isGone = () =>
      call('cloudformation', 'describe_stacks', { StackName: stack }).then(
        () => undefined,
        (error: unknown) => String(error).includes('does not exist') || undefined,
      );
    await until(10, 'the stack that was made for it to be gone', isGone);
    await call('cloudformation', 'delete_stack', { StackName: 'other' });
    expect(await contents()).toEqual(before);
  });

  step('takes them back, one of them from a backup, and finds in them all that was there', async () => {
    await page.run('aws dynamodb delete-table --table-name shortener-prod-links');
    const shown =
      'arn:aws:dynamodb:us-east-1:123456789012:table/shortener-prod-links-then/backup/01764150000000-0123abcd';
    await page.run(
      `aws dynamodb restore-table-from-backup --target-table-name shortener-prod-links --backup-arn ${shown}`,
      { [shown]: backup },
    );
    for (const command of [
      'aws dynamodb wait table-exists --table-name shortener-prod-links',
      'aws dynamodb update-time-to-live --table-name shortener-prod-links --time-to-live-specification Enabled=true,AttributeName=expiresAt',
      'aws dynamodb update-continuous-backups --table-name shortener-prod-links --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true',
      'npx burnwatch adopt --stage prod',
    ])
      await page.run(command);
    expect((await contents())[0]).toEqual(before[0]);
    await page.run('npx serverless deploy --stage prod');
    expect(await follow()).toBe('https://example.com/kept');
    const [ledger = [], links = []] = await contents();
    expect(before[0]?.filter((row) => !ledger.includes(row))).toEqual([]);
    expect(links.length).toBe(before[1]?.length);
  });

  step('has nothing more to take, and belongs to the stack again', async () => {
    const { code: exit, stdout } = await project.burnwatch('adopt', '--stage', 'prod', '--json');
    expect([exit, JSON.parse(stdout)]).toEqual([1, { stack, tables: [] }]);
    const owned = (await call('cloudformation', 'list_stack_resources', { StackName: stack })) as Owned;
    const ours = owned.StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::DynamoDB::Table');
    expect(ours.map(({ PhysicalResourceId }) => PhysicalResourceId).toSorted()).toEqual(tables);
    expect(page.left()).toEqual([]);
  });

  /** Makes a stack of a table that is there, and of nothing else. */
  async function importInto(StackName: string, TableName: string): Promise<void> {
    const keys = ['pk', 'sk'];
    const Properties = {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    };
    const Table = { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', Properties };
    const set = { StackName, ChangeSetName: 'import' };
    await call('cloudformation', 'create_change_set', {
      ...set,
      ChangeSetType: 'IMPORT',
      TemplateBody: JSON.stringify({ Resources: { Table } }),
      ResourcesToImport: [
        {
          ResourceType: 'AWS::DynamoDB::Table',
          LogicalResourceId: 'Table',
          ResourceIdentifier: { TableName },
        },
      ],
    });
    await call('cloudformation', 'execute_change_set', set);
    await until(10, 'the import', async () => {
      const { Stacks } = (await call('cloudformation', 'describe_stacks', { StackName })) as {
        readonly Stacks: readonly { readonly StackStatus: string }[];
      };
      return Stacks[0]?.StackStatus === 'IMPORT_COMPLETE' || undefined;
    });
  }
}

/** The rows of each table, as text. */
type Contents = readonly (readonly string[])[];
type Owned = {
  readonly StackResourceSummaries: readonly { readonly ResourceType: string; readonly PhysicalResourceId: string }[];
};
