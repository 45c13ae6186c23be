import { Command, Option } from 'commander';
import { HISTORY_DAYS_MAX, MAILBOX_MEGABYTES_MAX } from '../api/contract.ts';
import { VERSION } from '../helpers/version.ts';
import {
  addresses,
  dataOption,
  deviceName,
  history,
  historyOption,
  interval,
  jsonOption,
  limit,
  metricsOption,
  minutes,
  most,
  passphraseOption,
  pauseMinutes,
  relays,
  stunServers,
  web,
} from './arguments.ts';
import { runDevice } from './commands/device.ts';
import {
  confirmDevices,
  compareDevice,
  eraseDevice,
  keepDevice,
  listDevices,
  removeDevice,
  renameDevice,
} from './commands/devices.ts';
import { changeProtection, makePhrase, showKeys } from './commands/keys.ts';
import { runDoctor } from './commands/doctor.ts';
import { showStatus } from './commands/status.ts';
import { invite, join } from './commands/pairing.ts';
import { runWeb } from './commands/web.ts';
import { recover } from './commands/recover.ts';
import {
  pause,
  resume,
  setHistory,
  setInterval,
  setLimits,
  showActivity,
  syncNow,
} from './commands/sync.ts';
import { addExchangeCommands } from './exchange-program.ts';
import { addFileCommands } from './file-program.ts';
import { addMessageCommands } from './message-program.ts';
import { addChatCommand, addNodeCommands } from './nodes/node-program.ts';
import { addStoreNodeCommands } from './nodes/store-node-program.ts';
import { addRelayCommand } from './relay-program.ts';
import { addStayOptions } from './stay.ts';
import { addStoreCommands } from './store-program.ts';

