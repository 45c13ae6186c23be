import { hash } from 'node:crypto';
import { fromHex, toHex } from '../helpers/bytes.ts';
import type { Connection } from './connection.ts';
import type { AttachmentState, AttachmentStore, ContentHash } from './ports.ts';
import type { SyncOf } from './sync-of.ts';
import { bytes, limitValue, number } from './values.ts';

/** Attachments and their chunks. */
export class AttachmentTable implements SyncOf<AttachmentStore> {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add({ id, bytes: size, chunks }: Parameters<AttachmentStore['add']>[0]): void {
    this.#connection.transaction(() => {
      const sql = 'INSERT INTO attachments(id, bytes) VALUES(?, ?) ON CONFLICT(id) DO NOTHING';
      if (this.#connection.run(sql, fromHex(id), size) === 0) return;
      chunks.forEach((chunk, position) => {
        const known = 'INSERT INTO chunks(hash) VALUES(?) ON CONFLICT(hash) DO NOTHING';
        this.#connection.run(known, fromHex(chunk));
        this.#connection.run(
          `INSERT INTO attachment_chunks(attachment, position, chunk)
           SELECT attachment, ?2, chunk FROM attachments, chunks WHERE id = ?1 AND hash = ?3`,
          ...[fromHex(id), position, fromHex(chunk)],
        );
      });
    });
  }

  state(id: ContentHash): AttachmentState | undefined {
    const attachment = this.#find(id);
    if (attachment === undefined) return undefined;
    const [chunks = 0, present = 0] =
      this.#connection.first(
        `SELECT count(*), count(content) FROM attachment_chunks JOIN chunks USING(chunk)
         WHERE attachment = ?`,
        [attachment.number],
        (row) => row.map(number),
      ) ?? [];
    return { bytes: attachment.bytes, chunks, present };
  }

  putChunk(content: Uint8Array): boolean {
    const name = hash('sha256', content, 'buffer');
    return this.#connection.transaction(() => {
      const sql = 'UPDATE chunks SET content = ? WHERE hash = ?';
      return this.#connection.run(sql, content, name) > 0;
    });
  }

  chunk(id: ContentHash, position: number): Uint8Array | undefined {
    const attachment = this.#find(id);
    if (attachment === undefined) return undefined;
    const found = this.#connection.first(
      `SELECT content FROM attachment_chunks JOIN chunks USING(chunk)
       WHERE attachment = ? AND position = ?`,
      [attachment.number, position],
      ([content]) => content,
    );
    return found === undefined || found === null ? undefined : bytes(found);
  }

  missing(id: ContentHash, limit: number): readonly ContentHash[] {
    const attachment = this.#find(id);
    if (attachment === undefined) return [];
    return this.#connection.all(
      `SELECT hash FROM attachment_chunks JOIN chunks USING(chunk)
       WHERE attachment = ? AND content IS NULL ORDER BY position LIMIT ?`,
      [attachment.number, limitValue(limit)],
      ([name]) => toHex(bytes(name)),
    );
  }

  remove(id: ContentHash): void {
    this.#connection.transaction(() => {
      const attachment = this.#find(id);
      if (attachment === undefined) return;
      const chunks = this.#connection.all(
        'SELECT DISTINCT chunk FROM attachment_chunks WHERE attachment = ?',
        [attachment.number],
        ([chunk]) => number(chunk),
      );
      this.#connection.run('DELETE FROM attachment_chunks WHERE attachment = ?', attachment.number);
      this.#connection.run('DELETE FROM attachments WHERE attachment = ?', attachment.number);
      for (const chunk of chunks) {
        this.#connection.run(
          `DELETE FROM chunks WHERE chunk = ?1
           AND NOT EXISTS(SELECT 1 FROM attachment_chunks WHERE chunk = ?1)`,
          chunk,
        );
      }
    });
  }

  #find(id: ContentHash): { number: number; bytes: number } | undefined {
    return this.#connection.first(
      'SELECT attachment, bytes FROM attachments WHERE id = ?',
      [fromHex(id)],
      ([attachment, size]) => ({ number: number(attachment), bytes: number(size) }),
    );
  }
}
