import type { Reading } from './reading.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:metrics:store-reading');

/** A store that takes longer counts as one that does not answer, milliseconds. Prometheus waits 10 s for the whole text. */
const STORE_ANSWER_MS = 5_000;

export interface StoreSize {
  readonly messages: number;
  readonly bytes: number;
}

/** Whether the store answers and, if so, what is in it. Never rejects: that a store is out of reach is what is to be seen. */
export async function storeReading(stats: () => Promise<StoreSize>): Promise<Reading> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), STORE_ANSWER_MS);
  try {
    const size = await Promise.race([stats(), late.promise]);
    if (!size) return { reunion_store_up: 0 };
    const { messages, bytes } = size;
    return { reunion_store_up: 1, reunion_messages: messages, reunion_store_bytes: bytes };
  } catch (error) {
    ignored(error);
    return { reunion_store_up: 0 };
  } finally {
    clearTimeout(timer);
  }
}
