import {
  MAX_APPENDS_PER_COMMIT,
  MAX_BODY_BYTES,
  MAX_OWN_PARENTS,
  MAX_PARENTS,
} from './constants.ts';
import type { Engine } from './engine.ts';
import type { OwnMessage } from './events.ts';
import { messageIdOf } from './ids.ts';
import { loadParents } from './load.ts';
import { InvalidMessageError, type AppendInput } from './options.ts';
import type { SyncStore } from './ports.ts';
import type { Message, MessageId } from './types.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

interface PendingAppend {
  readonly input: AppendInput;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: unknown) => void;
}

/** Messages written here. Those that wait together share a transaction, but each fails by itself. */
export class OwnMessages {
  /** Batches of at most what one transaction takes. */
  private readonly pending: PendingAppend[][] = [];
  private readonly store: SyncStore;
  private readonly engine: Engine;

  constructor(store: SyncStore, engine: Engine) {
    this.store = store;
    this.engine = engine;
  }

  append(input: AppendInput): Promise<Message> {
    return new Promise((resolve, reject) => {
      const append = { input, resolve, reject };
      const last = this.pending.at(-1);
      // One whose parents are filled in starts a batch: those before it may have to be among them.
      if (last !== undefined && last.length < MAX_APPENDS_PER_COMMIT && input.causal !== true) {
        last.push(append);
        return;
      }
      this.pending.push([append]);
      void this.engine.queue.add(() => this.appendNext());
    });
  }

  private async appendNext(): Promise<void> {
    const taken = this.pending.shift() ?? [];
    try {
      const accepted = await this.accept(taken);
      if (accepted.length === 0) return;
      const items = accepted.map(({ item }) => item);
      const messages = items.map(({ message }) => message);
      const slice = await this.parentsOf(messages);
      await this.engine.handle({ type: 'append', items, slice });
      for (const { item, resolve } of accepted) resolve(item.message);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }

  private async accept(
    taken: readonly PendingAppend[],
  ): Promise<{ item: OwnMessage; resolve: (message: Message) => void }[]> {
    const accepted: { item: OwnMessage; resolve: (message: Message) => void }[] = [];
    const here = new Set<MessageId>();
    for (const { input, resolve, reject } of taken) {
      try {
        const message = await this.toMessage(input, here);
        here.add(message.id);
        accepted.push({ item: { message, mode: input.mode }, resolve });
      } catch (error) {
        reject(error);
      }
    }
    return accepted;
  }

  private async toMessage(input: AppendInput, here: ReadonlySet<MessageId>): Promise<Message> {
    const { groupId, timestamp, body, metadata = {}, causal = false } = input;
    if (timestamp < MIN_INT64 || timestamp > MAX_INT64) {
      throw new InvalidMessageError('the timestamp is no int64');
    }
    if (body.byteLength > MAX_BODY_BYTES) {
      throw new InvalidMessageError(`the body has more than ${MAX_BODY_BYTES} bytes`);
    }
    const named = metadata.parents ?? (causal ? await this.deliveredHeads(input) : []);
    const parents = [...new Set(named)];
    if (parents.length > MAX_PARENTS) {
      throw new InvalidMessageError(`there are more than ${MAX_PARENTS} parents`);
    }
    const elsewhere = parents.filter((id) => !here.has(id) && !this.engine.isKnownDelivered(id));
    if (elsewhere.length > 0) {
      const held = await this.store.messages.held(elsewhere);
      if (elsewhere.some((id) => !held.has(id))) {
        throw new InvalidMessageError('a parent is not held here');
      }
    }
    const { ephemeral = false } = metadata;
    const id = messageIdOf(groupId, timestamp, body);
    return { id, groupId, timestamp, body, metadata: { parents, ephemeral } };
  }

  /** 4/MVDS-META: childless messages known to the sender; its application does not know buffered ones yet. */
  private async deliveredHeads({ groupId }: AppendInput): Promise<readonly MessageId[]> {
    const { messages } = this.store;
    const heads = await messages.read(await messages.heads(groupId, MAX_OWN_PARENTS));
    return [...heads.values()].filter(({ delivered }) => delivered).map(({ id }) => id);
  }

  private parentsOf(messages: readonly Message[]) {
    const ids = messages.map(({ id }) => id);
    return loadParents(this.store, ids, messages, this.engine.isKnownDelivered);
  }
}
