import type { Command } from 'commander';
import { conversationOption, dataOption, hits, jsonOption, limit, paths } from './arguments.ts';
import { deleteMessages, edit, renameConversation, search } from './commands/edit.ts';
import { listConversations, listMessages, send } from './commands/messages.ts';

/** The commands about conversations and what is written in them. */
export function addMessageCommands(program: Command): void {
  program
    .command('send')
    .description('write a message')
    .addOption(dataOption())
    .addOption(conversationOption())
    .option('--file <path>', 'a file that goes with it (repeatable)', paths, [])
    .addOption(jsonOption())
    .argument('[text]', 'the text; - reads it from standard input')
    .action(send);

  program
    .command('conversations')
    .description('list the conversations, the latest active first')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(listConversations);

  program
    .command('messages')
    .description('list the newest messages of a conversation, the oldest first')
    .addOption(dataOption())
    .addOption(conversationOption())
    .option('--limit <n>', 'how many at most (1 to 1000)', limit, 50)
    .addOption(jsonOption())
    .action(listMessages);

  const id = 'id of the message, as `reunion search` and `reunion messages --json` print it';
  program
    .command('search')
    .description('find messages by words of theirs, the best match first')
    .addOption(dataOption())
    .option('--conversation <name>', 'name or id of the conversation to search; all otherwise')
    .option('--limit <n>', 'how many at most (1 to 200)', hits, 20)
    .addOption(jsonOption())
    .argument('<words...>', 'every word must match, the last one as a beginning')
    .action(search);
  program
    .command('edit')
    .description('replace the text of a message; what it was stays in its history')
    .addOption(dataOption())
    .argument('<id>', id)
    .argument('<text>', 'the new text')
    .action(edit);
  program
    .command('delete')
    .description('delete messages for good, on every device')
    .addOption(dataOption())
    .argument('<ids...>', id)
    .action(deleteMessages);
  program
    .command('rename')
    .description('give a conversation another name')
    .addOption(dataOption())
    .argument('<conversation>', 'name or id of the conversation')
    .argument('<name>', 'the new name')
    .action(renameConversation);
}
