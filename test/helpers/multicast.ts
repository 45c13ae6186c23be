import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** The group of mDNS (RFC 6762). */
const GROUP = '224.0.0.251';
const TIMEOUT_MS = 2_000;

/** Whether what is sent to the group of mDNS comes back on this computer; without that no two devices here find each other. */
export async function hasMulticast(): Promise<boolean> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    socket.bind(0);
    await once(socket, 'listening');
    socket.addMembership(GROUP);
    socket.setMulticastLoopback(true);
    const arrived = once(socket, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    socket.send('anybody there?', socket.address().port, GROUP);
    await arrived;
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
