import openInBrowser from 'open';
import { pino } from 'pino';
import { Device } from '../../device/device.ts';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { removeApiFile, writeApiFile } from '../api-file.ts';
import { makeDataFolder } from '../folders.ts';
import { keyWays } from '../key-ways.ts';
import type { KeyOptions } from '../key-ways.ts';
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

/** `reunion device`. Resolves once the device has been told to stop, and has. */
export async function runDevice(options: DeviceCommandOptions, page: string): Promise<void> {
  const stopped = untilStopped();
  const folder = makeDataFolder(options.data);
  // To standard error: standard output is for what the command was asked for.
  const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));
  const erased = Promise.withResolvers<undefined>();
  const device = await Device.open({
    folder,
    protections: keyWays(options),
    ...(options.name === undefined ? {} : { name: options.name }),
    relays: options.relay,
    listen: options.listen,
    lan: options.lan,
    direct: options.direct,
    stun: options.stun,
    upnp: options.upnp ?? false,
    clock: systemClock,
    random: systemRandom,
    // After the answer to whoever has asked for it.
    onErase: () => setImmediate(() => erased.resolve(undefined)),
    log: { error: (error) => logger.error(error), notice: (text) => logger.warn(text) },
  });
  let server: WebServer | undefined;
  try {
    const serves = options.web !== 'off';
    server = await startWebServer(
      device.service,
      options.web === 'off' ? 0 : options.web,
      serves ? page : undefined,
    );
    writeApiFile(folder, { port: server.port, token: server.commandToken });
    console.log(`ready ${device.id}`);
    const link = server.newLink();
    if (link !== undefined) console.log(`page ${link}`);
    if (link !== undefined && options.open) await openPage(link);
    await Promise.race([stopped, erased.promise]);
  } finally {
    removeApiFile(folder);
    await server?.close();
    await device.close();
  }
}

/** Where there is no browser to open it in, the link that was printed is there to be opened by hand. */
async function openPage(link: string): Promise<void> {
  const browser = await openInBrowser(link).catch(() => undefined);
  browser?.on('error', () => undefined);
}
