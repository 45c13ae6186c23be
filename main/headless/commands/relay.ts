import { openKeys } from '../../identity/keys.ts';
import { RELAY_CONNECTIONS_PER_ADDRESS_MAX, RELAY_EXIT_MS } from '../../network/constants.ts';
import { startRelayServer } from '../../network/relay-server.ts';
import type { RelayServer } from '../../network/relay-server.ts';
import { startStunServer } from '../../network/stun-server.ts';
import { lockFolder } from '../../store/index.ts';
import { readAllowFile } from '../allow-file.ts';
import { explain } from '../failures.ts';
import { makeDataFolder } from '../folders.ts';
import { Measured } from '../metrics/measured.ts';
import { relayReading } from '../metrics/relay-reading.ts';
import { untilStopped } from './until-stopped.ts';

export interface RelayCommandOptions {
  readonly data: string;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly maxReservations: number;
  readonly connectionBytes: number;
  readonly connectionMinutes: number;
  readonly allow: readonly string[];
  readonly allowFile?: string;
  readonly metrics?: number;
  readonly stun: number | 'off';
}

/** `reunion relay`. Resolves once the relay has been told to stop, and has. */
export async function runRelay(options: RelayCommandOptions): Promise<void> {
  const stopped = untilStopped();
  const folder = makeDataFolder(options.data);
  const unlock = lockFolder(folder);
  // In the reverse of their order.
  const endings: (() => Promise<void>)[] = [];
  try {
    const { seed, peerId } = await openKeys(folder, false);
    const allowed = allowedBy(options);
    const measured = await Measured.start('relay', options.metrics);
    // Answers to the end, and so that it is stopping.
    endings.push(() => measured.close());
    const relay = await startRelayServer(seed, options.listen, {
      announce: options.announce,
      maxReservations: options.maxReservations,
      connectionBytes: BigInt(options.connectionBytes),
      connectionMs: options.connectionMinutes * 60_000,
      ...measured.nodeOptions(),
      ...(allowed && { allowed }),
    });
    endings.unshift(() => relay.stop());
    for (const address of relay.listening) console.log(`listening ${address}`);
    if (options.announce.length > 0) {
      for (const address of relay.addresses) console.log(`announced ${address}`);
    }
    endings.unshift(await startStun(options.stun));
    console.log(`limits: ${limitsText(options, relay, allowed)}`);
    measured.show({
      id: peerId,
      addresses: () => relay.addresses,
      read: async () => relayReading(relay),
      health: () => {
        const { reservations, connections, relayedConnections } = relay.counts();
        return { reservations, connections, relayedConnections };
      },
    });
    measured.announce();
    // Also without a file: who sends it to have the relay read again does not mean to end it.
    const reread = () => rereadAllowed(options, relay);
    process.on('SIGHUP', reread);
    endings.unshift(async () => void process.off('SIGHUP', reread));
    await stopped;
    measured.stopping();
  } finally {
    for (const end of endings) await end();
    unlock();
    // A connection that does not close is not to keep the process; whatever else is left has nothing to save.
    setTimeout(() => process.exit(), RELAY_EXIT_MS).unref();
  }
}

/** Prints where it answers, or why it does not. Returns what ends it. */
async function startStun(port: number | 'off'): Promise<() => Promise<void>> {
  if (port === 'off') return async () => undefined;
  const stun = await startStunServer(port);
  if (!stun) {
    console.error(
      `No STUN: UDP port ${port} cannot be listened on. Choose another one with --stun, or --stun off.`,
    );
    return async () => undefined;
  }
  for (const address of stun.addresses) console.log(`stun ${address}`);
  return () => stun.stop();
}

/** Undefined where everybody is let in: neither an id nor a file was given. */
function allowedBy({ allow, allowFile }: RelayCommandOptions): ReadonlySet<string> | undefined {
  if (allow.length === 0 && allowFile === undefined) return undefined;
  return new Set([...allow, ...(allowFile === undefined ? [] : readAllowFile(allowFile))]);
}

/** A file that cannot be read, or has a mistake, leaves things as they are. */
function rereadAllowed(options: RelayCommandOptions, relay: RelayServer): void {
  try {
    const allowed = allowedBy(options);
    relay.setAllowed(allowed);
    console.log(`allowed: ${allowedText(allowed)}`);
  } catch (error) {
    console.error(`reunion: ${explain(error).message} The list stays as it was.`);
  }
}

function limitsText(
  options: RelayCommandOptions,
  { connectionsMax }: RelayServer,
  allowed: ReadonlySet<string> | undefined,
): string {
  const { maxReservations, connectionBytes, connectionMinutes } = options;
  return [
    `${maxReservations} reservations`,
    `${connectionBytes} bytes and ${connectionMinutes} minutes per relayed connection`,
    `${connectionsMax} connections, ${RELAY_CONNECTIONS_PER_ADDRESS_MAX} from one public address`,
    `open to ${allowedText(allowed)}`,
  ].join('; ');
}

function allowedText(allowed: ReadonlySet<string> | undefined): string {
  if (!allowed) return 'everybody';
  return allowed.size === 1 ? '1 device' : `${allowed.size} devices`;
}
