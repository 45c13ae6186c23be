import openInBrowser from 'open';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { Device } from '../../device/device.ts';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { removeApiFile, writeApiFile } from '../api-file.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
import { WebAccess } from '../web-access.ts';
import { startWebServer } from '../web-server.ts';
import type { WebServer } from '../web-server.ts';
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
}

/** What a device that is started again goes on with: the same port, and whoever had access to it. */
interface Reach {
  readonly access: WebAccess;
  port: number;
  isFirst: boolean;
}

/** `reunion device`. Resolves once the device has been told to stop, and has. */
export async function runDevice(options: DeviceCommandOptions, page: string): Promise<void> {
  const stopped = untilStopped().then(() => 'stopped' as const);
  const port = options.web === 'off' ? 0 : options.web;
  const reach: Reach = { access: new WebAccess(), port, isFirst: true };
  // To standard error: standard output is for what the command was asked for.
  const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));
  while ((await runOnce(options, page, reach, stopped, logger)) === 'restart')
    reach.isFirst = false;
}

/** From the opening of the device to its end. */
async function runOnce(
  options: DeviceCommandOptions,
  page: string,
  reach: Reach,
  stopped: Promise<'stopped'>,
  logger: Logger,
): Promise<'stopped' | 'restart'> {
  const folder = makeDataFolder(options.data);
  const ended = Promise.withResolvers<'stopped' | 'restart'>();
  // After the answer to whoever has asked for it.
  const end = (why: 'stopped' | 'restart') => setImmediate(() => ended.resolve(why));
  const device = await Device.open({
    folder,
    protections: keyWays(options),
    ...(options.name === undefined || !reach.isFirst ? {} : { name: options.name }),
    relays: options.relay,
    listen: options.listen,
    lan: options.lan,
    direct: options.direct,
    stun: options.stun,
    upnp: options.upnp ?? false,
    clock: systemClock,
    random: systemRandom,
    onErase: () => end('stopped'),
    onRestart: () => end('restart'),
    log: { error: (error) => logger.error(error), notice: (text) => logger.warn(text) },
  });
  let server: WebServer | undefined;
  try {
    const served = options.web === 'off' ? undefined : page;
    server = await startWebServer(device.service, reach.port, served, reach.access);
    reach.port = server.port;
    writeApiFile(folder, { port: server.port, token: server.commandToken });
    if (reach.isFirst) await tell(device, server, options);
    return await Promise.race([stopped, ended.promise]);
  } finally {
    removeApiFile(folder);
    await server?.close();
    await device.close();
  }
}

async function tell(
  device: Device,
  server: WebServer,
  { open }: DeviceCommandOptions,
): Promise<void> {
  console.log(`ready ${device.id}`);
  const link = server.newLink();
  if (link === undefined) return;
  console.log(`page ${link}`);
  if (open) await openPage(link);
}

/** Where there is no browser to open it in, the link that was printed is there to be opened by hand. */
async function openPage(link: string): Promise<void> {
  const browser = await openInBrowser(link).catch(() => undefined);
  browser?.on('error', () => undefined);
}
