import type { ConversationStore, ErasureStore, FileStore } from '../conversations/ports.ts';
import type { HistoryReader, Retention } from '../mvds/history.ts';
import type { MessageStore, SyncRecordStore } from '../mvds/ports.ts';
import type { ActivityLog, SettingStore } from './ports.ts';

/** The parts of the engine that are called from outside, each with the port that it answers to. */
export interface StorePorts {
  readonly messages: MessageStore;
  readonly records: SyncRecordStore;
  readonly conversations: ConversationStore;
  readonly erasures: ErasureStore;
  readonly history: HistoryReader & Retention;
  readonly settings: SettingStore;
  readonly activity: ActivityLog;
  readonly files: FileStore;
}

export type CallableTable = keyof StorePorts;

export type StoreMethod =
  'commit' | 'commitProjected' | 'stats' | 'check' | 'compact' | 'rekey' | 'backup' | 'close';

/** `urgent`: a person waits for it. It does not have to wait for what synchronizes, however much of that there is. */
type Priority = 'urgent' | 'other';

/** Every method of every port, and no other: one that is missing here does not compile. */
const PRIORITIES: {
  readonly [Table in CallableTable]: Readonly<Record<keyof StorePorts[Table], Priority>>;
} & { readonly store: Readonly<Record<StoreMethod, Priority>> } = {
  messages: {
    held: 'other',
    read: 'other',
    headers: 'other',
    arrivedAfter: 'other',
    positions: 'other',
    sections: 'other',
    checkSections: 'other',
    waitingFor: 'other',
    buffered: 'other',
    heads: 'other',
    count: 'other',
    lastSequence: 'other',
  },
  records: {
    records: 'other',
    recordsAbout: 'other',
    due: 'other',
    backlog: 'other',
    counts: 'other',
    epoch: 'other',
    cursors: 'other',
  },
  conversations: {
    projectedThrough: 'other',
    apply: 'other',
    clear: 'other',
    conversations: 'urgent',
    conversation: 'urgent',
    conversationsNamed: 'urgent',
    entries: 'urgent',
    entriesAfter: 'urgent',
    entriesWithFiles: 'urgent',
    entry: 'urgent',
    entriesOf: 'urgent',
    pinnedEntries: 'urgent',
    revisions: 'urgent',
    attachedTo: 'other',
    highestOrder: 'other',
    reconsider: 'other',
    unsupported: 'other',
    search: 'urgent',
  },
  erasures: {
    due: 'other',
    done: 'other',
    erased: 'other',
  },
  history: {
    page: 'other',
    expire: 'other',
    timestampKeepingBytes: 'other',
  },
  settings: {
    get: 'urgent',
    set: 'other',
  },
  activity: {
    add: 'other',
    newest: 'urgent',
  },
  files: {
    progress: 'urgent',
    here: 'other',
    parts: 'urgent',
    awaited: 'other',
    awaitedOf: 'other',
    copiesOf: 'other',
    wanted: 'other',
    missing: 'other',
    isWhole: 'other',
    touchedBy: 'other',
    settle: 'other',
    want: 'other',
    orphans: 'other',
    ownParts: 'other',
    erased: 'other',
    namedAgain: 'other',
    revived: 'other',
    totals: 'other',
  },
  store: {
    commit: 'other',
    commitProjected: 'other',
    stats: 'urgent',
    check: 'other',
    compact: 'other',
    rekey: 'other',
    backup: 'other',
    close: 'other',
  },
};

/** Whether a person waits for the call; undefined where there is no such method. */
export function isUrgent(table: CallableTable | 'store', method: string): boolean | undefined {
  const priorities: Readonly<Record<string, Priority>> = PRIORITIES[table];
  return Object.hasOwn(priorities, method) ? priorities[method] === 'urgent' : undefined;
}
