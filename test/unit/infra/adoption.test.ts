import { adoptionOf, tableNames } from '../../../infra/adoption.ts';
import { buildResources } from '../../../infra/resources.ts';
import { aConfig } from './configs.ts';

const deployed = buildResources(aConfig(), {
  stage: 'prod',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: true,
  logRetentionDays: 30,
});
const both = ['shortener-prod-ledger', 'shortener-prod-links'];
const { LedgerTable, LinksTable } = deployed.Resources;
const named = (LogicalResourceId: string, TableName: string | undefined) => ({
  ResourceType: 'AWS::DynamoDB::Table',
  LogicalResourceId,
  ResourceIdentifier: { TableName },
});

describe('what a stack takes back', () => {
  it('is every table that is there, each as a deployment makes it, into a stack of nothing else', () => {
    expect(tableNames(deployed)).toEqual(both);
    expect(adoptionOf(deployed, {}, both)).toEqual({
      adopted: [named('LedgerTable', both[0]), named('LinksTable', both[1])],
      template: { Resources: { LedgerTable, LinksTable } },
    });
    expect([LedgerTable, LinksTable].map((each) => each?.['DeletionPolicy'])).toEqual(['Retain', 'Retain']);
  });

  it('is not a table that is gone', () => {
    expect(adoptionOf(deployed, {}, ['shortener-prod-links'])).toEqual({
      adopted: [named('LinksTable', both[1])],
      template: { Resources: { LinksTable } },
    });
  });

  it('leaves all that is in the stack as it is, and its tables too', () => {
    const own = { LinksTable: { Type: 'other' }, ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } };
    const stack = { Description: 'own', Resources: own, Outputs: { Bucket: { Value: 'b' } } };
    expect(adoptionOf(deployed, stack, both)).toEqual({
      adopted: [named('LedgerTable', both[0])],
      template: { ...stack, Resources: { ...own, LedgerTable } },
    });
    expect(adoptionOf(deployed, { Resources: { LedgerTable: {}, LinksTable: {} } }, both).adopted).toEqual([]);
  });
});
