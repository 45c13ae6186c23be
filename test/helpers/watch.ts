import { onTestFinished } from 'vitest';
import type { ApiClient } from '../../main/api/client.ts';
import { connect } from '../../main/headless/connect.ts';

/** What has not come about by then will not, milliseconds. */
const TIMEOUT_MS = 45_000;

/** A connection to the api of the device that runs on `folder`. */
export async function apiOf(folder: string): Promise<ApiClient> {
  const client = await connect(folder);
  onTestFinished(() => client.close());
  return client;
}

/** Resolves once `holds` does: asks at once, and again at every event of the device. */
export async function eventually(
  client: ApiClient,
  holds: () => Promise<boolean>,
  what: string,
): Promise<void> {
  let wake: () => void = () => undefined;
  const unsubscribe = client.onEvent(() => wake());
  const tooLate = expired(AbortSignal.timeout(TIMEOUT_MS), what);
  // It may also pass when nobody waits any longer.
  tooLate.catch(() => undefined);
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      if (await holds()) return;
      await Promise.race([changed, tooLate]);
    }
  } finally {
    unsubscribe();
  }
}

function expired(deadline: AbortSignal, what: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new Error(`did not come about: ${what}`)));
  });
}

/** The texts of a conversation, oldest first; none where there is no such conversation. */
export async function textsOf(client: ApiClient, conversation: string): Promise<string[]> {
  const known = await client.call('conversations', {});
  if (!known.some(({ name }) => name === conversation)) return [];
  const { messages } = await client.call('messages', { conversation, limit: 1_000 });
  return messages.map(({ text }) => text);
}
