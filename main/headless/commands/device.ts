import { pino } from 'pino';
import type { Logger } from 'pino';
import { Device } from '../../device/device.ts';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { startControlServer } from '../control/control-server.ts';
import type { ControlServer } from '../control/control-socket.ts';
import { makeDataFolder } from '../folders.ts';
import { shellWord } from '../output.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { Measured } from '../metrics/measured.ts';
import { storeReading } from '../metrics/store-reading.ts';
import { syncReading } from '../metrics/sync-reading.ts';
import { openInBrowserByFile } from '../web/open-page.ts';
import { ONE_TIME_MS } from '../web/one-time.ts';
import { WebServer } from '../web-server.ts';
import { untilStopped } from './until-stopped.ts';

export interface DeviceCommandOptions extends KeyOptions {
  readonly data: string;
  readonly name?: string;
  readonly relay: readonly string[];
  readonly listen: readonly string[];
  readonly lan: boolean;
  readonly direct: boolean;
  readonly stun: readonly string[];
  readonly upnp?: boolean;
  readonly web: number | 'off';
  readonly open?: boolean;
  readonly metrics?: number;
}

/** What lasts from the first device of this process to the next, which restoring a backup begins. */
interface Process {
  readonly options: DeviceCommandOptions;
  /** The folder of the page. */
  readonly page: string;
  readonly stopped: Promise<'stopped'>;
  readonly logger: Logger;
  readonly measured: Measured;
  /** Keeps its port and its sessions. */
  web: WebServer | undefined;
  isFirst: boolean;
}

/** `reunion device`. Resolves once the device has been told to stop, and has. */
export async function runDevice(options: DeviceCommandOptions, page: string): Promise<void> {
  const measured = await Measured.start('device', options.metrics);
  const running: Process = {
    ...{ options, measured },
    page,
    stopped: untilStopped().then(() => 'stopped' as const),
    // To standard error: standard output is for what the command was asked for.
    logger: pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true })),
    web: undefined,
    isFirst: true,
  };
  try {
    while ((await runOnce(running)) === 'restart') running.isFirst = false;
  } finally {
    await running.web?.close();
    await measured.close();
  }
}

/** From the opening of the device to its end. */
async function runOnce(running: Process): Promise<'stopped' | 'restart'> {
  const { options, logger, measured, isFirst } = running;
  const folder = makeDataFolder(options.data);
  const ended = Promise.withResolvers<'stopped' | 'restart'>();
  // After the answer to whoever has asked for it.
  const end = (why: 'stopped' | 'restart') => setImmediate(() => ended.resolve(why));
  const device = await Device.open({
    folder,
    protections: keyWays(options),
    ...(options.name === undefined || !isFirst ? {} : { name: options.name }),
    relays: options.relay,
    listen: options.listen,
    lan: options.lan,
    direct: options.direct,
    stun: options.stun,
    upnp: options.upnp ?? false,
    ...measured.nodeOptions(),
    clock: systemClock,
    random: systemRandom,
    onErase: () => end('stopped'),
    onRestart: () => end('restart'),
    log: { error: (error) => logger.error(error), notice: (text) => logger.warn(text) },
  });
  let control: ControlServer | undefined;
  try {
    if (options.web !== 'off') {
      running.web ??= await WebServer.start(options.web, running.page, systemClock);
    }
    const service = running.web?.show(device.service) ?? device.service;
    control = await startControlServer(folder, service);
    measured.show({
      id: device.id,
      addresses: () => device.addresses(),
      read: async () => ({
        ...syncReading(device.measures(), systemClock.now()),
        ...(await storeReading(() => device.stored())),
      }),
    });
    if (isFirst) await tell(device, running, folder);
    const why = await Promise.race([running.stopped, ended.promise]);
    if (why === 'stopped') measured.stopping();
    else measured.hide();
    return why;
  } finally {
    running.web?.hide();
    await control?.close();
    await device.close();
  }
}

/** A link goes to a terminal alone: other output lies in a log, where others may find it. */
async function tell(device: Device, running: Process, folder: string): Promise<void> {
  const { web, options, measured } = running;
  console.log(`ready ${device.id}`);
  measured.announce();
  if (!web) return;
  const another = `reunion web --data ${shellWord(options.data)}`;
  if (process.stdout.isTTY) {
    console.log(`page ${web.createLink().link}`);
    console.log(`This link opens the page once, within a minute. For another one: ${another}`);
  } else {
    console.log(`page ${web.address}`);
    console.log(`To open it, get a link: ${another}`);
  }
  if (options.open) await openPage(web, folder);
}

/** Where there is no browser to open it in, the link that was printed, or `reunion web`, is there to be used by hand. */
async function openPage(web: WebServer, folder: string): Promise<void> {
  const remove = await openInBrowserByFile(folder, web.createLink().link);
  web.sessions.onOpen(remove);
  setTimeout(remove, ONE_TIME_MS).unref();
}
