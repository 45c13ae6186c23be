import { networkInterfaces } from 'node:os';
import type { Clock } from '../helpers/clock.ts';

/** No system tells Node of it. A person who changes networks waits no longer than this, and to look costs microseconds. */
const LOOK_MS = 10_000;

/** The addresses of this computer in its networks, in a fixed order. */
export function ownAddresses(interfaces = networkInterfaces()): string {
  return Object.entries(interfaces)
    .flatMap(([name, addresses = []]) =>
      addresses
        .filter(({ internal }) => !internal)
        // Temporary IPv6 addresses change all day, the network they are in does not.
        .map(({ address, family, cidr }) =>
          family === 'IPv6' ? `${name} ${networkOf(cidr)}` : address,
        ),
    )
    .sort()
    .join(' ');
}

/** The first half of an IPv6 address, which is its network. */
function networkOf(cidr: string | null): string {
  return (cidr ?? '').split(':').slice(0, 4).join(':');
}

/** Calls `onChange` when the computer has got into another network, or back into one. Returns what ends that. */
export function watchNetwork(
  clock: Clock,
  onChange: () => void,
  addresses: () => string = ownAddresses,
): () => void {
  let known = addresses();
  let cancel: () => void = () => undefined;
  const look = () => {
    const now = addresses();
    // Without any there is nothing to try.
    if (now !== known && now !== '') onChange();
    known = now;
    wait();
  };
  const wait = () => {
    cancel = clock.schedule(LOOK_MS, look);
  };
  wait();
  return () => cancel();
}
