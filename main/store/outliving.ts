import { z } from 'zod';
import type { NewMessage } from '../mvds/ports.ts';
import type { GroupId } from '../mvds/types.ts';
import { Connection } from './connection.ts';
import type { Row } from './connection.ts';
import type { FileSystem } from './file-backend/index.ts';
import { openDatabase } from './file-backend/index.ts';
import { MessageTable } from './messages.ts';
import { Names } from './names.ts';
import { readingOnly } from './reading-only.ts';
import { SettingTable } from './settings.ts';
import type { StoreKeys } from './store-keys.ts';
import { keyOfFile } from './store-keys.ts';
import { bigint, bytes, messageId, number, splitIds } from './values.ts';

/*
 * What must not be forgotten with a store: when a backup or an empty store takes its place, the messages of some groups and
 * some settings are carried over. Which they are the store itself says, in a setting.
 */

/** The setting that says what is carried over. */
export const OUTLIVING_SETTING = 'outliving';

const outliving = z.object({ groups: z.array(z.string()), settings: z.array(z.string()) });
/** What `OUTLIVING_SETTING` holds. */
export type Outliving = z.infer<typeof outliving>;

/** What was read of a store. */
export interface Carried {
  readonly messages: readonly NewMessage[];
  readonly settings: ReadonlyMap<string, unknown>;
}

const NOTHING: Carried = { messages: [], settings: new Map() };
const COLUMNS = 'id, CAST(timestamp AS TEXT), delivered, parents, body FROM messages';

/**
 * Reads what is to be carried over from the store at `path`, as far as it can be read; the file stays as it is. A store
 * that cannot be opened gives nothing.
 */
export async function readOutliving(
  fileSystem: FileSystem,
  path: string,
  keys: StoreKeys,
): Promise<Carried> {
  let connection: Connection | undefined;
  try {
    const key = keyOfFile(fileSystem, path, keys);
    const opened = await openDatabase({ path, key, fileSystem: readingOnly(fileSystem) });
    connection = new Connection(opened);
    return read(connection);
  } catch {
    return NOTHING;
  } finally {
    try {
      connection?.close();
    } catch {
      // It was damaged, and nothing was written.
    }
  }
}

/** Adds what was carried over; a setting that is there stays. */
export function addOutliving(connection: Connection, { messages, settings }: Carried): void {
  connection.transaction(() => {
    new MessageTable(connection, new Names(connection)).add(messages);
    const table = new SettingTable(connection);
    for (const [name, value] of settings) {
      if (table.get(name) === undefined) table.set(name, value);
    }
  });
}

function read(connection: Connection): Carried {
  const table = new SettingTable(connection);
  const wanted = outliving.parse(table.get(OUTLIVING_SETTING));
  const settings = new Map<string, unknown>();
  for (const name of [...wanted.settings, OUTLIVING_SETTING]) {
    const value = attempt(() => table.get(name));
    if (value !== undefined) settings.set(name, value);
  }
  const names = new Names(connection);
  const groups = wanted.groups as GroupId[];
  return { messages: groups.flatMap((group) => messagesOf(connection, names, group)), settings };
}

function messagesOf(connection: Connection, names: Names, groupId: GroupId): NewMessage[] {
  const toMessage = (row: Row): NewMessage => newMessage(groupId, row);
  const group = attempt(() => names.findGroup(groupId));
  if (group === undefined) return [];
  const whole = attempt(() =>
    connection.all(`SELECT ${COLUMNS} WHERE grp = ? AND body IS NOT NULL`, [group], toMessage),
  );
  if (whole) return whole;
  // A page of an index or of a message is damaged: row by row, without what cannot be read.
  const last = attempt(() =>
    connection.first('SELECT max(sequence) FROM messages', [], ([value]) => number(value)),
  );
  const found: NewMessage[] = [];
  for (let sequence = 1; sequence <= (last ?? 0); sequence += 1) {
    const sql = `SELECT ${COLUMNS} WHERE sequence = ? AND grp = ? AND body IS NOT NULL`;
    const message = attempt(() => connection.first(sql, [sequence, group], toMessage));
    if (message) found.push(message);
  }
  return found;
}

function newMessage(groupId: GroupId, [id, timestamp, delivered, parents, body]: Row): NewMessage {
  const message = {
    id: messageId(id),
    groupId,
    timestamp: bigint(timestamp),
    body: bytes(body),
    metadata: { parents: splitIds(parents), ephemeral: false },
  };
  return { message, delivered: delivered === 1, source: undefined };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
