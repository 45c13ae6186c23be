import { DeviceGroup } from '../group/device-group.ts';
import { Background } from '../helpers/background.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import type { EpochId } from '../identity/content-key.ts';
import type { OpenedKeys } from '../identity/keys.ts';
import type { MemberRole } from '../identity/device-list.ts';
import type { OpenedBody } from '../identity/sealing.ts';
import type { StoredMessage } from '../mvds/ports.ts';
import type { Message } from '../mvds/types.ts';
import { Network } from '../network/network.ts';
import type { Store } from '../store/index.ts';
import { limitedTransport } from '../sync/limited-transport.ts';
import { Orchestrator } from '../sync/orchestrator.ts';
import { BodyAdmission } from './admission/body-admission.ts';
import { DeviceAdmission } from './admission/device-admission.ts';
import type { ConversationGroups } from './device-list-keeper.ts';
import { Agreements } from './agreements.ts';
import { FileChoice } from './files/file-choice.ts';
import { FirstTransfer } from './first-transfer.ts';
import { HistoryChoice } from './history-choice.ts';
import { MailboxLimits } from './mailbox-limits.ts';
import { directOptions } from './options.ts';
import type { DeviceOptions } from './options.ts';
import { PauseAll } from './pause-all.ts';
import { projectingStore, type CommitProjector } from './projecting-store.ts';
import { DeviceSettings } from './settings.ts';
import { StoreKey } from './store-key.ts';

/** What a device on the LAN is reached at where no address is given: any free port. */
const LAN_LISTEN = ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'];

/** What the rest of a device rests on: layers 1 to 3, their store and their network, opened and not yet started. */
export interface Core {
  readonly options: DeviceOptions;
  readonly keys: OpenedKeys;
  readonly store: Store;
  readonly storeKey: StoreKey;
  readonly settings: DeviceSettings;
  readonly network: Network;
  readonly sync: Orchestrator;
  readonly group: DeviceGroup;
  readonly admission: DeviceAdmission;
  readonly history: HistoryChoice;
  readonly choice: FileChoice;
  readonly firstTransfer: FirstTransfer;
  readonly limits: MailboxLimits;
  readonly pauseAll: PauseAll;
  readonly background: Background;
  /** Stores a message of this device and sends it on its way; rejects as `Orchestrator.append`. */
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<Message>;
  /** From now on `owner` is asked and told; until then nobody is. */
  readonly belongTo: (owner: CoreOwner) => void;
}

/** What the core asks the device that is made of it, and tells it. */
interface CoreOwner {
  readonly groups: () => ConversationGroups | undefined;
  readonly isMailbox: () => boolean;
  /** As which of them another device is a member; undefined where it is none. */
  readonly roleOf: (peer: PeerId) => MemberRole | undefined;
  /** Turns messages into conversations as they are stored. */
  readonly projector: () => CommitProjector | undefined;
  /** Opens a message with the content keys of this device. */
  readonly openBody: (message: Message) => OpenedBody;
  /** Whether the log of content keys names an epoch. */
  readonly isEpochNamed: (epoch: EpochId) => boolean;
  /** A message of an epoch was admitted. */
  readonly onAdmitted: (epoch: EpochId) => void;
  /** This device and another one have come to hold the same. */
  readonly onAgreed: () => void;
  /** They hold the same. */
  readonly onAgreeing: (peer: PeerId) => void;
  /** What a device that is dropped is told last. */
  readonly farewell: () => Promise<readonly StoredMessage[]>;
  readonly onDelivered: (messages: readonly StoredMessage[]) => void;
  /** Something that the status shows has changed. */
  readonly onStatus: () => void;
  /** The same, of the synchronization with the other devices. */
  readonly onPeers: () => void;
}

