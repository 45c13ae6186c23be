import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiEvent } from '../../api/types.ts';
import type { FileContent as FileEvent } from '../../conversations/events.ts';
import type { Clock } from '../../helpers/clock.ts';
import type { GroupId, MessageId, PeerId } from '../../helpers/ids.ts';
import type { EpochId } from '../../identity/content-key.ts';
import type { Store } from '../../store/index.ts';
import type { Orchestrator } from '../../sync/orchestrator.ts';
import type { PeerSyncStatus } from '../../sync/status.ts';
import type { FileLimits } from '../options.ts';
import type { SealedBodies } from '../sealed-bodies.ts';
import { FileErasure } from './file-erasure.ts';
import { FileContent } from './content.ts';
import { Fetcher } from './fetcher.ts';
import type { FileChoice } from './file-choice.ts';
import { Files } from './files.ts';
import { FreeSpace } from './free-space.ts';
import { Publisher } from './publisher.ts';
import { Staging } from './staging.ts';

/** Below the data folder: files that were added and not sent. */
const STAGING_FOLDER = 'added-files';

export interface CreateFilesOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly limits: FileLimits | undefined;
  readonly store: Store;
  readonly sync: Orchestrator;
  readonly choice: FileChoice;
  readonly bodies: SealedBodies;
  /** The group of chunks; undefined before this device belongs to a list, and on a device that cannot read them. */
  readonly group: () => GroupId | undefined;
  /** The same for what is about to be written; makes this a first device where it is none yet. */
  readonly groupToWrite: () => Promise<GroupId>;
  /** The epoch that is sealed under now. */
  readonly epoch: () => Promise<EpochId>;
  readonly append: (group: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
  readonly say: (events: readonly FileEvent[]) => Promise<readonly MessageId[]>;
  readonly emit: (event: ApiEvent) => void;
  /** The status of files has changed. */
  readonly onStatus: () => void;
  readonly onError: (error: unknown) => void;
}

/** Deletes what was added on a device that is erased, and is not running. */
export function eraseAddedFiles(folder: string): void {
  rmSync(join(folder, STAGING_FOLDER), { recursive: true, force: true });
}

/** The part of a device that deals with files, put together. */
export function createFiles(options: CreateFilesOptions): Files {
  const { folder, clock, limits = {}, store, sync, choice, bodies, group, onError } = options;
  const { groupToWrite, epoch, append, say, emit, onStatus } = options;
  const { files } = store;
  const { messages } = store.sync;
  const space = new FreeSpace({
    ...{ folder, clock, onError },
    ...limits,
    onChange: (isFull) => all.spaceChanged(isFull),
  });
  const checkSpace = (bytes: number) => space.check(bytes);
  const staging = Staging.open({
    folder: join(folder, STAGING_FOLDER),
    group: groupToWrite,
    seal: (to, timestamp, chunk) => bodies.seal(to, timestamp, chunk),
    checkSpace,
    now: () => clock.now(),
  });
  const publisher = new Publisher({
    ...{ files, staging, epoch, append, say, checkSpace },
    group: groupToWrite,
    open: (to, timestamp, body) => bodies.unseal(to, timestamp, body),
  });
  const fetcher = new Fetcher({
    ...{ files, clock, onError },
    peers: (storedAt) => connected(sync.peers(), group(), storedAt),
    want: (peer, ids) => sync.want(peer, ids),
    unwant: (ids) => sync.unwant(ids),
    isHeld: () => choice.isFull,
  });
  const fileErasure = new FileErasure({
    ...{ files, messages, group },
    tombstone: (tombstones) => sync.tombstone(tombstones),
    revive: (ids) => sync.revive(ids),
    onErased: (copy) => all.erased(copy),
    onNamedAgain: (copy) => all.namedAgain(copy),
  });
  const content = new FileContent({ files, messages, group, open: (one) => bodies.open(one) });
  const all: Files = new Files({
    ...{ files, clock, choice, space, staging, publisher, content, fetcher, fileErasure },
    ...{ emit, onStatus, onError },
    onWants: async ({ isMuted }) => {
      const chunks = group();
      if (isMuted && chunks !== undefined) await sync.mutedChanged(new Set([chunks]));
      else await sync.sinceChanged();
    },
  });
  return all;
}

const IN_SESSION: ReadonlySet<string> = new Set(['reconciling', 'transferring', 'up-to-date']);

/** Those first that keep files of that time without being asked. */
function connected(
  peers: readonly PeerSyncStatus[],
  group: GroupId | undefined,
  storedAt: number,
): PeerId[] {
  const keeps = ({ since }: PeerSyncStatus): boolean =>
    group === undefined || (since.get(group) ?? 0n) <= BigInt(storedAt);
  const present = peers.filter(({ state }) => IN_SESSION.has(state.kind));
  return [...present.filter(keeps), ...present.filter((one) => !keeps(one))].map(
    ({ peerId }) => peerId,
  );
}
