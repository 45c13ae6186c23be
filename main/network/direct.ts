import type { webRTC } from '@libp2p/webrtc';
import type { DirectOptions } from './direct-options.ts';

/** Where to listen so that others can connect directly, after they have found the device through a relay. */
export const DIRECT_LISTEN = '/webrtc';

/** A transport for direct connections, and what is called once the node that has it has stopped. */
export interface Direct {
  readonly transport: ReturnType<typeof webRTC>;
  readonly release: () => void;
}

/** Rejects where there is no build of the library for this computer: nothing else of Reunion needs it. */
export async function openDirect(options: DirectOptions): Promise<Direct> {
  const { directTransport, useWebRTC } = await import('./webrtc.ts');
  return { transport: directTransport(options), release: useWebRTC() };
}

/** Whether a text is the address of a STUN server, `stun:host:port`; an IPv6 address stands in brackets. */
export function isStunServer(text: string): boolean {
  const [, port] = /^stun:(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/iu.exec(text) ?? [];
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536;
}
