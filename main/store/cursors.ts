import { fromHex, toHex } from '../helpers/bytes.ts';
import type { Cursor } from '../mvds/ports.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import type { Connection, Row } from './connection.ts';
import { LAST_SEQUENCE } from './messages.ts';
import type { Names } from './names.ts';
import { bytes, number } from './values.ts';

/** One cursor for each peer and group that has one. */
export class CursorTable {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  of(peer: PeerId): ReadonlyMap<GroupId, Cursor> {
    const peerNumber = this.#names.findPeer(peer);
    if (peerNumber === undefined) return new Map();
    const sql = 'SELECT grp, store_id, sequence FROM cursors WHERE peer = ?';
    const read = ([group, storeId, sequence]: Row): [GroupId, Cursor] => [
      this.#names.group(number(group)),
      {
        storeId: storeId === null ? undefined : toHex(bytes(storeId)),
        sequence: number(sequence),
      },
    ];
    return new Map(this.#connection.all(sql, [peerNumber], read));
  }

  has(peer: number, group: number): boolean {
    const sql = 'SELECT 1 FROM cursors WHERE peer = ? AND grp = ?';
    return this.#connection.first(sql, [peer, group], () => true) ?? false;
  }

  /** At the newest message of the moment, in place of the one before. */
  set(peer: PeerId, group: GroupId, storeId: string | undefined): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO cursors(peer, grp, store_id, sequence)
       VALUES(?, ?, ?, (${LAST_SEQUENCE}))`,
      this.#names.peerNumber(peer),
      this.#names.groupNumber(group),
      storeId === undefined ? null : fromHex(storeId),
    );
  }

  drop(peer: PeerId, group: GroupId): void {
    const sql = 'DELETE FROM cursors WHERE peer = ? AND grp = ?';
    this.#connection.run(sql, this.#names.peerNumber(peer), this.#names.groupNumber(group));
  }

  forget(peer: number): void {
    this.#connection.run('DELETE FROM cursors WHERE peer = ?', peer);
  }
}