const HELP_AFTER = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no device is running on that data folder.`;

/** The command line. Throws `CommanderError` on wrong usage, and what the commands throw. */
export function createProgram({ page }: { readonly page: string }): Command {
  const program = new Command('reunion')
    .description('Keeps your own messages the same on all of your own devices.')
    .version(VERSION)
    .addHelpText('after', HELP_AFTER)
    .exitOverride()
    // So that an option after the name of a subcommand is the subcommand's, where both have it.
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for what there is)');

  program
    .command('device')
    .description('run a device until it is told to stop (SIGTERM or SIGINT)')
    .addOption(dataOption())
    .option('--name <name>', 'what this device is called on the others', deviceName)
    .option('--relay <multiaddr>', 'a relay to be reachable through (repeatable)', relays, [])
    .option('--listen <multiaddr>', 'an address to listen on (repeatable)', addresses, [])
    .option('--no-lan', 'do not look for devices on the local network')
    .option('--no-direct', 'do not connect directly to devices that a relay leads to')
    .option('--upnp', 'ask the router to let your other devices in (UPnP)')
    .option(
      '--stun <server>',
      'stun:host:port, asked for an address on the Internet for direct connections (repeatable)',
      stunServers,
      [],
    )
    .option(
      '--web <port|off>',
      'serve the app as a web page on this loopback port; 0 is any, and `reunion web` prints a link',
      web,
      0,
    )
    .option('--open', 'open the page in the browser')
    .addOption(metricsOption())
    .addOption(passphraseOption())
    .action((options: Parameters<typeof runDevice>[0]) => runDevice(options, page));

  program
    .command('invite')
    .description(
      'print a code, a link and a QR code that let one other device join, and wait for it',
    )
    .addOption(dataOption())
    .option('--yes', 'approve the device that comes, without asking and without its digits')
    .option('--qr', 'draw a QR code also where the output is no terminal')
    .option('--mailbox', 'let it in as a mailbox, which keeps and forwards what it cannot read')
    .option('--minutes <n>', 'how long the link is good for', minutes, 15)
    .option('--new-code', 'print another code for the invitation that is open, and end')
    .action(invite);

  program
    .command('join')
    .description('join the devices of the person who was shown the code or the link')
    .addOption(dataOption())
    .argument(
      '[code|link]',
      'what `reunion invite` or the app shows, or - for standard input; asked for otherwise, so that no other user of this computer sees it',
    )
    .option('--name <name>', 'what this device is called on the others', deviceName)
    .addOption(historyOption())
    .action(join);

  addMessageCommands(program);
  addFileCommands(program);
  addExchangeCommands(program);

  program
    .command('status')
    .description('show this device and how far it is in step with each of the others')
    .addOption(dataOption())
    .option('--follow', 'print it again whenever it changes; with --json a line each time')
    .addOption(jsonOption())
    .action(showStatus);

  program
    .command('doctor')
    .description('try every way to every other device, and say what fails and what to do about it')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runDoctor);

  program
    .command('web')
    .description('print a link that opens the page of the running device once, within a minute')
    .addOption(dataOption())
    .option('--sessions', 'list the browsers that may use the page instead')
    .addOption(
      new Option('--end <id|all>', 'end one of these sessions, or all, instead').conflicts(
        'sessions',
      ),
    )
    .addOption(jsonOption())
    .action(runWeb);

  addRelayCommand(program, dataOption(), addresses);
  addNodeCommands(program);
  addChatCommand(program);
  addStoreNodeCommands(program);
  addDeviceCommands(program);
  addSyncCommands(program);
  addStoreCommands(program);
  addKeyCommands(program);
  return program;
}

/** Which devices belong together. */
function addDeviceCommands(program: Command): void {
  const device = 'name or id of the device';
  const devices = program
    .command('devices')
    .description('list your devices and those that were removed; remove, rename or compare them')
    .enablePositionalOptions()
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(listDevices);
  devices
    .command('remove')
    .description('remove a device for good: it keeps what it has and gets nothing new')
    .addOption(dataOption())
    .argument('<device>', device)
    .option('--yes', 'do not ask')
    .action(removeDevice);
  devices
    .command('keep')
    .description(
      'of two devices that removed each other: keep this one, and remove the other for good',
    )
    .addOption(dataOption())
    .argument('<device>', device)
    .option('--yes', 'do not ask')
    .action(keepDevice);
  devices
    .command('compare')
    .description('print twelve words that the other device must show as well')
    .addOption(dataOption())
    .addOption(jsonOption())
    .argument('<device>', device)
    .action(compareDevice);
  devices
    .command('rename')
    .description('give a device another name')
    .addOption(dataOption())
    .argument('<device>', device)
    .argument('<name>', 'the new name')
    .action(renameDevice);
  const confirm = devices
    .command('confirm')
    .description('say which other devices stay, after a backup was put back')
    .addOption(dataOption())
    .action(confirmDevices);
  addStayOptions(confirm);
  devices
    .command('erase')
    .description('delete everything on this device, which was removed by another one, and end it')
    .addOption(dataOption())
    .option('--yes', 'do not ask')
    .action(eraseDevice);
  devices
    .command('pause')
    .description('the same as `reunion pause` for one device')
    .addOption(dataOption())
    .argument('<device>', device)
    .action(pause);
  devices
    .command('resume')
    .description('the same as `reunion resume`')
    .addOption(dataOption())
    .argument('<device>', device)
    .action(resume);
}

/** How the running device synchronizes with each of the others. */
function addSyncCommands(program: Command): void {
  const device = 'name or id of the other device';
  program
    .command('pause')
    .description('send nothing to another device, or to all, and take nothing, until it is resumed')
    .addOption(dataOption())
    .argument('[device]', device)
    .option('--all', 'all other devices, those that join later too')
    .option('--minutes <n>', 'with --all: they are resumed after so many minutes', pauseMinutes)
    .action(pause);
  program
    .command('resume')
    .description('go on with a device that was paused, or with all that were paused together')
    .addOption(dataOption())
    .argument('[device]', device)
    .option('--all', 'end the pause of all; a device that was paused by itself stays so')
    .action(resume);
  program
    .command('interval')
    .description('stay connected with another device, or connect every so many seconds')
    .addOption(dataOption())
    .argument('<device>', device)
    .argument('<live|seconds>', 'live, or the seconds from one time to the next', interval)
    .action(setInterval);
  program
    .command('sync')
    .description('try now what would wait: one other device, or all')
    .addOption(dataOption())
    .argument('[device]', device)
    .action(syncNow);
  program
    .command('history')
    .description('choose how much of what was written before this device is to get')
    .addOption(dataOption())
    .argument('<all|none|days>', 'all, none, or that of the last days', history)
    .action(setHistory);
  program
    .command('limits')
    .description('show or set how much a mailbox keeps; the oldest messages go first')
    .addOption(dataOption())
    .option('--days <n|none>', 'messages of the last days alone', most(HISTORY_DAYS_MAX))
    .option(
      '--megabytes <n|none>',
      'so many million bytes of messages',
      most(MAILBOX_MEGABYTES_MAX),
    )
    .action(setLimits);
  program
    .command('activity')
    .description('list what happened with the other devices, the newest first')
    .addOption(dataOption())
    .argument('[device]', device)
    .option('--limit <n>', 'how many at most (1 to 1000)', limit, 50)
    .addOption(jsonOption())
    .action(showActivity);
}

/** What protects the keys of a device, and what gets a person back in who has lost them. */
function addKeyCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('show what protects the keys of this device, and change that')
    .enablePositionalOptions()
    .addOption(dataOption())
    .action(showKeys);
  keys
    .command('protect')
    .description('protect the keys in another way')
    .addOption(dataOption())
    .addOption(
      new Option('--with <way>', 'a passphrase, or the mode of the file alone')
        .choices(['passphrase', 'file'])
        .makeOptionMandatory(),
    )
    .addOption(passphraseOption())
    .action(changeProtection);
  keys
    .command('phrase')
    .description('make a recovery phrase of 24 words, in place of the one there may be')
    .addOption(dataOption())
    .option('--yes', 'do not ask')
    .action(makePhrase);
  const recovery = program
    .command('recover')
    .description(
      'get back in by the recovery phrase, with a backup or with messages whose key is lost',
    )
    .addOption(dataOption())
    .argument(
      '[backup]',
      'what `reunion store backup` wrote, or the ZIP that the window saves; without it, what is in the data folder',
    )
    .option('--name <name>', 'what this device is called on the others', deviceName)
    .option(
      '--phrase-file <file>',
      'a file with the 24 words, or - for standard input; asked for in a terminal otherwise',
    )
    .addOption(passphraseOption())
    .action(recover);
  addStayOptions(recovery);
}
