import { expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../main/conversations/files.ts';
import type { FileId } from '../../main/conversations/files.ts';
import { Engine } from '../../main/store/engine.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import { openConnection } from '../../main/store/opening.ts';
import { storeFiles } from '../../main/store/store-files.ts';
import { testFolder } from './folder.ts';
import {
  added,
  ALICE,
  BOB,
  conversationId,
  deletionOf,
  entry,
  GROUP,
  messageId,
  record,
} from './samples.ts';

/** Tables that grow with use; reading one of them whole would take longer every day. */
const GROWING = [
  'messages',
  'parents',
  'records',
  'entries',
  'marks',
  'revisions',
  'reactions',
  'activity',
  'copies',
  'parts',
  'part_lists',
  'copy_lists',
  'attachments',
];
/** What goes through everything because it is about everything, and what stops after the first rows. */
const MEANT_TO_SCAN = [
  /^DELETE FROM (entries|marks|revisions|reactions|attachments|parts|copy_lists|part_lists|copies)$/,
  /^SELECT (?!.* WHERE ).* LIMIT (1|\?)$/s,
];

interface Plan {
  readonly sql: string;
  readonly steps: readonly string[];
}

/** The plans of every statement that the engine's methods use. */
async function plans(): Promise<{ plans: readonly Plan[]; indexes: readonly string[] }> {
  const files = storeFiles(testFolder());
  const options = {
    files,
    key: undefined,
    fileSystem: nodeFileSystem,
    onNotice: () => undefined,
    now: () => 0,
  };
  const connection = await openConnection(options);
  const database = connection.file.connection;
  const prepare = database.prepare.bind(database);
  const statements = new Set<string>();
  database.prepare = (sql) => {
    statements.add(sql);
    return prepare(sql);
  };
  const engine = new Engine(connection, options);
  useEverything(engine);
  database.prepare = prepare;
  const found = [...statements]
    .filter((sql) => !/^(BEGIN|COMMIT|PRAGMA)/.test(sql))
    .map((sql) => ({
      sql,
      steps: connection.all(`EXPLAIN QUERY PLAN ${sql}`, [], ([, , , detail]) => String(detail)),
    }));
  const indexes = connection.all(
    "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    [],
    ([name]) => String(name),
  );
  engine.close();
  return { plans: found, indexes };
}

function useEverything(engine: Engine): void {
  const { messages, records, conversations, settings, activity, files, history } = engine;
  const position = { timestamp: 1n, order: 1, id: messageId(1) };
  const said = (order: number) => ({ order, eventId: messageId(`event ${order}`) });
  const notes = conversationId('notes');
  const parents = [messageId(1)];
  engine.commit({
    addMessages: [added(1), added(2, { metadata: { parents, ephemeral: false } })],
    putRecords: [record(ALICE, 1), record(ALICE, 1, { type: 'offer' }), record(BOB, 2)],
    backfill: [{ peerId: BOB, groupIds: [GROUP], type: 'offer', sendEpoch: 0 }],
    setCursors: [{ peerId: ALICE, groupIds: [GROUP], storeId: undefined }],
    expedite: [{ peerId: ALICE, sendEpoch: 0 }],
    deliver: [messageId(2)],
    addBacklog: [{ peerId: ALICE, groupId: GROUP, messageIds: [messageId(2)], sendEpoch: 0 }],
    epoch: 1,
  });
  messages.held(parents);
  messages.read(parents);
  messages.headers(parents);
  messages.arrivedAfter(0, 1);
  messages.arrivedAfter(0, 1, [GROUP]);
  messages.positions(GROUP, undefined, 1);
  messages.positions(GROUP, position, 1);
  messages.sections(GROUP);
  messages.checkSections(GROUP);
  messages.waitingFor(parents);
  messages.buffered(0, 10);
  messages.heads(GROUP, 1);
  messages.count();
  messages.count(GROUP);
  for (const order of ['ascending', 'descending'] as const) {
    history.page(GROUP, { limit: 1, order });
    history.page(GROUP, { limit: 1, order, after: position });
  }
  history.timestampKeepingBytes(GROUP, 1);
  records.records(ALICE, parents);
  records.recordsAbout(parents);
  records.due(ALICE, 1, 1);
  records.counts(ALICE);
  records.epoch();
  records.cursors(ALICE);
  conversations.apply({
    nameConversations: [
      { conversationId: notes, name: 'Notes', order: 1, eventId: messageId('name') },
    ],
    putEntries: [entry(1, 'one word'), entry(2, 'two words')],
    projectedThrough: 1,
  });
  conversations.apply({
    putEntries: [entry(1, 'reworded', { conversationId: notes })],
    edits: [{ ...said(2), target: messageId(1), author: BOB, writtenAt: 2, text: 'edited' }],
    deletions: [deletionOf(2, said(3)), deletionOf('not here', said(9))],
    pins: [{ ...said(4), target: messageId(1), pinned: true }],
    reactions: [{ ...said(5), target: messageId(1), author: BOB, emoji: '👍', on: true }],
    registers: [{ ...said(6), conversationId: notes, register: 'archived', value: true }],
    reads: [{ ...said(7), conversationId: notes, author: ALICE, position }],
    unsupported: [{ ...said(8), sequence: 8 }],
    projectedThrough: 2,
  });
  conversations.projectedThrough();
  conversations.conversations();
  conversations.conversation(notes, ALICE);
  conversations.conversationsNamed('Notes');
  conversations.entries(notes, 1);
  conversations.entries(notes, 1, { order: 1, id: messageId(1) });
  conversations.entriesAfter(notes, 1, { order: 1, id: messageId(1) });
  conversations.entry(messageId(1));
  conversations.entriesOf([messageId(1)]);
  conversations.pinnedEntries(notes);
  conversations.revisions(messageId(1));
  conversations.unsupported();
  conversations.highestOrder();
  conversations.search({ text: 'wo', limit: 1 });
  conversations.search({
    text: 'wo',
    limit: 1,
    conversationId: notes,
    author: BOB,
    from: 1,
    to: 2,
  });
  conversations.index.mergeStep(0);
  settings.set('name', 1);
  settings.get('name');
  activity.add([{ at: 1, peerId: ALICE, kind: 'connected', detail: {} }]);
  activity.newest(1);
  activity.newest(1, ALICE);
  useFiles(engine, files);
  engine.commit({
    tombstone: [{ ...position, groupId: GROUP }],
    revive: [messageId(1)],
    clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence: 1, before: 1n }],
    removeRecords: [record(BOB, 2)],
    dropCursors: [{ peerId: ALICE, groupIds: [GROUP] }],
    forgetPeers: [ALICE],
  });
  engine.commit({ addMessages: [added(1)] });
  history.expire({ groupId: GROUP, before: 9n, limit: 9 });
  conversations.reconsider(99);
  conversations.clear();
  engine.stats();
  engine.check(false);
}

