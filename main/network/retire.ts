import type { Connection } from '@libp2p/interface';
import { pEvent } from 'p-event';
import { LINGER_MS, NOTICE_PROTOCOL, PAIR_PROTOCOL } from './constants.ts';

/** What has to be finished where it was begun. */
const UNFINISHED: readonly string[] = [NOTICE_PROTOCOL, PAIR_PROTOCOL];

const retired = new WeakSet<Connection>();

/** Closes a connection that is not used any more, once the pairing or notice that it carries, if any, is over. */
export function retire(connection: Connection): void {
  if (retired.has(connection)) return;
  retired.add(connection);
  void closeInOrder(connection).catch((error: unknown) =>
    connection.abort(error instanceof Error ? error : new Error('no longer used')),
  );
}

/** Resolves once no pairing or notice is under way on a connection, after `LINGER_MS` at the latest. Never rejects. */
export async function finished(connection: Connection): Promise<void> {
  const unfinished = connection.streams.filter(
    ({ protocol, status }) => UNFINISHED.includes(protocol) && status === 'open',
  );
  await Promise.allSettled(
    unfinished.map((stream) => pEvent(stream, 'close', { timeout: LINGER_MS })),
  );
}

async function closeInOrder(connection: Connection): Promise<void> {
  await finished(connection);
  await connection.close();
}
