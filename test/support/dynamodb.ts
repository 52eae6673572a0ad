import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** What happens to a request: `pass`, answered with an error, never answered, or carried out with its answer lost. */
export type Fault = 'pass' | 'throttle' | 'hang' | 'lose-answer';

/**
 * A DynamoDB on a free loopback port with one table, and a switch for each request: `faults` is asked with the operation's
 * name and the number of requests so far.
 */
export async function startDynamoDb(table: string, clientOptions: object = {}) {
  const operations: string[] = [];
  const state = { fault: (_operation: string, _count: number): Fault => 'pass' };
  const dyn = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    operations.push(operation);
    serve(dyn, state.fault(operation, operations.length), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    ...clientOptions,
  });
  const create = new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
  // Where the machine is busy the answer to the first attempt comes too late, and the second finds the table made.
  await client.send(create).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  await waitUntilTableExists({ client, maxWaitTime: 5, minDelay: 0.01, maxDelay: 0.05 }, { TableName: table });
  operations.length = 0;
  const stop = async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, endpoint, operations, stop, setFault: (fault: typeof state.fault) => (state.fault = fault) };
}

type Dynalite = ReturnType<typeof dynalite>;

function serve(dyn: Dynalite, fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  request.on('error', () => response.destroy());
  switch (fault) {
    case 'hang':
      request.resume();
      return;
    case 'throttle':
      request.resume();
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}');
      return;
    case 'lose-answer': {
      const socket = response.socket;
      response.write = () => true;
      response.end = () => {
        socket?.destroy();
        return response;
      };
      dyn.emit('request', request, response);
      return;
    }
    case 'pass':
      dyn.emit('request', request, response);
  }
}
