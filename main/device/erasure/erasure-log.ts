import type { Erasure, ErasureStore } from '../../conversations/ports.ts';
import type { Clock } from '../../helpers/clock.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { GroupId, MessageId, PeerId } from '../../helpers/ids.ts';
import { erasureGroup, isTrusted } from '../../identity/device-list.ts';
import type { DeviceList } from '../../identity/device-list.ts';
import { ERASED_MAX, parseErasureEntry, signErasureEntry } from '../../identity/erasure-entry.ts';
import type { ParsedErasureEntry } from '../../identity/erasure-entry.ts';
import type { SigningKeys } from '../../identity/keys.ts';
import type { MessagePosition, MessageStore, Tombstone } from '../../mvds/ports.ts';
import { readGroup } from '../read-group.ts';

const HOUR_MS = 60 * 60 * 1_000;
/**
 * A deletion by another device is listed here where no entry names it after so long: that device is gone, was removed, or did
 * not know of an edit. Each further device, by its place among the members, waits an hour more, so that one of them does it.
 */
export const WAIT_MS = 2 * HOUR_MS;
/** How often a device looks for that. */
const INTERVAL_MS = HOUR_MS;
/** Positions looked up at a time: some milliseconds of work. */
const POSITIONS = 500;

export interface ErasureLogOptions {
  readonly keys: SigningKeys;
  readonly erasures: ErasureStore;
  readonly messages: MessageStore;
  readonly clock: Clock;
  readonly list: () => DeviceList | undefined;
  /** The group of what is written in conversations. */
  readonly group: () => GroupId | undefined;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
  readonly tombstone: (tombstones: readonly Tombstone[]) => Promise<void>;
  /** Entries of the log that are stored. */
  readonly onStored: (entries: readonly Uint8Array[]) => void;
  /** Whether this device may sign another entry of so many bytes. */
  readonly hasRoom: (bytes: number) => boolean;
  /** Runs work that nobody waits for. */
  readonly run: (work: Promise<void>) => void;
}

interface KnownEntry {
  readonly entry: ParsedErasureEntry;
  isFollowed: boolean;
}

/**
 * The log of messages that nobody needs any more. Only entries of present devices are followed. A mailbox drops what they list. A
 * device, which knows from the events what is deleted, only keeps what it does not hold from coming: a newcomer would ask for
 * what nobody has. Both the log and what is to be listed are read from the store, so that a crash forgets nothing.
 */
