import pg from 'pg';
import type { GroupId } from '../../mvds/types.ts';
import { StoreInUseError } from '../errors.ts';
import { clientConfig, type ConnectionOptions } from './connection.ts';
import { postgresError } from './errors.ts';
import { ADVISORY_LOCK } from './schema.ts';
import { number } from './values.ts';

/** Waits between attempts to come back, milliseconds: the first, and the longest. */
const RETRY_MS = 100;
const RETRY_MAX_MS = 5_000;
/**
 * How often the server is asked for its newest sequence, milliseconds. It finds a server that went without a goodbye, and a
 * message that this process was told of and could not take.
 */
const BEAT_MS = 10_000;
/** The server needs a moment to see that a process which was killed is gone; after this, it is not. */
const LOCK_PATIENCE_MS = 5_000;

export interface ListenerOptions extends ConnectionOptions {
  readonly node: number;
  /** Another node has committed messages. */
  readonly onMessages: () => void;
  /** Any node, this one too, has expired messages of a group. */
  readonly onExpired: (groupId: GroupId) => void;
  /** The newest sequence and release, every now and then. */
  readonly onBeat: (sequence: number, release: number) => void;
  /** The connection broke and is there again. */
  readonly onRecovered: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * One connection beside the pool, for as long as the store is open. It hears of what other nodes commit, notices when
 * the server goes and comes back, and holds the lock by which a node runs in one process only.
 */
export class Listener {
  readonly #options: ListenerOptions;
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Throws `StoreInUseError` where another process runs the same node. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    const until = Date.now() + LOCK_PATIENCE_MS;
    await listener.#connect();
    while (!(await listener.#lock())) {
      if (Date.now() > until) {
        await listener.close();
        throw new StoreInUseError('Another process runs this node over the same database.');
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return listener;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(clientConfig({ ...this.#options, queryTimeoutMs: BEAT_MS }));
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => {
      const [kind, about = ''] = payload.split(' ');
      if (kind === 'expired') this.#options.onExpired(about as GroupId);
      else if (about !== String(this.#options.node)) this.#options.onMessages();
    });
    try {
      await client.connect();
      await client.query('LISTEN reunion');
    } catch (error) {
      client.end().catch(() => undefined);
      throw postgresError(error);
    }
    this.#client = client;
    clearInterval(this.#beat);
    this.#beat = setInterval(() => void this.#ask(client), BEAT_MS);
    this.#beat.unref();
  }

  async #ask(client: pg.Client): Promise<void> {
    try {
      const text = 'SELECT last_sequence, last_release FROM reunion.meta';
      const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
      const [[sequence, release] = []] = rows;
      if (this.#client === client) this.#options.onBeat(number(sequence), number(release));
    } catch {
      this.#lost(client);
    }
  }

  async #lock(): Promise<boolean> {
    const sql = 'SELECT pg_try_advisory_lock($1, $2) AS locked';
    const values = [ADVISORY_LOCK, this.#options.node];
    const result = await this.#client?.query<{ locked: boolean }>(sql, values);
    return result?.rows[0]?.locked === true;
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#beat);
    // It may hang rather than be closed; nobody waits for that.
    client.end().catch(() => undefined);
    this.#comeBack(RETRY_MS);
  }

  #comeBack(waitMs: number): void {
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.#connect()
        // The server may not know yet that the connection before is gone; this process has the node all the same.
        .then(() => this.#lock())
        .then(
          () => this.#options.onRecovered(),
          () => this.#comeBack(Math.min(RETRY_MAX_MS, 2 * waitMs)),
        )
        .catch(this.#options.onError);
    }, waitMs);
  }
}
