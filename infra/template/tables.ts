import { keyOf } from './encryption.ts';
import { nameOf, type Resource, type Resources, type Stack } from './model.ts';

/** The ledger, and the shortener's links where there is a shortener. */
export function tables(stack: Stack): Resources {
  const ledger = { LedgerTable: table(stack, 'ledger') };
  return stack.isShortenerOn ? { ...ledger, LinksTable: table(stack, 'links') } : ledger;
}

function table(stack: Stack, thing: string): Resource {
  const policy = stack.isRetained ? 'Retain' : 'Delete';
  const key = keyOf(stack);
  return {
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: policy,
    UpdateReplacePolicy: policy,
    Properties: {
      TableName: nameOf(stack, thing),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: stack.isRetained },
      ...(key === undefined ? {} : { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key } }),
    },
  };
}