/** Rejects as the parts do. */
export async function openCore(
  options: DeviceOptions,
  keys: OpenedKeys,
  store: Store,
): Promise<Core> {
  let owner: Partial<CoreOwner> = {};
  const onStatus = (): void => owner.onStatus?.();
  const { clock, random, log } = options;
  const onError = (error: unknown): void => log.error(error);
  const settings = await DeviceSettings.open(store.settings, options.name);
  await settings.addRelays(options.relays);
  const network = await Network.create({
    ...{ keys, clock, random },
    listen: options.listen.length === 0 && options.lan ? LAN_LISTEN : options.listen,
    mustListen: options.listen.length > 0,
    relays: await settings.relays(),
    lan: options.lan,
    direct: directOptions(options),
    ...(options.upnp === true && { upnp: {} }),
    nodeMetrics: options.nodeMetrics,
    onRelayChange: onStatus,
    onNotice: (text) => log.notice(text),
  });
  const history = await HistoryChoice.open({
    ...{ settings: store.settings, clock },
    group: () => owner.groups?.()?.texts,
    onChange: () => sync.sinceChanged(),
  });
  const choice = await FileChoice.open({
    ...{ settings: store.settings, clock },
    historySince: () => history.since,
  });
  const firstTransfer = await FirstTransfer.open(store.settings);
  const pauseAll = await PauseAll.open({
    ...{ store: store.settings, settings, clock, onError },
    onChange: onStatus,
  });
  const group = new DeviceGroup(keys.peerId);
  const bodies = new BodyAdmission({
    open: (message) => owner.openBody?.(message) ?? { kind: 'garbled' },
    prepare: (message) => owner.projector?.()?.prepare(message),
    isNamed: (epoch) => owner.isEpochNamed?.(epoch) ?? false,
    onAdmitted: (epoch) => owner.onAdmitted?.(epoch),
    isMailbox: () => owner.isMailbox?.() ?? false,
    roleOf: (peer) => owner.roleOf?.(peer),
    now: () => clock.now(),
  });
  const admission = new DeviceAdmission(bodies);
  const isFiles = (groupId: GroupId): boolean => groupId === owner.groups?.()?.files;
  const sync: Orchestrator = await Orchestrator.open({
    ...{ storeId: store.storeId, group, clock, random, onError },
    store: projectingStore(store, () => owner.projector?.()),
    admission,
    transport: limitedTransport(network, clock, () => choice.rates),
    history: await settings.history(),
    settings: await pauseAll.settingsAtStart(),
    activity: store.activity,
    since: (groupId) => (isFiles(groupId) ? choice.since : history.sinceOf(groupId)),
    bulk: isFiles,
    mutes: (groupId) => choice.settings.metered && isFiles(groupId),
    farewell: async () => (await owner.farewell?.()) ?? [],
    onDelivered: (messages) => owner.onDelivered?.(messages),
  });
  const limits = await MailboxLimits.open({
    ...{ settings: store.settings, messages: store.sync.messages, clock, onError },
    groups: () => {
      const { texts, files } = owner.groups?.() ?? {};
      return owner.isMailbox?.() === true && texts && files ? [texts, files] : [];
    },
    since: () => history.since,
    raise: (since) => history.raise(since),
    tombstone: (tombstones) => sync.tombstone(tombstones),
  });
  const agreements = new Agreements({
    onAgreed: (peer) => {
      if (owner.roleOf?.(peer) === 'device') bodies.proven();
      owner.onAgreed?.();
    },
    onAgreeing: (peer) => owner.onAgreeing?.(peer),
  });
  sync.subscribe((peers) => {
    pauseAll.follow();
    agreements.follow(peers);
    owner.onPeers?.();
  });
  return {
    ...{ options, keys, store, settings, network, sync, group, admission },
    storeKey: new StoreKey(options.folder, keys, store),
    ...{ history, choice, firstTransfer, limits, pauseAll },
    background: new Background(onError),
    append: (groupId, timestamp, body) => sync.append(groupId, timestamp, body),
    belongTo: (device) => {
      owner = device;
    },
  };
}
