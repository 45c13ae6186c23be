import type { Command } from 'commander';
import { dataOption, passphraseOption } from './arguments.ts';
import { addStayOptions } from './stay.ts';
import { backUpStore, checkStore, compactStore, restoreFromBackup } from './commands/store.ts';

/** What is done to the store of a data folder while no device runs on it. */
export function addStoreCommands(program: Command): void {
  const store = program
    .command('store')
    .description('check, compact, back up or restore the messages, while no device runs on them');
  store
    .command('check')
    .description('tell whether the store is sound')
    .addOption(dataOption())
    .addOption(passphraseOption())
    .option('--full', 'compare indexes with what they index, too; takes several times as long')
    .action(checkStore);
  store
    .command('compact')
    .description('give back the disk space of what was deleted')
    .addOption(dataOption())
    .addOption(passphraseOption())
    .action(compactStore);
  store
    .command('backup')
    .description('copy the store to a file, encrypted under a key of its own')
    .addOption(dataOption())
    .addOption(passphraseOption())
    .argument('<file>', 'where to')
    .option('--force', 'replace a file that is there')
    .action(backUpStore);
  const restore = store
    .command('restore')
    .description('put a backup in the place of the store, which is kept under a dated name')
    .addOption(dataOption())
    .addOption(passphraseOption())
    .argument('<file>', 'what `reunion store backup` wrote, or the ZIP that the window saves')
    .action(restoreFromBackup);
  addStayOptions(restore);
}
