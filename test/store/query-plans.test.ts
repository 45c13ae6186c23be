import { expect, test } from 'vitest';
import { Engine } from '../../main/store/engine.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import { openConnection } from '../../main/store/opening.ts';
import { storeFiles } from '../../main/store/store-files.ts';
import { testFolder } from './folder.ts';
import { added, ALICE, BOB, conversationId, entry, GROUP, messageId, record } from './samples.ts';

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
  'attachment_chunks',
  'chunks',
];
/** What goes through everything because it is about everything, and what stops after the first rows. */
const MEANT_TO_SCAN = [
  /^DELETE FROM (entries|marks|revisions|reactions)$/,
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
  const { messages, records, conversations, settings, activity, attachments } = engine;
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
    epoch: 1,
  });
  messages.held(parents);
  messages.read(parents);
  messages.arrivedAfter(0, 1);
  messages.positions(GROUP, undefined, 1);
  messages.positions(GROUP, position, 1);
  messages.waitingFor(parents);
  messages.heads(GROUP, 1);
  messages.count();
  messages.count(GROUP);
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
    deletions: [{ ...said(3), target: messageId(2) }],
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
  conversations.index.mergeStep();
  settings.set('name', 1);
  settings.get('name');
  activity.add([{ at: 1, peerId: ALICE, kind: 'connected', detail: {} }]);
  activity.newest(1);
  activity.newest(1, ALICE);
  const id = messageId('file');
  attachments.add({ id, bytes: 1, chunks: [messageId('chunk')] });
  attachments.state(id);
  attachments.putChunk(new Uint8Array([1]));
  attachments.chunk(id, 0);
  attachments.missing(id, 1);
  attachments.remove(id);
  engine.commit({
    bury: [{ ...position, groupId: GROUP }],
    clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence: 1 }],
    removeRecords: [record(BOB, 2)],
    dropCursors: [{ peerId: ALICE, groupIds: [GROUP] }],
    forgetPeers: [ALICE],
  });
  conversations.reconsider(99);
  conversations.clear();
  engine.stats();
  engine.check(false);
}

test('no statement reads a growing table whole, and every index is used', async () => {
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
  const used = all.flatMap(({ steps }) => steps).join('\n');
  expect(indexes.filter((index) => !new RegExp(`INDEX ${index}\\b`).test(used))).toEqual([]);
});

test.each([
  ['SELECT iif(', 'messages_in_order'],
  ['SELECT id FROM messages WHERE grp', 'messages_heads'],
  ['ORDER BY send_epoch, record', 'records_due'],
  ['ORDER BY ordering DESC, entries.id DESC LIMIT ?', 'entries_in_order'],
])('%s… goes by %s, and sorts nothing', async (part, index) => {
  const found = (await plans()).plans.filter(({ sql }) => sql.includes(part));
  expect(found).not.toEqual([]);
  for (const { steps } of found) {
    expect(steps.join('\n')).toContain(index);
    expect(steps.join('\n')).not.toContain('TEMP B-TREE FOR ORDER BY');
  }
});
