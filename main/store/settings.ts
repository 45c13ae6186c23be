import type { Connection, Row } from './connection.ts';
import type { Names } from './names.ts';
import type { Activity, ActivityLog, SettingStore } from './ports.ts';
import type { SyncOf } from './sync-of.ts';
import type { PeerId } from '../mvds/types.ts';
import { limitValue, number, text } from './values.ts';

/** Small values under keys, as JSON. */
export class SettingTable implements SyncOf<SettingStore> {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get(key: string): unknown {
    const sql = 'SELECT value FROM settings WHERE key = ?';
    const json = this.#connection.first(sql, [key], ([value]) => text(value));
    return json === undefined ? undefined : JSON.parse(json);
  }

  /** `undefined` takes the setting away. */
  set(key: string, value: unknown): void {
    if (value === undefined) {
      this.#connection.run('DELETE FROM settings WHERE key = ?', key);
      return;
    }
    const sql =
      'INSERT INTO settings(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.#connection.run(sql, key, JSON.stringify(value));
  }
}

/** More than a person reads, and about 2 MB. */
export const ACTIVITY_LIMIT = 10_000;

/** What the device did; the oldest go first. */
export class ActivityTable implements SyncOf<ActivityLog> {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  add(entries: readonly Activity[]): void {
    this.#connection.transaction(() => {
      for (const { at, peerId, kind, detail } of entries) {
        const peer = peerId === undefined ? null : this.#names.peerNumber(peerId);
        this.#connection.run(
          'INSERT INTO activity(at, peer, kind, detail) VALUES(?, ?, ?, ?)',
          ...[at, peer, kind, JSON.stringify(detail)],
        );
      }
      this.#connection.run(
        'DELETE FROM activity WHERE activity <= (SELECT max(activity) FROM activity) - ?',
        ACTIVITY_LIMIT,
      );
    });
  }

  newest(limit: number, peerId?: PeerId): readonly Activity[] {
    const columns = 'SELECT at, peer, kind, detail FROM activity';
    const read = (row: Row): Activity => this.#activity(row);
    if (peerId === undefined) {
      const sql = `${columns} ORDER BY activity DESC LIMIT ?`;
      return this.#connection.all(sql, [limitValue(limit)], read);
    }
    const peer = this.#names.findPeer(peerId);
    if (peer === undefined) return [];
    const sql = `${columns} WHERE peer = ? ORDER BY activity DESC LIMIT ?`;
    return this.#connection.all(sql, [peer, limitValue(limit)], read);
  }

  #activity([at, peer, kind, detail]: Row): Activity {
    return {
      at: number(at),
      peerId: typeof peer === 'number' ? this.#names.peer(peer) : undefined,
      kind: text(kind),
      detail: JSON.parse(text(detail)) as Activity['detail'],
    };
  }
}
