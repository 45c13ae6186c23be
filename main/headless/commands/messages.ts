import { text as readAll } from 'node:stream/consumers';
import type { MessageView } from '../../api/types.ts';
import { withDevice } from '../connect.ts';
import { EXIT, ExpectedFailure } from '../failures.ts';
import { printable, printJson, timeText } from '../output.ts';
import { addFiles } from './files.ts';

/** `reunion send`. Returns once the message survives a crash. */
export async function send(
  text: string | undefined,
  options: {
    readonly data: string;
    readonly conversation: string;
    readonly file: readonly string[];
    readonly json?: boolean;
  },
): Promise<void> {
  const { data, conversation, file: paths } = options;
  if (text === undefined && paths.length === 0) {
    throw new ExpectedFailure('A text is wanted, or --file, or both.', EXIT.usage);
  }
  const attachments = await addFiles(data, paths);
  await withDevice(data, async (client) => {
    const message = await client.call('send', {
      conversation,
      // The line break that ends what a shell passes on is not part of the text.
      text: text === '-' ? (await readAll(process.stdin)).replace(/\r?\n$/u, '') : (text ?? ''),
      ...(attachments.length > 0 && { attachments }),
    });
    if (options.json) printJson(message);
    else console.log(`sent ${message.id}`);
  });
}

/** `reunion conversations`. */
export async function listConversations(options: {
  readonly data: string;
  readonly json?: boolean;
}): Promise<void> {
  const conversations = await withDevice(options.data, (client) =>
    client.call('conversations', {}),
  );
  if (options.json) {
    printJson(conversations);
    return;
  }
  if (conversations.length === 0) console.log('No conversations yet; `reunion send` makes one.');
  for (const { name, messages, latest } of conversations) {
    const when = latest ? `, last ${timeText(latest.writtenAt)}` : '';
    console.log(`${printable(name)}  (${messages} message${messages === 1 ? '' : 's'}${when})`);
  }
}

/** `reunion messages`. */
export async function listMessages(options: {
  readonly data: string;
  readonly conversation: string;
  readonly limit: number;
  readonly json?: boolean;
}): Promise<void> {
  const { conversation, limit } = options;
  const page = await withDevice(options.data, (client) =>
    client.call('messages', { conversation, limit }),
  );
  if (options.json) {
    printJson(page.messages);
    return;
  }
  for (const message of page.messages) {
    const { writtenAt, author } = message;
    console.log(`${timeText(writtenAt)}  ${printable(author.name)}: ${shownText(message)}`);
  }
}

function shownText({ text, editedAt, deleted, unsupported, attachments }: MessageView): string {
  if (deleted) return '(deleted)';
  if (unsupported) return '(needs a newer version of Reunion)';
  const shown = editedAt === null ? printable(text) : `${printable(text)} (edited)`;
  const names = attachments.map(({ name }) => `[${printable(name)}]`);
  return [shown, ...names].filter((part) => part !== '').join(' ');
}
