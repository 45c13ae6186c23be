import { ReunionError } from '../api/errors.ts';
import { parseRelayAddress, relayPeer } from '../network/multiaddrs.ts';
import type { Network } from '../network/network.ts';
import type { Addresses } from './addresses.ts';
import type { DeviceSettings } from './settings.ts';

export interface RelayListOptions {
  readonly settings: DeviceSettings;
  readonly network: Network;
  readonly addresses: Addresses;
}

/** The relays that a person has this device use. */
export class RelayList {
  readonly #options: RelayListOptions;

  constructor(options: RelayListOptions) {
    this.#options = options;
  }

  /** Throws `ReunionError`, invalid-arguments. */
  async add(text: string): Promise<void> {
    const address = parseRelayAddress(text.trim())?.toString();
    if (address === undefined) {
      throw new ReunionError(
        'invalid-arguments',
        'The address of a relay ends in /p2p/ and its id, such as /ip4/203.0.113.7/tcp/4001/p2p/12D3Koo….',
      );
    }
    const { settings, network, addresses } = this.#options;
    await settings.wantRelay((other) => relayPeer(other) === relayPeer(address));
    await settings.addRelays([address]);
    network.addRelays([address]);
    await addresses.relaysChanged();
  }

  /**
   * By any address of it. Also one that another device told of: it stays away until it is added. Throws `ReunionError`, not-found.
   */
  async remove(text: string): Promise<void> {
    const { settings, network, addresses } = this.#options;
    const address = parseRelayAddress(text.trim())?.toString();
    const isSame = (other: string) => relayPeer(other) === relayPeer(text.trim());
    if (address === undefined || !network.relays().some((relay) => isSame(relay.address))) {
      throw new ReunionError('not-found', 'This device does not use that relay.');
    }
    await settings.removeRelay(address, isSame);
    await network.removeRelay(address);
    await addresses.relaysChanged();
  }
}
