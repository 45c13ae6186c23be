import { multiaddr } from '@multiformats/multiaddr';
import { onTestFinished } from 'vitest';
import type { FileAccess } from '../../main/api/file-access.ts';
import type { ExchangeAccess } from '../../main/api/exchange-access.ts';
import type { ApiEvent, DeviceRole, History } from '../../main/api/types.ts';
import type { DeviceCommands, DeviceService } from '../../main/api/server.ts';
import { Device } from '../../main/device/device.ts';
import type { DeviceOptions } from '../../main/device/options.ts';
import type { SystemEvent } from '../../main/device/power.ts';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { PeerId } from '../../main/helpers/ids.ts';
import { invitationOfLink } from '../../main/identity/invitation.ts';
import type { Clock } from '../../main/helpers/clock.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { keysOf } from './identities.ts';
import { temporaryFolder } from './processes.ts';

/** What has not come about by then will not, milliseconds. */
const TIMEOUT_MS = 45_000;

/** A relay in this process; returns its address. */
export async function relayHere(number = 99): Promise<string> {
  const relay = await startRelayServer(keysOf(number).seed, ['/ip4/127.0.0.1/tcp/0']);
  onTestFinished(() => relay.stop());
  return relay.addresses[0] ?? '';
}

/** The system's clock, some days ahead. */
export function daysAhead(days: number): Clock {
  const ahead = days * 24 * 60 * 60 * 1_000;
  return {
    now: () => systemClock.now() + ahead,
    schedule: (delayMs, callback) => systemClock.schedule(delayMs, callback),
  };
}

/** A device in this process, over real sockets and files, reached through a relay alone. */
export class OwnDevice {
  readonly folder: string;
  readonly #device: Device;
  readonly #closed: () => Promise<void>;

  private constructor(folder: string, device: Device) {
    this.folder = folder;
    this.#device = device;
    let closing: Promise<void> | undefined;
    this.#closed = () => (closing ??= device.close());
    onTestFinished(() => this.#closed());
  }

  static async start(
    name: string | undefined,
    relay: string,
    options: Partial<DeviceOptions> = {},
  ): Promise<OwnDevice> {
    const { folder = temporaryFolder() } = options;
    const errors: unknown[] = [];
    const device = await Device.open({
      folder,
      relays: [relay],
      listen: [],
      lan: false,
      direct: false,
      clock: systemClock,
      random: systemRandom,
      log: { error: (error) => errors.push(error), notice: () => undefined },
      ...(name !== undefined && { name }),
      ...options,
    });
    onTestFinished(() => {
      if (errors.length > 0) throw new AggregateError(errors, 'a device reported bugs');
    });
    return new OwnDevice(folder, device);
  }

  get id(): PeerId {
    return this.#device.id;
  }

  get commands(): DeviceCommands {
    return this.#device.service.commands;
  }

  /** What its computer goes through. */
  tell(event: SystemEvent): void {
    this.#device.tell(event);
  }

  get service(): DeviceService {
    return this.#device.service;
  }

  get files(): FileAccess {
    return this.#device.service.files;
  }

  get exchange(): ExchangeAccess {
    return this.#device.service.files.exchange;
  }

  onEvent(listener: (event: ApiEvent) => void): () => void {
    return this.#device.service.onEvent(listener);
  }

  /** The first address of its own in a link that it makes; the invitation is withdrawn again. */
  async listensAt(): Promise<string> {
    const { link } = await this.commands.invite({});
    await this.commands.cancelPairing({});
    const addresses = invitationOfLink(link)?.addresses ?? [];
    const own = addresses
      .map((bytes) => multiaddr(bytes).toString())
      .find((address) => !address.includes('/p2p-circuit'));
    if (own === undefined) throw new Error('it listens nowhere');
    return own;
  }

  close(): Promise<void> {
    return this.#closed();
  }

  async send(text: string): Promise<void> {
    await this.commands.send({ conversation: 'Notes', text });
  }

  async texts(): Promise<string[]> {
    const known = await this.commands.conversations({});
    if (!known.some(({ name }) => name === 'Notes')) return [];
    const page = await this.commands.messages({ conversation: 'Notes', limit: 1_000 });
    return page.messages.map(({ text }) => text);
  }

  /** Resolves once `holds` does: asks at once, and again at every event of the device. */
  async eventually(holds: () => Promise<boolean>, what: string): Promise<void> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      let unsubscribe: () => void = () => undefined;
      const changed = new Promise<void>((resolve, reject) => {
        unsubscribe = this.onEvent(() => resolve());
        late.addEventListener('abort', () => reject(new Error(`did not come about: ${what}`)));
      });
      // It may also pass when nobody waits any longer.
      changed.catch(() => undefined);
      try {
        if (await holds()) return;
        await changed;
      } finally {
        unsubscribe();
      }
    }
  }

  async hasTexts(...texts: string[]): Promise<void> {
    const has = async () => JSON.stringify(await this.texts()) === JSON.stringify(texts);
    await this.eventually(has, `texts ${texts.join(', ')}`);
  }
}

/** Lets one device in by the other; it belongs to the others when this resolves. */
export async function letIn(
  inviter: OwnDevice,
  joiner: OwnDevice,
  history: History = 'all',
  role: DeviceRole = 'device',
): Promise<void> {
  const { link } = await inviter.commands.invite({});
  const unsubscribe = inviter.onEvent((event) => {
    if (event.kind === 'pairing' && event.pairing.kind === 'approving') {
      const { requestId } = event.pairing;
      void inviter.commands.approve({ requestId, role, check: 'unchecked' });
    }
  });
  try {
    await joiner.commands.join({ link, history });
  } finally {
    unsubscribe();
  }
}

/** Until each of them is up to date with all others, and has nothing to send. */
export async function inStep(...devices: OwnDevice[]): Promise<void> {
  for (const device of devices) {
    await device.eventually(async () => {
      const { peers } = await device.commands.status({});
      return peers.every(({ state, toSend }) => state === 'up-to-date' && toSend === 0);
    }, 'in step');
  }
}