export class ErasureLog {
  readonly #options: ErasureLogOptions;
  readonly #entries: KnownEntry[] = [];
  readonly #hashes = new Set<string>();
  /** The arrival sequence up to which entries were read. */
  #through: number | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: ErasureLogOptions) {
    this.#options = options;
  }

  /** Takes up what the store says, and lists what was not. */
  async start(): Promise<void> {
    await this.follow();
    await this.list();
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Entries may have arrived, or the device list may have changed. */
  readonly follow = coalesced(async () => {
    const list = this.#options.list();
    if (!list) return;
    await this.#read(list);
    for (const known of this.#entries) {
      if (this.#isStopped) return;
      if (known.isFollowed || !isPresent(list, known.entry.signer)) continue;
      await this.#drop(known.entry, list);
      known.isFollowed = true;
    }
  });

  /** Lists what this device has erased, of what its own person deleted here at once, and of all else what waited for too long. */
  readonly list = coalesced(async () => {
    const list = this.#options.list();
    const groupId = this.#options.group();
    const self = list?.members.get(this.#options.keys.peerId);
    if (!list || groupId === undefined || !self || !isTrusted(self.role)) return;
    const listed = this.#listed(list, groupId);
    const now = this.#options.clock.now();
    const until = now - waitOf(list, self.peerId);
    let unlisted: Erasure[] = [];
    let after: MessageId | undefined;
    for (;;) {
      const erased = await this.#options.erasures.erased(now, after, ERASED_MAX);
      for (const one of erased) {
        const isDue = one.author === self.peerId || one.erasedAt <= until;
        if (isDue && !listed.has(one.id)) unlisted.push(one);
      }
      const isLast = erased.length < ERASED_MAX;
      while (unlisted.length >= ERASED_MAX || (isLast && unlisted.length > 0)) {
        if (this.#isStopped) return;
        await this.#sign(list, groupId, unlisted.slice(0, ERASED_MAX));
        unlisted = unlisted.slice(ERASED_MAX);
      }
      if (isLast) return;
      after = erased.at(-1)?.id;
    }
  });

  async #read(list: DeviceList): Promise<void> {
    const group = erasureGroup(list.id);
    const { messages, onStored } = this.#options;
    const newest = await messages.lastSequence();
    // By the order of arrival only what is new: the first time that would go through everything there is.
    const stored =
      this.#through === undefined
        ? await readGroup(messages, group)
        : await messages.arrivedAfter(this.#through, Infinity, [group]);
    this.#through = newest;
    // Entries are kept, and the bodies of one read may share their memory.
    const bodies = stored.map(({ body }) => Uint8Array.from(body));
    onStored(bodies);
    for (const body of bodies) {
      const entry = parseErasureEntry(body);
      if (entry?.listId !== list.id || this.#hashes.has(entry.hash)) continue;
      this.#hashes.add(entry.hash);
      this.#entries.push({ entry, isFollowed: false });
    }
  }

  async #drop({ positions, groupId }: ParsedErasureEntry, list: DeviceList): Promise<void> {
    if (groupId !== this.#options.group()) return;
    const self = list.members.get(this.#options.keys.peerId);
    if (!self) return;
    const isReader = isTrusted(self.role);
    for (let at = 0; at < positions.length; at += POSITIONS) {
      const batch = positions.slice(at, at + POSITIONS);
      const headers = await this.#options.messages.headers(batch.map(({ id }) => id));
      const tombstones = batch.flatMap((position: MessagePosition): Tombstone[] => {
        const held = headers.get(position.id);
        if (!held) return [{ ...position, groupId }];
        const isBody = held.groupId === groupId && held.bytes !== undefined;
        return isBody && !isReader ? [{ id: held.id, timestamp: held.timestamp, groupId }] : [];
      });
      if (tombstones.length > 0) await this.#options.tombstone(tombstones);
    }
  }

  /** The messages that entries of present devices name. */
  #listed(list: DeviceList, groupId: GroupId): ReadonlySet<MessageId> {
    const present = this.#entries
      .map(({ entry }) => entry)
      .filter((entry) => entry.groupId === groupId && isPresent(list, entry.signer));
    return new Set(present.flatMap(({ positions }) => positions.map(({ id }) => id)));
  }

  async #sign(list: DeviceList, groupId: GroupId, erased: readonly Erasure[]): Promise<void> {
    const { keys, clock, messages, append, hasRoom } = this.#options;
    const headers = await messages.headers(erased.map(({ id }) => id));
    const positions = erased.flatMap(({ id }): MessagePosition[] => {
      const held = headers.get(id);
      return held?.groupId === groupId ? [{ id, timestamp: held.timestamp }] : [];
    });
    if (positions.length === 0) return;
    const at = clock.now();
    const entry = signErasureEntry(keys, { listId: list.id, groupId, positions, at });
    // Others would refuse it, and never come to hold the same as this device.
    if (!hasRoom(entry.byteLength)) return;
    await append(erasureGroup(list.id), BigInt(at), entry);
    await this.#read(list);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.schedule(INTERVAL_MS, () => {
      this.#options.run(this.list());
      this.#schedule();
    });
  }
}

function isPresent(list: DeviceList, signer: PeerId): boolean {
  return isTrusted(list.members.get(signer)?.role ?? 'mailbox');
}

function waitOf(list: DeviceList, self: PeerId): number {
  const writers = [...list.members.values()].filter(({ role }) => role === 'device');
  const place = writers
    .map(({ peerId }) => peerId)
    .sort()
    .indexOf(self);
  return WAIT_MS + Math.max(place, 0) * HOUR_MS;
}
