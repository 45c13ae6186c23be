import type { Connection, Libp2p } from '@libp2p/interface';
import { STREAMS_MAX } from '../constants.ts';
import { frameChannel } from '../framing.ts';
import { JOIN_PROTOCOL, JOIN_TIMEOUT_MS } from './constants.ts';
import type { PeerGate } from './peer-gate.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('network:peers:join');

/** The whole reply: a frame of one byte. */
const REPLY_BYTES = 1;
const REFUSED = 0;
const ADMITTED = 1;

/** `unknown`: the peer does not speak the protocol, as one that knows its members beforehand, or did not answer. */
export type JoinOutcome = 'admitted' | 'refused' | 'unknown';

/**
 * Lets in peers that ask to be members. `admit` says whether one may; the reply goes out once the gate knows it, so that the
 * session that follows is not refused. `onAdmitted` is told then: it may be for this side to open that.
 */
export async function serveJoin(
  node: Libp2p,
  gate: PeerGate,
  admit: (peer: string) => boolean,
  onAdmitted: (peer: string) => void,
): Promise<void> {
  await node.handle(
    JOIN_PROTOCOL,
    (stream, connection) => {
      const peer = connection.remotePeer.toString();
      const channel = frameChannel(stream, REPLY_BYTES);
      const answer = async (): Promise<void> => {
        // Also of a member: one that rests is one, and is let in only where there is a place.
        const isAdmitted =
          admit(peer) && (await gate.becomesMember(peer, AbortSignal.timeout(JOIN_TIMEOUT_MS)));
        await channel.write(Uint8Array.of(isAdmitted ? ADMITTED : REFUSED));
        await channel.close();
        if (isAdmitted) onAdmitted(peer);
      };
      answer().catch((error: unknown) => {
        ignored(error);
        stream.abort(new Error('the reply could not be sent'));
      });
    },
    { maxInboundStreams: STREAMS_MAX },
  );
}

/** Asks the peer at the other end of a connection to be let in. Never rejects. */
export async function join(connection: Connection): Promise<JoinOutcome> {
  try {
    const signal = AbortSignal.timeout(2 * JOIN_TIMEOUT_MS);
    const stream = await connection.newStream(JOIN_PROTOCOL, { signal });
    signal.addEventListener('abort', () => stream.abort(new Error('no answer')), { once: true });
    const channel = frameChannel(stream, REPLY_BYTES);
    const reply = await channel.read();
    void channel.close();
    if (reply?.byteLength !== REPLY_BYTES) return 'unknown';
    return reply[0] === ADMITTED ? 'admitted' : 'refused';
  } catch (error) {
    ignored(error);
    return 'unknown';
  }
}
