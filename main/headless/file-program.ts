import { Argument } from 'commander';
import type { Command } from 'commander';
import { KILOBYTES_PER_SECOND_MAX, KILOBYTES_PER_SECOND_MIN } from '../api/limits.ts';
import { dataOption, days, jsonOption, most } from './arguments.ts';
import { fetchFile, listFiles, saveFile, setPolicy, setTransfer } from './commands/files.ts';

/** The commands about files, and about what transfers may cost. */
export function addFileCommands(program: Command): void {
  const id = 'id of the file, as `reunion files` prints it';
  const files = program
    .command('files')
    .description('list the files that were sent, the newest first in each conversation')
    .enablePositionalOptions()
    .addOption(dataOption())
    .option('--conversation <name>', 'name or id of the conversation; all otherwise')
    .addOption(jsonOption())
    .action(listFiles);
  files
    .command('save')
    .description('write a file that is here to a path, or into a folder under its own name')
    .addOption(dataOption())
    .argument('<id>', id)
    .argument('[path]', 'where to; the present folder otherwise')
    .option('--force', 'replace what is there')
    .action(saveFile);
  files
    .command('fetch')
    .description('get a file from the other devices, whatever this one gets by itself')
    .addOption(dataOption())
    .addOption(jsonOption())
    .argument('<id>', id)
    .action(fetchFile);
  files
    .command('policy')
    .description('choose which files this device gets by itself')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addArgument(
      new Argument('<which>', 'all, those of the last days, or those that are asked for').choices([
        'all',
        'recent',
        'on-demand',
      ]),
    )
    .argument('[days]', 'of recent: how many days', days)
    .action(setPolicy);

  const rate = most(KILOBYTES_PER_SECOND_MAX, KILOBYTES_PER_SECOND_MIN);
  program
    .command('transfer')
    .description('show or set what synchronizing may cost; the local network is not limited')
    .addOption(dataOption())
    .option('--metered', 'exchange messages, and files later')
    .option('--unmetered', 'exchange files again')
    .option('--send-limit <kB/s|none>', 'the most that is sent', rate)
    .option('--receive-limit <kB/s|none>', 'the most that is received', rate)
    .addOption(jsonOption())
    .action(setTransfer);
}
