import type { Multiaddr } from '@multiformats/multiaddr';

/**
 * The IP address at the start of an address, as far as limits count it as one place: all of an IPv4 address, the first
 * 64 bits of an IPv6 one, which is what a single home or server gets (RFC 6177). Without one, the whole text.
 */
export function placeOf(address: Multiaddr): string {
  const host = address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6');
  if (host?.value === undefined) return address.toString();
  return host.name === 'ip4' ? host.value : placeOfIp6(host.value);
}

function placeOfIp6(text: string): string {
  const groups = groupsOf(text);
  // ::ffff:0:0/96 is how an IPv4 address is shown on a socket for both (RFC 4291, 2.5.5.2).
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of 16 bits of an IPv6 address. */
function groupsOf(text: string): number[] {
  // The host of a URL is shown in the one form of RFC 5952, also where it ended in an IPv4 address.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((part) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)),
  ) as [number[], number[]];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
