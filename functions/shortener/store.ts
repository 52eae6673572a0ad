import { DeleteItemCommand, type DynamoDBClientConfig, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Store, StoreError } from './ports.ts';
import { faultItem, faultKey, toFault } from './store/items.ts';
import { keyStore } from './store/keys.ts';
import { linkStore } from './store/links.ts';
import { openTable } from './store/table.ts';

/**
 * The only door to DynamoDB: one table, `pk` and `sk`. A link is `link#<code>`, an idempotency key `key#<digest>`, the
 * drill `fault`.
 */
export function createStore(name: string, config: DynamoDBClientConfig = {}): Store {
  const table = openTable(name, config);
  const { client, load } = table;
  return guarded({
    ...linkStore(table),
    ...keyStore(table),
    loadFault: async (abortSignal) => toFault(await load(faultKey, abortSignal)),
    saveFault: async (fault, abortSignal) => {
      await client.send(new PutItemCommand({ TableName: name, Item: faultItem(fault) }), { abortSignal });
    },
    deleteFault: async (abortSignal) => {
      await client.send(new DeleteItemCommand({ TableName: name, Key: faultKey }), { abortSignal });
    },
    ping: async (abortSignal) => {
      await load(faultKey, abortSignal);
    },
  });
}

/** The same store, whose every trouble is a `StoreError`. */
function guarded(store: Store): Store {
  const entries = Object.entries(store) as [string, (...args: unknown[]) => Promise<unknown>][];
  const wrapped = entries.map(([name, run]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
        throw new StoreError(isTimeout ? 'timeout' : 'unavailable', error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Store; // the same names, each with the arguments and the result it had
}
