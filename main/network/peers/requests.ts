import type { Connection, Libp2p } from '@libp2p/interface';
import type { FrameChannel } from '../../helpers/frame-channel.ts';
import type { PeerId } from '../../mvds/types.ts';
import { frameChannel } from '../framing.ts';
import { placeOf } from '../place.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('network:peers:requests');

/** Requests that one stream may carry before its client has to open another. */
const REQUESTS_PER_STREAM_MAX = 100_000;
/** Of one connection at a time. */
const STREAMS_PER_CONNECTION_MAX = 4;

/** A protocol of requests and replies: each in a frame, one after another on a stream. */
export interface RequestProtocol {
  readonly name: string;
  readonly requestBytesMax: number;
  readonly replyBytesMax: number;
}

export interface Requester {
  readonly peer: PeerId;
  /** The IP address that it comes from, as far as it counts as one place. */
  readonly address: string;
}

/** Answers a protocol for everybody who connects. `answer` must not reject. */
export async function serveRequests(
  node: Libp2p,
  { name, requestBytesMax }: RequestProtocol,
  answer: (request: Uint8Array, requester: Requester) => Promise<Uint8Array>,
): Promise<void> {
  await node.handle(
    name,
    (stream, connection) => {
      const channel = frameChannel(stream, requestBytesMax);
      void serve(channel, requesterOn(connection), answer).finally(() => channel.close());
    },
    { maxInboundStreams: STREAMS_PER_CONNECTION_MAX },
  );
}

async function serve(
  channel: FrameChannel,
  requester: Requester,
  answer: (request: Uint8Array, requester: Requester) => Promise<Uint8Array>,
): Promise<void> {
  for (let count = 0; count < REQUESTS_PER_STREAM_MAX; count += 1) {
    const request = await channel.read();
    if (!request) return;
    try {
      await channel.write(await answer(request, requester));
    } catch (error) {
      ignored(error);
      return;
    }
  }
}

function requesterOn({ remotePeer, remoteAddr }: Connection): Requester {
  return { peer: remotePeer.toString() as PeerId, address: placeOf(remoteAddr) };
}
