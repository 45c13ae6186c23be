import { messageIdOf } from '../../mvds/ids.ts';
import type { GroupId, MessageId } from '../../mvds/types.ts';
import type { PeerAddress } from '../../network/peers/peer-address.ts';
import { RequestClient } from '../../network/peers/request-client.ts';
import { PUBLISH_BYTES_MAX, PUBLISH_MESSAGES_MAX } from './limits.ts';
import { decodeReply, encodeRequest } from './store-format.ts';
import type {
  PublishOutcome,
  QueryRequest,
  Refusal,
  StoredBody,
  StorePage,
  StoreReply,
} from './store-format.ts';
import { STORE_PROTOCOL } from './store-protocol.ts';

/** The node has refused a request. Its message is one sentence for a person. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
  readonly refusal: Refusal;
  readonly retryAfterMs: number;

  constructor(text: string, refusal: Refusal, retryAfterMs: number) {
    super(text);
    this.refusal = refusal;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The node has sent what no honest one would. */
export class DishonestNodeError extends Error {
  override readonly name = 'DishonestNodeError';
}

export interface Published {
  readonly id: MessageId;
  readonly outcome: PublishOutcome;
}

export interface QueriedMessage extends StoredBody {
  readonly id: MessageId;
}

export interface QueriedPage extends Omit<StorePage, 'messages'> {
  readonly messages: readonly QueriedMessage[];
}

/** A client of one store node. It believes the node nothing that it can check. */
export class StoreClient {
  readonly #requests: RequestClient;

  private constructor(requests: RequestClient) {
    this.#requests = requests;
  }

  static async open(address: PeerAddress): Promise<StoreClient> {
    return new StoreClient(await RequestClient.open(address, STORE_PROTOCOL));
  }

  /**
   * Publishes messages of a group, in as many requests as they need. Rejects with `RequestError`, `StoreRefusedError` or
   * `DishonestNodeError`; `onPublished` was told of what was stored before.
   */
  async publish(
    groupId: GroupId,
    messages: readonly StoredBody[],
    onPublished: (published: readonly Published[]) => void = () => undefined,
  ): Promise<readonly Published[]> {
    const all: Published[] = [];
    for (const batch of batchesOf(messages)) {
      const reply = await this.#ask(encodeRequest({ type: 'publish', groupId, messages: batch }));
      if (reply.type !== 'published' || reply.outcomes.length !== batch.length) {
        throw new DishonestNodeError('The node does not say what became of the messages.');
      }
      const published = batch.map(({ timestamp, body }, index) => ({
        id: messageIdOf(groupId, timestamp, body),
        outcome: reply.outcomes[index] ?? 'too-long',
      }));
      onPublished(published);
      all.push(...published);
    }
    return all;
  }

  /** One page. Rejects as `publish` does. */
  async page(query: Omit<QueryRequest, 'type'>): Promise<QueriedPage> {
    const reply = await this.#ask(encodeRequest({ type: 'query', ...query }));
    if (reply.type !== 'page') throw new DishonestNodeError('The node does not send a page.');
    const messages = reply.messages.map((message) => ({
      ...message,
      id: messageIdOf(query.groupId, message.timestamp, message.body),
    }));
    checkPage(query, messages, reply);
    return { ...reply, messages };
  }

  async close(): Promise<void> {
    await this.#requests.close();
  }

  async #ask(request: Uint8Array): Promise<Exclude<StoreReply, { readonly type: 'refused' }>> {
    const reply = decodeReply(await this.#requests.request(request));
    if (!reply) throw new DishonestNodeError('The node sends what is no reply.');
    if (reply.type !== 'refused') return reply;
    throw new StoreRefusedError(reply.text, reply.refusal, reply.retryAfterMs);
  }
}

function* batchesOf(messages: readonly StoredBody[]): Iterable<StoredBody[]> {
  let batch: StoredBody[] = [];
  let bytes = 0;
  for (const message of messages) {
    const isFull =
      batch.length === PUBLISH_MESSAGES_MAX || bytes + message.body.byteLength > PUBLISH_BYTES_MAX;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += message.body.byteLength;
  }
  if (batch.length > 0) yield batch;
}

/** Throws `DishonestNodeError` on a page that is too long, out of order or out of the range, or that leads nowhere. */
function checkPage(
  { from, to, limit }: Omit<QueryRequest, 'type'>,
  messages: readonly QueriedMessage[],
  { cursor }: StorePage,
): void {
  const isInRange = ({ timestamp }: QueriedMessage): boolean =>
    (from === undefined || timestamp >= from) && (to === undefined || timestamp < to);
  const isInOrder = messages.every((message, index) => {
    const before = messages[index - 1];
    if (!before || before.timestamp < message.timestamp) return true;
    return before.timestamp === message.timestamp && before.id < message.id;
  });
  if (messages.length > limit || !isInOrder || !messages.every(isInRange)) {
    throw new DishonestNodeError('The node sends messages that were not asked for.');
  }
  if (messages.length === 0 && cursor.byteLength > 0) {
    throw new DishonestNodeError('The node pages on without a message.');
  }
}
