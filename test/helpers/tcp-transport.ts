import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { ChannelClosedError, type FrameChannel } from '../../main/helpers/frame-channel.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import type { Session, Transport } from '../../main/sync/ports.ts';

/** A lost connection is tried again after this, milliseconds. */
const REDIAL_MS = 100;
const LENGTH_BYTES = 4;

/**
 * A transport over plain TCP on loopback, for tests with real processes and sockets where libp2p is not what is tested. The
 * first frame of who dials is its name, which is believed.
 */
export class TcpTransport implements Transport {
  readonly #peerId: PeerId;
  readonly #server: Server;
  readonly #ports = new Map<PeerId, number>();
  readonly #sockets = new Map<PeerId, Socket>();
  #keep: ReadonlySet<PeerId> = new Set();
  #accept: ReadonlySet<PeerId> = new Set();
  #listener: (session: Session) => void = () => undefined;
  #isClosed = false;

  private constructor(peerId: PeerId) {
    this.#peerId = peerId;
    this.#server = createServer((socket) => void this.#take(socket));
  }

  static async open(peerId: PeerId): Promise<TcpTransport> {
    const transport = new TcpTransport(peerId);
    transport.#server.listen(0, '127.0.0.1');
    await once(transport.#server, 'listening');
    return transport;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where a peer listens. A peer without an address is waited for. */
  setAddress(peerId: PeerId, port: number): void {
    this.#ports.set(peerId, port);
    this.#dial(peerId);
  }

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId>): void {
    this.#keep = keep;
    this.#accept = accept;
    for (const [peerId, socket] of this.#sockets) {
      if (!keep.has(peerId) && !accept.has(peerId)) socket.destroy();
    }
    for (const peerId of keep) this.#dial(peerId);
  }

  retry(peerId: PeerId): void {
    this.#dial(peerId);
  }

  onSession(listener: (session: Session) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #dial(peerId: PeerId): void {
    const port = this.#ports.get(peerId);
    if (this.#isClosed || port === undefined || !this.#keep.has(peerId)) return;
    if (this.#sockets.has(peerId)) return;
    const socket = connect(port, '127.0.0.1');
    this.#sockets.set(peerId, socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#forget(peerId, socket);
      setTimeout(() => this.#dial(peerId), REDIAL_MS).unref();
    });
    socket.once('connect', () => {
      const channel = new SocketChannel(socket);
      void channel.write(Buffer.from(this.#peerId));
      this.#listener({ peerId, path: 'direct', channel });
    });
  }

  async #take(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    const channel = new SocketChannel(socket);
    const name = await channel.read();
    if (!name) return;
    const peerId = toPeerId(Buffer.from(name).toString());
    if (!this.#keep.has(peerId) && !this.#accept.has(peerId)) {
      socket.destroy();
      return;
    }
    this.#sockets.get(peerId)?.destroy();
    this.#sockets.set(peerId, socket);
    socket.once('close', () => this.#forget(peerId, socket));
    this.#listener({ peerId, path: 'direct', channel });
  }

  #forget(peerId: PeerId, socket: Socket): void {
    if (this.#sockets.get(peerId) === socket) this.#sockets.delete(peerId);
  }
}

class SocketChannel implements FrameChannel {
  readonly #socket: Socket;
  readonly #frames: AsyncGenerator<Uint8Array, undefined>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#frames = framesOf(socket);
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      const next = await this.#frames.next();
      return next.done === true ? undefined : next.value;
    } catch {
      return undefined;
    }
  }

  async write(frame: Uint8Array): Promise<void> {
    if (this.#socket.destroyed) throw new ChannelClosedError('closed');
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(frame.byteLength);
    this.#socket.write(length);
    if (this.#socket.write(frame)) return;
    await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]);
  }

  async close(): Promise<void> {
    this.#socket.destroySoon();
  }
}

async function* framesOf(socket: Socket): AsyncGenerator<Uint8Array, undefined> {
  let unread = Buffer.alloc(0);
  for await (const data of socket) {
    unread = Buffer.concat([unread, data as Buffer]);
    while (unread.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + unread.readUInt32BE();
      if (unread.length < end) break;
      yield new Uint8Array(unread.subarray(LENGTH_BYTES, end));
      unread = unread.subarray(end);
    }
  }
  return undefined;
}
