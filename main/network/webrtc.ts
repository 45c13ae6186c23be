import { webRTC } from '@libp2p/webrtc';
import { cleanup } from 'node-datachannel';
import type { DirectOptions } from './direct-options.ts';

/** The keys that libp2p's type does not know are passed on to node-datachannel. */
type Configuration = RTCConfiguration & { readonly bindAddress?: string };

/** The transport for direct connections. */
export function directTransport({ stun, bindAddress }: DirectOptions): ReturnType<typeof webRTC> {
  const rtcConfiguration: Configuration = {
    // Always given, also when empty: the library's own list would tell four companies when a device is on, and where.
    iceServers: stun.map((urls) => ({ urls })),
    ...(bindAddress !== undefined && { bindAddress }),
  };
  return webRTC({ rtcConfiguration });
}

let users = 0;

/** Counts the nodes of this process that use WebRTC. Returns what is called once a node has stopped. */
export function useWebRTC(): () => void {
  users += 1;
  return () => {
    users -= 1;
    // Its threads would keep the process from ending. It ends every connection of the process: not before the last one
    // has stopped. Whoever needs it afterwards starts it again (node-datachannel 0.33).
    if (users === 0) cleanup();
  };
}
