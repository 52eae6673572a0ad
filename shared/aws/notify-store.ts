import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { NotifyStore, Refusal, Remembered } from '../app/notify/model.ts';
import { requireFormat } from './format.ts';

const partition = 'notify';
const hourMs = 3_600_000;
const minuteMs = 60_000;
const longestProblem = 200;
/** What is remembered is of use as long as a message may come again: Lambda gives up on one after hours, SNS after weeks. */
const keptSeconds = 14 * 86_400;

/** What `notify` remembers, in the ledger's table: an item for each message and channel, and one for each channel's report. */
export function createNotifyStore(client: DynamoDBClient, table: string, now: () => number): NotifyStore {
  const keyed = (sk: string) => ({ TableName: table, Key: { pk: { S: partition }, sk: { S: sk } } });
  const expiresAt = () => ({ N: String(Math.floor(now() / 1_000) + keptSeconds) });
  const names = { '#expiresAt': 'expiresAt' };

  return {
    load: async (messageId) => {
      const prefix = messagePrefix(messageId);
      const { Items: items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': { S: partition }, ':prefix': { S: prefix } },
        }),
      );
      return new Map(items.map((item) => [(item['sk']?.S ?? '').slice(prefix.length), rememberedOf(item)]));
    },
    saveTold: async (messageId, channel) => {
      await client.send(
        new UpdateItemCommand({
          ...keyed(messagePrefix(messageId) + channel),
          UpdateExpression: 'SET #told = :true, #toldAt = if_not_exists(#toldAt, :now), #expiresAt = :expiresAt',
          ExpressionAttributeNames: { ...names, '#told': 'told', '#toldAt': 'toldAt' },
          ExpressionAttributeValues: {
            ':true': { BOOL: true },
            ':now': { N: String(now()) },
            ':expiresAt': expiresAt(),
          },
        }),
      );
    },
    saveRefused: async (messageId, channel, refusal) => {
      await client.send(
        new UpdateItemCommand({
          ...keyed(messagePrefix(messageId) + channel),
          UpdateExpression: 'SET #refusal = :refusal, #expiresAt = :expiresAt',
          ExpressionAttributeNames: { ...names, '#refusal': 'refusal' },
          ExpressionAttributeValues: { ':refusal': { S: JSON.stringify(refusal) }, ':expiresAt': expiresAt() },
        }),
      );
    },
    countFailure: async (messageId, channel, problem) => {
      const { Attributes: counted } = await client.send(
        new UpdateItemCommand({
          ...keyed(messagePrefix(messageId) + channel),
          UpdateExpression: 'SET #expiresAt = :expiresAt, #problem = :problem ADD #failures :one',
          ExpressionAttributeNames: { ...names, '#failures': 'failures', '#problem': 'problem' },
          ExpressionAttributeValues: {
            ':one': { N: '1' },
            ':problem': { S: problem.slice(0, longestProblem) },
            ':expiresAt': expiresAt(),
          },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(counted?.['failures']?.N ?? 1);
    },
    claimReport: async (channel, messageId, at) => {
      const Item = {
        pk: { S: partition },
        sk: { S: reportKey(channel) },
        claimedAt: { N: String(at) },
        message: { S: messageId },
        expiresAt: expiresAt(),
      };
      try {
        await client.send(new PutItemCommand({ TableName: table, Item, ...claimCondition(messageId, at) }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    saveReport: async (channel, messageId, at) => {
      try {
        await client.send(
          new UpdateItemCommand({
            ...keyed(reportKey(channel)),
            UpdateExpression: 'SET #reportedAt = :at',
            ConditionExpression: '#message = :message',
            ExpressionAttributeNames: { '#reportedAt': 'reportedAt', '#message': 'message' },
            ExpressionAttributeValues: { ':at': { N: String(at) }, ':message': { S: messageId } },
          }),
        );
      } catch (error) {
        // Somebody else has claimed it since, and says when they have reported.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

/** What this very store has written. */
function rememberedOf(item: Record<string, AttributeValue>): Remembered {
  requireFormat('told message', item);
  const { told, toldAt, refusal, failures, problem } = item;
  if (told?.BOOL === true) return { isTold: true, ...(toldAt?.N !== undefined && { toldAt: Number(toldAt.N) }) };
  return {
    isTold: false,
    ...(refusal?.S !== undefined && { refusal: JSON.parse(refusal.S) as Refusal }),
    ...(failures?.N !== undefined && { failures: Number(failures.N) }),
    ...(problem?.S !== undefined && { problem: problem.S }),
  };
}

const messagePrefix = (messageId: string): string => `message#${messageId}#`;
const reportKey = (channel: string): string => `report#${channel}`;

/**
 * Nobody has reported within the hour, nor claimed it within the minute; a claim without a report may be taken up by the message
 * that made it, whose invocation has ended before it came so far.
 */
function claimCondition(messageId: string, at: number) {
  return {
    ConditionExpression:
      'attribute_not_exists(pk) OR #reportedAt <= :hourAgo OR ' +
      '(attribute_not_exists(#reportedAt) AND (#claimedAt <= :minuteAgo OR #message = :message))',
    ExpressionAttributeNames: { '#reportedAt': 'reportedAt', '#claimedAt': 'claimedAt', '#message': 'message' },
    ExpressionAttributeValues: {
      ':hourAgo': { N: String(at - hourMs) },
      ':minuteAgo': { N: String(at - minuteMs) },
      ':message': { S: messageId },
    },
  };
}