function useFiles({ conversations }: Engine, files: Engine['files']): void {
  const file = messageId('file') as string as FileId;
  const copy = { file, bytes: CHUNK_BYTES * 65, storedAt: 1, parts: [] };
  const list = messageId('list');
  const attachments = [{ ...copy, lists: [list], name: 'a', mediaType: 'text/plain' }];
  conversations.apply({
    partLists: [{ id: list, parts: [messageId('part')] }],
    abandoned: [{ eventId: messageId('abandoned'), storedAt: 1, parts: [messageId('lost')] }],
    putEntries: [
      entry('with', 'a file', { attachments }),
      entry('small', '', {
        attachments: [
          { ...copy, bytes: 1, parts: [messageId('one')], lists: [], name: 'b', mediaType: 'a/b' },
        ],
      }),
    ],
    projectedThrough: 3,
  });
  conversations.entriesWithFiles(conversationId('notes'), 1);
  conversations.search({ text: 'file', limit: 1, hasFile: true });
  files.progress([file]);
  files.here(file);
  files.parts(1, 0, 1);
  files.awaited(0, 1);
  files.awaitedOf([1]);
  files.copiesOf(file);
  files.wanted();
  files.missing(1, 1);
  files.isWhole(1);
  files.touchedBy([messageId('part')]);
  files.want(file, true);
  files.settle(1, 'here');
  files.here(file);
  files.orphans(1);
  files.ownParts(1);
  files.erased(1);
  files.namedAgain(1);
  files.revived(1);
  files.totals();
  const { erasures } = conversations;
  erasures.due(1);
  erasures.done([messageId(1)], 1);
  erasures.erased(1, messageId(1), 1);
  const deletion = { order: 9, eventId: messageId('deletion') };
  conversations.apply({
    deletions: [deletionOf('with', deletion)],
    projectedThrough: 4,
  });
}

