import { withDevice } from '../connect.ts';
import { printable, printJson, timeText } from '../output.ts';

/** `reunion search`. */
export async function search(
  words: readonly string[],
  options: {
    readonly data: string;
    readonly conversation?: string;
    readonly limit: number;
    readonly json?: boolean;
  },
): Promise<void> {
  const { data, conversation, limit, json } = options;
  const results = await withDevice(data, (client) =>
    client.call('search', {
      text: words.join(' '),
      limit,
      ...(conversation !== undefined && { conversation }),
    }),
  );
  if (json) {
    printJson(results);
    return;
  }
  for (const { message, conversation: place, snippet } of results.hits) {
    const { id, writtenAt, author } = message;
    const text = snippet.map((run) => run.text).join('');
    console.log(
      `${timeText(writtenAt)}  ${printable(place.name)}, ${printable(author.name)}: ${printable(text)}\n  ${id}`,
    );
  }
  if (results.unindexed > 0) console.error(unindexedText(results.unindexed));
}

/** For people: on the standard error output, so that what was found can be piped on. */
function unindexedText(unindexed: number): string {
  return unindexed === 1
    ? 'Indexing: 1 message is not searched yet.'
    : `Indexing: ${unindexed} messages are not searched yet.`;
}

/** `reunion edit`. */
export async function edit(
  messageId: string,
  text: string,
  { data }: { readonly data: string },
): Promise<void> {
  await withDevice(data, (client) => client.call('editMessage', { messageId, text }));
}

/** `reunion delete`. */
export async function deleteMessages(
  messageIds: readonly string[],
  { data }: { readonly data: string },
): Promise<void> {
  const deleted = await withDevice(data, (client) =>
    client.call('deleteMessages', { messageIds: [...messageIds] }),
  );
  console.log(`${deleted.length} deleted`);
}

/** `reunion rename`. */
export async function renameConversation(
  conversation: string,
  name: string,
  { data }: { readonly data: string },
): Promise<void> {
  await withDevice(data, (client) => client.call('renameConversation', { conversation, name }));
}
