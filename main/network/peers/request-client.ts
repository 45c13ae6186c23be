import { randomBytes } from 'node:crypto';
import type { Libp2p, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { FrameChannel } from '../../helpers/frame-channel.ts';
import { DIAL_TIMEOUT_MS } from '../constants.ts';
import { frameChannel } from '../framing.ts';
import type { PeerAddress } from './peer-address.ts';
import { PeerGate } from './peer-gate.ts';
import { createPeerNode } from './peer-node.ts';
import type { RequestProtocol } from './requests.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('network:peers:request-client');

/** How long a reply may take, milliseconds: a node that reconciles with others answers in between. */
const REPLY_TIMEOUT_MS = 30_000;

/** Why a request has no reply. Its message is one sentence for a person. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

interface OpenChannel {
  readonly stream: Stream;
  readonly frames: FrameChannel;
}

/** Requests to one peer, one at a time, from an identity that is made for them alone. */
export class RequestClient {
  readonly #node: Libp2p;
  readonly #address: PeerAddress;
  readonly #protocol: RequestProtocol;
  #channel: OpenChannel | undefined;

  private constructor(node: Libp2p, address: PeerAddress, protocol: RequestProtocol) {
    this.#node = node;
    this.#address = address;
    this.#protocol = protocol;
  }

  static async open(address: PeerAddress, protocol: RequestProtocol): Promise<RequestClient> {
    const seed = new Uint8Array(randomBytes(32));
    const node = await createPeerNode({ seed, listen: [], gate: new PeerGate(true) });
    await node.start();
    return new RequestClient(node, address, protocol);
  }

  /** Rejects with `RequestError`. */
  async request(bytes: Uint8Array): Promise<Uint8Array> {
    this.#channel ??= await this.#open();
    const { stream, frames } = this.#channel;
    const late = setTimeout(() => stream.abort(new Error('no reply')), REPLY_TIMEOUT_MS);
    try {
      await frames.write(bytes);
      const reply = await frames.read();
      if (reply) return reply;
    } catch (error) {
      ignored(error);
      // Told below.
    } finally {
      clearTimeout(late);
    }
    this.#channel = undefined;
    throw new RequestError('The node ended the connection without a reply.');
  }

  async close(): Promise<void> {
    await this.#channel?.frames.close();
    await this.#node.stop();
  }

  async #open(): Promise<OpenChannel> {
    const { name, replyBytesMax } = this.#protocol;
    const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
    const target = multiaddr(this.#address.address.toString());
    const connection = await this.#node.dial(target, { signal }).catch((error: unknown) => {
      ignored(error);
      throw new RequestError(`No node answers at ${target.toString()}.`);
    });
    const stream = await connection.newStream(name, { signal }).catch((error: unknown) => {
      ignored(error);
      throw new RequestError(`The node at ${target.toString()} is no store node.`);
    });
    return { stream, frames: frameChannel(stream, replyBytesMax) };
  }
}