test('no statement reads a growing table whole, or sorts it for a few rows, and every index is used', async () => {
  const { plans: all, indexes } = await plans();
  expect(all.length).toBeGreaterThan(60);
  const scans = all.filter(
    ({ sql, steps }) =>
      !MEANT_TO_SCAN.some((meant) => meant.test(sql)) &&
      steps.some(
        (step) =>
          GROWING.some((table) => new RegExp(`^SCAN ${table}\\b(?!.*INDEX)`).test(step)) ||
          // A full-text table that is read without a search or a row's number.
          step.includes('VIRTUAL TABLE INDEX 0'),
      ),
  );
  expect(scans).toEqual([]);
  const sorting = all.filter(
    ({ sql, steps }) =>
      sql.includes(' LIMIT ') &&
      // Those that are equal in all terms but the last are few.
      steps.some((step) => step.includes('TEMP B-TREE') && !step.includes('FOR LAST TERM')) &&
      steps.some((step) => GROWING.some((table) => step.startsWith(`SEARCH ${table} `))),
  );
  expect(sorting).toEqual([]);
  const used = all.flatMap(({ steps }) => steps).join('\n');
  expect(indexes.filter((index) => !new RegExp(`INDEX ${index}\\b`).test(used))).toEqual([]);
});

test('whatever looks for a message or an entry by its id goes by the index of the ids', async () => {
  const lookups = (await plans()).plans
    .map(({ sql, steps }) => ({
      sql: sql.replace(/FROM (conversations|groups) WHERE id = \?/, ''),
      steps: steps.join('\n'),
    }))
    .filter(
      ({ sql }) =>
        /\bid = (\?|\w)/.test(sql) && /(FROM|UPDATE|JOIN) (messages|entries)\b/.test(sql),
    );
  expect(lookups.length).toBeGreaterThan(20);
  const byAnother = lookups.filter(
    ({ steps }) => !/^SEARCH (messages|entries) USING INDEX \1_by_id \(<expr>=\?/m.test(steps),
  );
  expect(byAnother).toEqual([]);
});

test.each([
  ['SELECT iif(', 'messages_in_order'],
  ['delivered = 1 AND body IS NOT NULL', 'messages_in_order'],
  ['SELECT sequence, id, parents, CAST(timestamp AS TEXT) FROM messages', 'messages_in_order'],
  ['DELETE FROM parents WHERE child', 'parents_of_child'],
  ['SELECT id FROM messages INDEXED BY', 'messages_heads'],
  ['ORDER BY send_epoch, record', 'records_due'],
  ['conversation = ? ORDER BY ordering DESC, entries.id DESC', 'entries_in_order'],
  ['conversation = ? AND (ordering, entries.id) < (', 'entries_in_order'],
  ['files > 0 AND (ordering, entries.id) < (', 'entries_with_files'],
  [
    'FROM peers CROSS JOIN entries',
    'entries_by_author (conversation=? AND author=? AND (ordering,id)>(?,?))',
  ],
])('%s… goes by %s, and sorts nothing', async (part, index) => {
  const found = (await plans()).plans.filter(({ sql }) => sql.includes(part));
  expect(found).not.toEqual([]);
  for (const { steps } of found) {
    expect(steps.join('\n')).toContain(index);
    expect(steps.join('\n')).not.toContain('TEMP B-TREE FOR ORDER BY');
  }
});
