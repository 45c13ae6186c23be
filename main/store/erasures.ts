import type { Erasure, ErasureStore } from '../conversations/ports.ts';
import type { MessageId, PeerId } from '../mvds/types.ts';
import { hasId } from './by-id.ts';
import type { Connection, Row } from './connection.ts';
import type { Names } from './names.ts';
import type { SyncOf } from './sync-of.ts';
import { idBytes, limitValue, messageId, number } from './values.ts';

/** Which messages become tombstones because a text was deleted. `add` is for use inside a transaction. */
export class ErasureTable implements SyncOf<ErasureStore> {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  /** @param timestamp of the message, Unix milliseconds, where that is not here */
  add(id: Uint8Array, timestamp: number, deletedBy: PeerId): void {
    this.#connection.run(
      `INSERT OR IGNORE INTO erasures(message, timestamp, author)
       VALUES(?1, coalesce((SELECT timestamp FROM messages WHERE ${hasId('?1')}), ?2), ?3)`,
      ...[id, timestamp, this.#names.peerNumber(deletedBy)],
    );
  }

  /** Forgets those that are not tombstones yet: they follow from the events once more. */
  clear(): void {
    this.#connection.run('DELETE FROM erasures WHERE erased_at IS NULL');
  }

  due(limit: number): readonly Erasure[] {
    const sql = `SELECT message, timestamp, author FROM erasures WHERE erased_at IS NULL
      ORDER BY message LIMIT ?`;
    return this.#connection.all(sql, [limitValue(limit)], (row) => this.#erasure(row));
  }

  done(ids: readonly MessageId[], at: number): void {
    this.#connection.transaction(() => {
      const sql = 'UPDATE erasures SET erased_at = ? WHERE message = ? AND erased_at IS NULL';
      for (const id of ids) this.#connection.run(sql, at, idBytes(id));
    });
  }

  erased(
    until: number,
    after: MessageId | undefined,
    limit: number,
  ): readonly (Erasure & { readonly erasedAt: number })[] {
    return this.#connection.all(
      `SELECT message, timestamp, author, erased_at FROM erasures
       WHERE message > ? AND erased_at <= ? ORDER BY message LIMIT ?`,
      [after === undefined ? new Uint8Array() : idBytes(after), until, limitValue(limit)],
      (row) => ({ ...this.#erasure(row), erasedAt: number(row[3]) }),
    );
  }

  #erasure([id, timestamp, author]: Row): Erasure {
    return {
      id: messageId(id),
      timestamp: number(timestamp),
      author: this.#names.peer(number(author)),
    };
  }
}
