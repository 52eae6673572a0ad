import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { EvaluateDeps } from '../../shared/app/evaluate.ts';
import type { AlertStore } from '../../shared/app/ports.ts';
import type { Message } from '../../shared/message/model.ts';
import type { Item, Table } from './table.ts';
import { minuteMs, type Sabotage } from './world.ts';

/** What would lose, double or invent something, done at the ports: each of them must be noticed. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  'the state is saved without what there is to tell': onAlerts((alerts) => ({
    save: (state, _, writer) => alerts.save(state, [], writer),
  })),
  'what was decided is acknowledged before it is sent': onAlerts((alerts) => ({
    save: async (state, entries, writer) => {
      const answer = await alerts.save(state, entries, writer);
      if (answer === 'saved') await alerts.acknowledge(entries.map(({ id }) => id));
      return answer;
    },
  })),
  'what could not be sent is acknowledged, too': {
    evaluate: (deps) => ({ ...deps, notify: (message) => deps.notify(message).catch(() => {}) }),
  },
  'an acknowledgement takes all that waits out of the outbox': onAlerts((alerts) => ({
    acknowledge: async () => alerts.acknowledge((await alerts.load()).outbox.map(({ id }) => id)),
  })),
  'a write that lost is taken for one that won': onAlerts((alerts) => ({
    save: async (...args) => {
      await alerts.save(...args);
      return 'saved';
    },
  })),
  'the state is written over whatever is there': onCommands((command) => {
    if (command instanceof UpdateItemCommand) delete command.input.ConditionExpression;
  }),
  'the last row of a tick stays, not the first': onCommands((command) => {
    if (command instanceof PutItemCommand) delete command.input.ConditionExpression;
  }),
  'an own write is not recognised when its answer was lost': {
    table: (table) =>
      withClients(table, async (send, command) => {
        const answer = await send(command);
        if (!(command instanceof GetItemCommand)) return answer;
        const { writer: _, id: __, ...item } = (answer as { Item?: Item }).Item ?? {};
        return { Item: Object.keys(item).length === 0 ? undefined : item };
      }),
  },
  'a tick that comes twice counts twice': {
    probe: (deps) => ({
      ...deps,
      loadLedger: async () => {
        const ledger = await deps.loadLedger();
        return {
          saveTick: async (tick, id) => {
            const answer = await ledger.saveTick(tick, id);
            return answer === 'saved' ? answer : ledger.saveTick({ ...tick, at: tick.at + 1_000 }, id);
          },
        };
      },
    }),
  },
  'ids are made of the clock': {
    evaluate: (deps, now) => ({ ...deps, notify: (message) => deps.notify(renamed(message, now)) }),
  },
  'what resolved is forgotten at once, so that late rows fire it again': onAlerts((alerts) => ({
    load: async () => {
      const { state, outbox } = await alerts.load();
      return { outbox, state: { ...state, resolvedAt: {} } };
    },
  })),
  'an evaluation that was overtaken decides all the same': onAlerts((alerts) => ({
    load: async () => {
      const { state, outbox } = await alerts.load();
      const { steppedAt: _, ...rest } = state;
      return { outbox, state: rest };
    },
  })),
  'rows that come late are not looked for': {
    evaluate: (deps, now) => ({
      ...deps,
      ledger: {
        ...deps.ledger,
        loadTicks: (location, fromAt, toAt) => {
          const isWarm = toAt === now && now - fromAt < 10 * minuteMs;
          return deps.ledger.loadTicks(location, isWarm ? toAt : fromAt, toAt);
        },
      },
    }),
  },
  'an incident that is over is not archived': onAlerts(() => ({ saveIncident: async () => {} })),
  'an hour is folded without its last minute': {
    evaluate: (deps) => ({
      ...deps,
      ledger: {
        ...deps.ledger,
        saveHour: ({ monitors, ...hour }) =>
          deps.ledger.saveHour({
            ...hour,
            monitors: new Map([...monitors].map(([key, minutes]) => [key, minutes.slice(0, 59)])),
          }),
      },
    }),
  },
};

function onAlerts(change: (alerts: EvaluateDeps['alerts']) => Partial<AlertStore>): Sabotage {
  return { evaluate: (deps) => ({ ...deps, alerts: { ...deps.alerts, ...change(deps.alerts) } }) };
}

function onCommands(change: (command: unknown) => void): Sabotage {
  return {
    table: (table) =>
      withClients(table, (send, command) => {
        change(command);
        return send(command);
      }),
  };
}

type Send = (command: unknown) => Promise<object>;

function withClients(table: Table, around: (send: Send, command: unknown) => Promise<object>): Table {
  return {
    ...table,
    clientOf: (carry) => {
      const client = table.clientOf(carry);
      const send = client.send.bind(client) as unknown as Send;
      const changed: { send: Send } = { send: (command) => around(send, command) };
      return changed as unknown as ReturnType<Table['clientOf']>;
    },
  };
}

/** The same, told under ids of this moment. */
function renamed(message: Message, now: number): Message {
  const json = message.json as unknown as { readonly transitions: readonly { readonly id: string }[] };
  const transitions = json.transitions.map((each) => ({ ...each, id: `${each.id}-${now}` }));
  return { ...message, json: { ...json, transitions } as unknown as Message['json'] };
}
