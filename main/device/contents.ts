import type { ApiEvent } from '../api/types.ts';
import type { OpenedBody } from '../identity/sealing.ts';
import { erasureGroup } from '../identity/device-list.ts';
import type { StoredMessage, Tombstone } from '../mvds/ports.ts';
import type { Message } from '../mvds/types.ts';
import { createConversations } from './conversations.ts';
import type { Conversations } from './conversations.ts';
import type { Core } from './core.ts';
import { ErasureLog } from './erasure/erasure-log.ts';
import { TextErasure } from './erasure/text-erasure.ts';
import { EventWriter } from './event-writer.ts';
import { Exchange } from './exchange/exchange.ts';
import type { Restoration } from './exchange/restoration.ts';
import { createFiles } from './files/create.ts';
import type { Files } from './files/files.ts';
import type { Membership } from './membership.ts';
import type { CommitProjector } from './projecting-store.ts';
import { Projector } from './projector.ts';
import { SealedBodies } from './sealed-bodies.ts';
import { Unopened } from './unopened.ts';

export interface ContentsHooks {
  readonly emit: (event: ApiEvent) => void;
  /** The status of files has changed. */
  readonly onStatus: () => void;
  /** Conversations have changed. */
  readonly onChange: () => void;
  readonly restoration: Restoration;
}

/** What is in the messages: conversations and files, read and written, imported and exported. */
export class Contents {
  readonly conversations: Conversations;
  readonly files: Files;
  readonly exchange: Exchange;
  readonly #core: Core;
  readonly #membership: Membership;
  readonly #bodies: SealedBodies;
  readonly #projector: Projector;
  readonly #textErasure: TextErasure;
  readonly #erasureLog: ErasureLog;
  #isStarted = false;

  constructor(core: Core, membership: Membership, hooks: ContentsHooks) {
    const { emit, onStatus, restoration } = hooks;
    this.#core = core;
    this.#membership = membership;
    const { store, sync, choice, append, options } = core;
    const { folder, clock, log } = options;
    const { self, contentKeys } = membership;
    const onError = (error: unknown): void => log.error(error);
    const bodies = (this.#bodies = new SealedBodies({
      self,
      list: () => membership.list,
      contentKeys,
      append,
    }));
    this.#projector = new Projector({
      messages: store.sync.messages,
      conversations: store.conversations,
      open: (message) => bodies.open(message),
      hasKey: (epoch) => contentKeys.get(epoch) !== undefined,
      unopened: new Unopened(store.settings),
      onChange: ({ conversationIds, entryIds }) => {
        const changed = { conversationIds: [...conversationIds], messageIds: [...entryIds] };
        emit({ kind: 'messages', ...changed });
        if (!this.#isStarted) return;
        hooks.onChange();
        core.background.run(this.#textErasure.run());
        core.background.run(this.files.projected());
      },
    });
    const tombstone = (tombstones: readonly Tombstone[]) => sync.tombstone(tombstones);
    const { erasures } = store;
    const { messages } = store.sync;
    this.#erasureLog = new ErasureLog({
      ...{ keys: core.keys, erasures, messages, clock, append, tombstone },
      run: (work) => core.background.run(work),
      list: () => membership.list,
      group: () => membership.groups?.texts,
      onStored: (entries) => core.admission.followErasures(entries),
      hasRoom: (bytes) => core.admission.hasRoomForErasures(self, bytes),
    });
    this.#textErasure = new TextErasure({
      ...{ erasures, messages, tombstone, now: () => clock.now() },
      group: () => (membership.isMailbox ? undefined : membership.groups?.texts),
      onErased: async (erased) => {
        if (erased.some(({ author }) => author === self)) await this.#erasureLog.list();
      },
    });
    const writer = new EventWriter({
      ...{ self, clock, store: store.conversations },
      groups: () => membership.groupsToWrite(),
      append: (groupId, timestamp, body) => bodies.append(groupId, timestamp, body),
      projected: () => this.#projector.catchUp(),
    });
    this.files = createFiles({
      ...{ folder, clock, store, sync, choice, bodies, append, emit, onStatus, onError },
      limits: options.files,
      group: () => (membership.isMailbox ? undefined : membership.groups?.files),
      groupToWrite: async () => (await membership.groupsToWrite()).files,
      epoch: async () => (await contentKeys.current()).epoch,
      say: (events) => writer.aboutFiles(events),
    });
    this.conversations = createConversations({
      ...{ self, store: store.conversations, writer, files: this.files },
      deviceInfo: (peerId) => membership.info(peerId),
    });
    this.exchange = new Exchange({
      ...{ folder, clock, writer, restoration, conversations: this.conversations },
      restart: options.onRestart,
      store: store.conversations,
      backUp: async (path) => {
        await membership.copies.backUp(path);
      },
      isMailbox: () => membership.isMailbox,
      onState: (state) => emit({ kind: 'import', import: state }),
      onBug: onError,
    });
  }

  /** Makes up for what came to the store and was not taken up before the last end. */
  async start(): Promise<void> {
    await this.#projector.catchUp();
    this.#isStarted = true;
    await this.#textErasure.run();
    await this.#erasureLog.start();
    await this.files.start();
  }

  /** Takes nothing up any more; before the sessions end. */
  async stop(): Promise<void> {
    this.#erasureLog.stop();
    await this.exchange.cancelImport();
    await this.files.stop();
  }

  /** Resolves once nothing is under way any more; after the sessions have ended. */
  async ended(): Promise<void> {
    await this.#projector.stop();
  }

  /** Turns messages into conversations as they are stored. */
  get projector(): CommitProjector {
    return this.#projector;
  }

  /** Opens a message of the sealed groups with the content keys of this device. */
  open(message: Message): OpenedBody {
    return this.#bodies.open(message);
  }

  /** The device list has changed, and with it perhaps which groups these are. */
  followGroups(): void {
    const { groups } = this.#membership;
    if (groups) this.#projector.setGroups(new Set([groups.names, groups.texts]));
    if (this.#isStarted) this.#core.background.run(this.#erasureLog.follow());
  }

  /** Messages have come, those of this device included. */
  delivered(messages: readonly StoredMessage[]): void {
    const { names, texts, files } = this.#membership.groups ?? {};
    const chunks = messages.filter(({ groupId }) => groupId === files).map(({ id }) => id);
    if (chunks.length > 0) this.files.arrived(chunks);
    if (chunks.length === messages.length) return;
    const { list } = this.#membership;
    const erasures = list && erasureGroup(list.id);
    if (messages.some(({ groupId }) => groupId === erasures)) {
      this.#core.background.run(this.#erasureLog.follow());
    }
    const isLog = ({ groupId }: StoredMessage): boolean =>
      groupId !== names && groupId !== texts && groupId !== files && groupId !== erasures;
    const work = messages.some(isLog) ? this.#readLogs() : this.#projector.catchUp();
    this.#core.background.run(work);
  }

  /** With entries of the device list or of content keys perhaps the keys of messages have come that are here. */
  async #readLogs(): Promise<void> {
    await this.#membership.refresh();
    await this.#core.sync.readmit();
    await this.#projector.catchUp();
    this.files.keysChanged();
  }
}
