// The floor: this project's reconciliation, then messages over bare TCP, LevelDB at both ends. No encryption, no conversations,
// no search, no retransmission: the least that the wire and a store cost in Node.
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { MessageId } from '../../../main/helpers/ids.ts';
import { Negentropy } from '../../../main/reconcile/index.ts';
import { PlainStore } from './plain-store.ts';
import type { Level, PlainMessage } from './plain-store.ts';
import type { OpenReplica } from './replica.ts';

const FRAME = { reconcile: 1, request: 2, messages: 3, ack: 4, agreed: 5 } as const;
/** Four bytes of length and one of type. */
const HEADER_BYTES = 5;
const ID_BYTES = 32;
const MESSAGES_AT_ONCE = 256;

/** One end of a connection. */
class PlainSession {
  readonly complete: Promise<void>;
  readonly #store: PlainStore;
  readonly #socket: Socket;
  readonly #expected: number;
  readonly #session: Negentropy;
  readonly #completed = Promise.withResolvers<undefined>();
  #hasAgreed = false;
  #buffered: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #size = 0;
  #work = Promise.resolve();

  constructor(store: PlainStore, socket: Socket, isInitiator: boolean, expected: number) {
    this.#store = store;
    this.#socket = socket;
    this.#expected = expected;
    this.complete = this.#completed.promise;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data: Buffer) => this.#receive(data));
    if (isInitiator) {
      const { session, frames } = Negentropy.initiate(store.ids);
      this.#session = session;
      for (const frame of frames) this.#send(FRAME.reconcile, frame);
    } else {
      this.#session = Negentropy.respond(store.ids);
    }
  }

  #receive(data: Buffer): void {
    this.#parts.push(data);
    this.#size += data.length;
    for (;;) {
      if (this.#size < HEADER_BYTES) return;
      if ((this.#parts[0]?.length ?? 0) < HEADER_BYTES) this.#parts = [Buffer.concat(this.#parts)];
      const length = HEADER_BYTES + (this.#parts[0]?.readUInt32BE() ?? 0);
      if (this.#size < length) return;
      this.#buffered =
        this.#parts.length === 1 ? (this.#parts[0] ?? data) : Buffer.concat(this.#parts);
      const type = this.#buffered.readUInt8(4);
      const body = this.#buffered.subarray(HEADER_BYTES, length);
      this.#parts = [this.#buffered.subarray(length)];
      this.#size -= length;
      this.#work = this.#work
        .then(() => this.#take(type, body))
        .catch((error: unknown) => this.#completed.reject(error as Error));
    }
  }

  async #take(type: number, body: Buffer): Promise<void> {
    switch (type) {
      case FRAME.reconcile: {
        const { frames, have, need } = this.#session.receive(body);
        for (const frame of frames) this.#send(FRAME.reconcile, frame);
        if (need.length > 0) this.#send(FRAME.request, Buffer.from(need.join(''), 'hex'));
        await this.#sendMessages(have);
        if (this.#session.isDone) {
          this.#hasAgreed = true;
          this.#send(FRAME.agreed, new Uint8Array());
        }
        break;
      }
      case FRAME.request:
        await this.#sendMessages(idsOf(body));
        break;
      case FRAME.messages: {
        const messages = decoded(body);
        await this.#store.add(messages);
        // As many bytes as MVDS takes for an acknowledgement.
        this.#send(FRAME.ack, new Uint8Array(messages.length * (ID_BYTES + 2)));
        break;
      }
      case FRAME.agreed:
        this.#hasAgreed = true;
        break;
    }
    if (this.#hasAgreed && this.#store.size >= this.#expected) this.#completed.resolve(undefined);
  }

  async #sendMessages(ids: readonly (MessageId | string)[]): Promise<void> {
    for (let from = 0; from < ids.length; from += MESSAGES_AT_ONCE) {
      const messages = await this.#store.read(ids.slice(from, from + MESSAGES_AT_ONCE));
      if (this.#send(FRAME.messages, encoded(messages))) continue;
      await new Promise<void>((resolve) => this.#socket.once('drain', resolve));
    }
  }

  #send(type: number, body: Uint8Array): boolean {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(body.length);
    header.writeUInt8(type, 4);
    return this.#socket.write(Buffer.concat([header, body]));
  }
}

function encoded(messages: readonly PlainMessage[]): Buffer {
  return Buffer.concat(
    messages.flatMap(({ at, body }) => {
      const header = Buffer.alloc(10);
      header.writeBigInt64BE(at);
      header.writeUInt16BE(body.length, 8);
      return [header, body];
    }),
  );
}

function decoded(frame: Buffer): PlainMessage[] {
  const messages: PlainMessage[] = [];
  for (let at = 0; at < frame.length;) {
    const end = at + 10 + frame.readUInt16BE(at + 8);
    messages.push({ at: frame.readBigInt64BE(at), body: frame.subarray(at + 10, end) });
    at = end;
  }
  return messages;
}

function idsOf(body: Buffer): string[] {
  return Array.from({ length: body.length / ID_BYTES }, (_, nth) =>
    body.toString('hex', nth * ID_BYTES, (nth + 1) * ID_BYTES),
  );
}

export const openPlain: OpenReplica = async (load, folder, side) => {
  const level = (load('leveldown') as (folder: string) => Level)(join(folder, side));
  const store = await PlainStore.open(level);
  return {
    add: (messages) =>
      store.add(messages.map(({ at, text }) => ({ at: BigInt(at), body: Buffer.from(text) }))),
    serve: async (port, expected) => {
      const connected = Promise.withResolvers<PlainSession>();
      const server = createServer((socket) => {
        // It begins, as it holds most: what it finds that the other one lacks needs no request.
        connected.resolve(new PlainSession(store, socket, true, expected));
      });
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return { complete: connected.promise.then(({ complete }) => complete) };
    },
    pull: (port, expected) =>
      new PlainSession(store, connect(port, '127.0.0.1'), false, expected).complete,
    close: () => store.close(),
  };
};
