import type { HistoryReader, Retention } from '../../mvds/history.ts';
import type { SyncChanges, SyncStore } from '../../mvds/ports.ts';
import type { MessageId, PeerId } from '../../mvds/types.ts';
import type { ChangesElsewhere } from '../../sync/ports.ts';
import type { SettingStore } from '../ports.ts';
import { applyChanges, groupsIn, refuseEphemeral } from './commit.ts';
import { Connection } from './connection.ts';
import { Elsewhere } from './elsewhere.ts';
import { StoreUnavailableError } from './errors.ts';
import { Groups } from './groups.ts';
import { PostgresHistory, PostgresRetention, ReplicaHistory } from './history.ts';
import { Listener } from './listener.ts';
import { PostgresMessages } from './messages.ts';
import { PostgresRecords } from './records.ts';
import { prepareDatabase } from './schema.ts';
import { PostgresSettings } from './settings.ts';
import { number } from './values.ts';

export { StoreAccessError, StoreDurabilityError, StoreUnavailableError } from './errors.ts';
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database?…`, as libpq has it. */
  readonly url: string;
  /** Of a server that follows the one at `url`: pages of the history are read there. Default: none. */
  readonly replicaUrl?: string;
  /**
   * The node whose peers, records and cursors these are. Nodes of one database share the messages. Only one process at a time
   * runs a node.
   */
  readonly nodeId: PeerId;
  /** An error that should not happen, and was dealt with. */
  readonly onError?: (error: unknown) => void;
  /** How long a call waits for a server that is out of reach, milliseconds. Default: 3,000. */
  readonly patienceMs?: number;
}

/**
 * A node's messages and sync records in a PostgreSQL database. All methods reject with a `StoreError` for what can be expected;
 * with `StoreUnavailableError` while the server is out of reach, and the store goes on by itself when that is over.
 */
export interface PostgresStore {
  readonly sync: SyncStore;
  /** Reads a replica, if there is one and it can be reached. */
  readonly history: HistoryReader;
  /** For all nodes of the database: one of them needs to call it. */
  readonly retention: Retention;
  readonly settings: SettingStore;
  /** Messages that the other nodes of the database add. To be given to the orchestrator. */
  readonly elsewhere: ChangesElsewhere;
  /** 16 random bytes as 32 hexadecimal characters, made with the node. */
  readonly storeId: string;
  /** Messages held by all nodes, waiting and tombstoned ones included, and bytes on the disk of the server. */
  stats(): Promise<{ readonly messages: number; readonly bytes: number }>;
  close(): Promise<void>;
}

/**
 * Opens the store of a node, made new where there is none. Throws `StoreUnavailableError`, `StoreAccessError`, `StoreDurabilityError`,
 * `StoreNewerError` or `StoreEarlierError`, with nothing changed, and `StoreInUseError` where another process runs the node.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { nodeId, onError = () => undefined } = options;
  const about = { ...options, applicationName: `reunion ${nodeId}`.slice(0, NAME_BYTES) };
  const connection = new Connection(about);
  let replica: Connection | undefined;
  let listener: Listener | undefined;
  try {
    const { node, storeId } = await prepareDatabase(connection, nodeId);
    const oneAtATime = inTurn();
    const elsewhere = await Elsewhere.open(connection, node, oneAtATime);
    const groups = new Groups(connection);
    listener = await Listener.open({
      ...about,
      node,
      onMessages: () => elsewhere.tell('messages'),
      onExpired: (groupId) => elsewhere.tellExpired(groupId),
      onBeat: (sequence, release) => elsewhere.compare(sequence, release),
      onRecovered: () => {
        groups.forget();
        elsewhere.tell('recovered');
      },
      onError,
    });
    replica = replicaOf(about);
    const close = closing([listener, connection, ...(replica ? [replica] : [])]);
    const sync = new PostgresSync(connection, groups, node, elsewhere, oneAtATime);
    return {
      sync,
      history: replica ? new ReplicaHistory(connection, replica) : new PostgresHistory(connection),
      retention: new PostgresRetention(connection, groups, node),
      settings: new PostgresSettings(connection, node),
      elsewhere,
      storeId,
      async stats() {
        const messages = await sync.messages.count();
        const [[bytes] = []] = await connection.rows(SIZE);
        return { messages, bytes: number(bytes) };
      },
      close,
    };
  } catch (error) {
    await Promise.all([listener?.close(), replica?.close(), connection.close()]);
    throw error;
  }
}

/** The tables with their indexes. */
const SIZE = `SELECT sum(pg_total_relation_size(oid)) FROM pg_class
  WHERE relnamespace = 'reunion'::regnamespace AND relkind = 'r'`;

/** A replica that takes longer for a page is left alone for a while, milliseconds. */
const REPLICA_TIMEOUT_MS = 10_000;

/** What PostgreSQL keeps of an application's name. */
const NAME_BYTES = 63;

/** Pages of a database's history, for a process that only answers queries. It writes nothing, and needs no right to. */
export function openPostgresReader(url: string): HistoryReader & { close(): Promise<void> } {
  const connection = new Connection({ url, applicationName: 'reunion reader', readOnly: true });
  const history = new PostgresHistory(connection);
  return {
    page: (groupId, query) => history.page(groupId, query),
    close: () => connection.close(),
  };
}

class PostgresSync implements SyncStore {
  readonly messages: PostgresMessages;
  readonly records: PostgresRecords;
  readonly #connection: Connection;
  readonly #groups: Groups;
  readonly #node: number;
  readonly #elsewhere: Elsewhere;
  readonly #oneAtATime: ReturnType<typeof inTurn>;

  constructor(
    connection: Connection,
    groups: Groups,
    node: number,
    elsewhere: Elsewhere,
    oneAtATime: ReturnType<typeof inTurn>,
  ) {
    this.messages = new PostgresMessages(connection, groups, () => elsewhere.sequence);
    this.records = new PostgresRecords(connection, node);
    this.#connection = connection;
    this.#groups = groups;
    this.#node = node;
    this.#elsewhere = elsewhere;
    this.#oneAtATime = oneAtATime;
  }

  async commit(changes: SyncChanges): Promise<readonly MessageId[]> {
    refuseEphemeral(changes);
    return this.#oneAtATime(async () => {
      const groups = await this.#groups.ensure(groupsIn(changes));
      const { added, sequences } = await this.#connection.transaction((queries) =>
        applyChanges(queries, groups, this.#node, changes),
      );
      if (sequences) this.#elsewhere.committed(sequences);
      return added;
    }).catch((error: unknown) => {
      if (error instanceof StoreUnavailableError) this.#elsewhere.unsure();
      throw error;
    });
  }
}

function replicaOf(
  options: PostgresStoreOptions & { applicationName: string },
): Connection | undefined {
  const { replicaUrl: url, applicationName } = options;
  if (url === undefined) return undefined;
  // The main server answers in its place, so nobody waits for it.
  const patience = { patienceMs: 0, queryTimeoutMs: REPLICA_TIMEOUT_MS };
  return new Connection({ url, applicationName, readOnly: true, ...patience });
}

/** Runs one piece of work after another, in the order in which they came. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

function closing(parts: readonly { close(): Promise<void> }[]): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= Promise.all(parts.map((part) => part.close())).then(() => undefined);
    return closed;
  };
}
