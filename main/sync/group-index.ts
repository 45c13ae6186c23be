import { unpackSections } from '../helpers/sections.ts';
import { POSITION_BYTES, unpackPositions } from '../mvds/ids.ts';
import type { MessagePosition, MessageStore } from '../mvds/ports.ts';
import type { GroupId, MessageId } from '../mvds/types.ts';
import { orderTimestamp, OrderedIds, type Unloaded } from '../reconcile/index.ts';

/** Positions read at a time: some milliseconds of work in the store. */
const READ_POSITIONS = 4_096;

/** No message has it: it is before all others of its timestamp. */
const FIRST_ID = '00'.repeat(32) as MessageId;

/** The sections that the store kept were not those of its messages. They are made anew; what was found by them is void. */
export class SectionsDamagedError extends Error {
  override readonly name = 'SectionsDamagedError';
}

/** The messages held of one group, in order. */
export class GroupIndex {
  readonly #messages: MessageStore;
  readonly #groupId: GroupId;
  /** It is of no use any more. */
  readonly #onFailure: () => void;
  #ids: Promise<OrderedIds> | undefined;
  /** Positions that came in before the sections did. */
  #early: Uint8Array[] = [];
  #read: OrderedIds | undefined;
  /** By where the sections begin. */
  readonly #loading = new Map<number, Promise<void>>();

  constructor(messages: MessageStore, groupId: GroupId, onFailure: () => void) {
    this.#messages = messages;
    this.#groupId = groupId;
    this.#onFailure = onFailure;
  }

  /** With all that is held now. */
  async current(): Promise<OrderedIds> {
    try {
      const ids = await (this.#ids ??= this.#readSections());
      await this.load(ids.outdated);
      return ids;
    } catch (error) {
      this.#onFailure();
      throw error;
    }
  }

  /** `positions`, packed, are held from now on. */
  added(positions: Uint8Array): void {
    if (this.#read) this.#read.insertPacked(positions);
    else this.#early.push(positions);
  }

  /** Those that are loaded, or about to be, are not read again. */
  async load(missing: readonly Unloaded[]): Promise<void> {
    const fresh = missing.filter(({ from }) => !this.#loading.has(from));
    for (const run of runsOf(fresh)) {
      const loading = this.#loadRun(run);
      for (const { from } of run) this.#loading.set(from, loading);
    }
    const waited = missing.flatMap(({ from }) => this.#loading.get(from) ?? []);
    try {
      await Promise.all(waited);
    } catch (error) {
      this.#onFailure();
      throw error;
    }
  }

  async #readSections(): Promise<OrderedIds> {
    const sections = unpackSections(await this.#messages.sections(this.#groupId));
    const ids = new OrderedIds(sections);
    this.#read = ids;
    // The sums may have them already: whatever they are in is looked into.
    for (const positions of this.#early) ids.insertPacked(positions);
    this.#early = [];
    return ids;
  }

  /** Sections that adjoin, read as one. */
  async #loadRun(run: readonly Unloaded[]): Promise<void> {
    const [first] = run;
    const ids = this.#read;
    if (!first || !ids) return;
    for (const section of run) ids.beginLoading(section);
    const positions = await this.#positions(first.from, run.at(-1)?.to ?? Infinity);
    let isSame = true;
    let start = 0;
    for (const section of run) {
      const end = indexOfTimestamp(positions, section.to, start);
      if (!ids.load(section, positions.subarray(start, end))) isSame = false;
      start = end;
      this.#loading.delete(section.from);
    }
    if (!isSame && !(await this.#messages.checkSections(this.#groupId))) {
      throw new SectionsDamagedError('the sums of a group were wrong, and were made anew');
    }
  }

  /** From timestamp `from` on and below `to`. */
  async #positions(from: number, to: number): Promise<Uint8Array> {
    const batches: Uint8Array[] = [];
    let after: MessagePosition | undefined =
      from > 0 ? { timestamp: BigInt(from), id: FIRST_ID } : undefined;
    for (;;) {
      const batch = await this.#messages.positions(this.#groupId, after, READ_POSITIONS);
      const end = indexOfTimestamp(batch, to, 0);
      batches.push(batch.subarray(0, end));
      if (end < batch.byteLength || batch.byteLength < READ_POSITIONS * POSITION_BYTES) break;
      [after] = unpackPositions(batch.subarray(-POSITION_BYTES));
    }
    return batches.length === 1 && batches[0] ? batches[0] : Buffer.concat(batches);
  }
}

/** Neighbours together. */
function runsOf(missing: readonly Unloaded[]): Unloaded[][] {
  const runs: Unloaded[][] = [];
  for (const section of missing.toSorted((a, b) => a.from - b.from)) {
    const run = runs.at(-1);
    if (run?.at(-1)?.to === section.from) run.push(section);
    else runs.push([section]);
  }
  return runs;
}

/** The byte, from `start` on, at which the positions with a timestamp of `to` or above begin. */
function indexOfTimestamp(positions: Uint8Array, to: number, start: number): number {
  if (to === Infinity) return positions.byteLength;
  const view = new DataView(positions.buffer, positions.byteOffset, positions.byteLength);
  let low = start / POSITION_BYTES;
  let high = positions.byteLength / POSITION_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (orderTimestamp(view.getBigInt64(middle * POSITION_BYTES)) < to) low = middle + 1;
    else high = middle;
  }
  return low * POSITION_BYTES;
}
