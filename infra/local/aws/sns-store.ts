import { DatabaseSync } from 'node:sqlite';
import { transaction } from './cloudwatch-store.ts';

export type Subscription = {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** The filter policy's JSON; '' for none. */
  readonly filter: string;
};

export type Mail = {
  readonly messageId: string;
  readonly topicArn: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  /** Of what goes to a channel: names the message and the channel. */
  readonly deliveryKey?: string;
  /** What came of it, as JSON; empty for an e-mail. */
  readonly delivery?: string;
  /** What it is about, as JSON; empty where nobody knows. */
  readonly about?: string;
};
export type StoredMail = Mail & { readonly id: string };

export type SnsStore = ReturnType<typeof openSnsStore>;

/** The inbox keeps this many mails, the newest ones. */
const mostMails = 5_000;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS topic(arn TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS subscription(
    arn TEXT PRIMARY KEY, topic TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL, filter TEXT NOT NULL,
    isOfStack INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS mail(
    id INTEGER PRIMARY KEY AUTOINCREMENT, messageId TEXT NOT NULL, topic TEXT NOT NULL, recipient TEXT NOT NULL,
    subject TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
    deliveryKey TEXT NOT NULL DEFAULT '', delivery TEXT NOT NULL DEFAULT '',
    about TEXT NOT NULL DEFAULT '');
`;
/** Files of before have no place for what came of a message. */
const addedColumns = ['deliveryKey', 'delivery', 'about'];

const subscriptionColumns = 'arn, topic AS topicArn, protocol, endpoint, filter';
const mailColumns = 'id, messageId, topic AS topicArn, recipient AS "to", subject, text, at, delivery, about';

/** Topics, subscriptions and the inbox in one SQLite file. What returned is on the disk. */
export function openSnsStore(file: string) {
  const database = new DatabaseSync(file, { timeout: 2_000 });
  database.exec(schema);
  const known = database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all('mail')
    .map(({ name }) => name);
  for (const column of addedColumns)
    if (!known.includes(column)) database.exec(`ALTER TABLE mail ADD COLUMN ${column} TEXT NOT NULL DEFAULT ''`);
  const addMail = database.prepare(
    'INSERT INTO mail(messageId, topic, recipient, subject, text, at, deliveryKey, delivery, about) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const addSubscription = database.prepare('INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?, ?, ?)');
  const save = (one: Subscription, isOfStack: boolean) =>
    addSubscription.run(one.arn, one.topicArn, one.protocol, one.endpoint, one.filter, isOfStack ? 1 : 0);

  return {
    addTopic: (arn: string): void => {
      database.prepare('INSERT OR IGNORE INTO topic VALUES (?)').run(arn);
    },
    hasTopic: (arn: string): boolean => database.prepare('SELECT 1 FROM topic WHERE arn = ?').get(arn) !== undefined,
    topics: (): readonly string[] =>
      database
        .prepare('SELECT arn FROM topic ORDER BY arn')
        .all()
        .map((row) => String(row['arn'])),
    subscriptions: (topicArn?: string): readonly Subscription[] =>
      database
        .prepare(`SELECT ${subscriptionColumns} FROM subscription WHERE ?1 = '' OR topic = ?1 ORDER BY arn`)
        .all(topicArn ?? '') as unknown as Subscription[],
    addSubscription: (one: Subscription): void => {
      save(one, false);
    },
    /** The stack's own subscriptions become exactly these; those that people made themselves stay. */
    replaceStack: (list: readonly Subscription[]): void =>
      transaction(database, () => {
        database.exec('DELETE FROM subscription WHERE isOfStack = 1');
        for (const one of list) save(one, true);
      }),
    addMails: (mails: readonly Mail[]): void =>
      transaction(database, () => {
        for (const { messageId, topicArn, to, subject, text, at, deliveryKey = '', delivery = '', about = '' } of mails)
          addMail.run(messageId, topicArn, to, subject, text, at, deliveryKey, delivery, about);
        database.prepare('DELETE FROM mail WHERE id <= (SELECT MAX(id) FROM mail) - ?').run(mostMails);
      }),
    /** What is known of the message of this key; undefined where there is none in the inbox. */
    delivery: (key: string): string | undefined => {
      const row = database.prepare('SELECT delivery FROM mail WHERE deliveryKey = ? ORDER BY id DESC').get(key);
      return row === undefined ? undefined : String(row['delivery']);
    },
    setDelivery: (key: string, delivery: string): void => {
      database.prepare('UPDATE mail SET delivery = ? WHERE deliveryKey = ?').run(delivery, key);
    },
    /** The newest first. */
    mails: (limit: number): readonly StoredMail[] =>
      database
        .prepare(`SELECT ${mailColumns} FROM mail ORDER BY id DESC LIMIT ?`)
        .all(limit)
        .map((row) => ({ ...row, id: String(row['id']) })) as unknown as StoredMail[],
    close: () => database.close(),
  };
}
