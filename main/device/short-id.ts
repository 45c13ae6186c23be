/** The end of a PeerId, which differs from device to device where the beginning does not. For a person to tell two apart. */
export function shortId(peer: string): string {
  return `…${peer.slice(-8)}`;
}
