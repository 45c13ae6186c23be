import type { Clock, Random } from '../helpers/clock.ts';
import type { KeyProtection } from '../identity/key-protection.ts';
import type { SigningKeys } from '../identity/keys.ts';
import type { DirectOptions } from '../network/direct-options.ts';
import type { NodeMetrics } from '../network/node-metrics.ts';

/** How files deal with the disk. */
export interface FileLimits {
  /** Bytes that they leave free. Default: `RESERVE_BYTES`. */
  readonly reserveBytes?: number;
  /** For tests: free bytes; undefined where that cannot be told. */
  readonly freeBytes?: () => Promise<number | undefined>;
}

/** How a device is to run. */
export interface DeviceOptions {
  /** The data folder; made where there is none. */
  readonly folder: string;
  /** Connects to nobody: only to do something to the data folder. Default: no. */
  readonly offline?: boolean;
  /** How keys may be protected on this host; new ones by the first. By the mode of their file alone where absent. */
  readonly protections?: readonly KeyProtection[];
  /** The recovery phrase's keys, which let this device in. */
  readonly recovery?: SigningKeys;
  /** Shown to a person on the other devices. Kept from the last run where absent; at first the computer's name. */
  readonly name?: string;
  /** Relays to use beside those kept from earlier runs: multiaddrs that end in /p2p/ and a PeerId. */
  readonly relays: readonly string[];
  /** Multiaddrs to listen on. Where empty and `lan` is set: any free port, for the local network. */
  readonly listen: readonly string[];
  /** Whether to find and be found by devices on the local network. */
  readonly lan: boolean;
  /** Whether to connect to devices directly, by WebRTC, that are reached through a relay. Default: yes. */
  readonly direct?: boolean;
  /** Whether the router is asked to let others in (UPnP). Default: no. */
  readonly upnp?: boolean;
  /** `stun:host:port` each: servers asked for this device's address on the Internet. Default: none. */
  readonly stun?: readonly string[];
  /** The only address that direct connections use. Default: any but loopback. */
  readonly directBindAddress?: string;
  /** What files leave free on the disk. */
  readonly files?: FileLimits;
  /** Told what libp2p does. Default: nobody is. */
  readonly nodeMetrics?: NodeMetrics;
  readonly clock: Clock;
  readonly random: Random;
  /** This device is to be erased, which `close` does: whoever runs it closes it now. */
  readonly onErase?: () => void;
  /** This device is to be closed and opened again, with the same options. Where absent, what needs that is refused. */
  readonly onRestart?: () => void;
  /** Told of every failure that is a bug, and of what went wrong and was dealt with. */
  readonly log: { error(error: unknown): void; notice(text: string): void };
}

/** What the network is told of direct connections; undefined where there are to be none. */
export function directOptions({
  direct = true,
  stun = [],
  directBindAddress,
}: DeviceOptions): DirectOptions | undefined {
  return direct ? { stun, bindAddress: directBindAddress } : undefined;
}
