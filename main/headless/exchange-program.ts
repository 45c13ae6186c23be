import { Option } from 'commander';
import type { Command } from 'commander';
import { dataOption } from './arguments.ts';
import { exportAll, importFile } from './commands/exchange.ts';

/** The commands that take everything out, and that bring in what was written elsewhere. */
export function addExchangeCommands(program: Command): void {
  program
    .command('export')
    .description('write all conversations to a file that anybody can read')
    .addOption(dataOption())
    .addOption(
      new Option('--format <format>', 'one JSON document, or a ZIP of Markdown')
        .choices(['json', 'markdown'])
        .default('json'),
    )
    .option('--force', 'replace what is there')
    .argument('<path>', 'where to')
    .action(exportAll);
  program
    .command('import')
    .description('bring in an export of Reunion, WhatsApp or Telegram, or Markdown; nothing twice')
    .addOption(dataOption())
    .argument('<path>', 'the file: JSON, text, Markdown, or a ZIP of them')
    .action(importFile);
}
