/** The tables of a new store. Once it is released it is never edited: what comes later is a migration, with a fixture. */
export const SCHEMA = `
  CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

  -- The counts are those of its records, kept with them: a status asks for them all the time.
  CREATE TABLE peers(
    peer INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    offers INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    messages INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE groups(
    grp INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK(length(id) = 32),
    messages INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE messages(
    sequence INTEGER PRIMARY KEY,
    -- No two have the same: see by-id.ts.
    id BLOB NOT NULL CHECK(length(id) = 32),
    grp INTEGER NOT NULL REFERENCES groups,
    timestamp INTEGER NOT NULL,
    source INTEGER REFERENCES peers,
    delivered INTEGER NOT NULL CHECK(delivered IN (0, 1)),
    -- Whether a message names it as a parent.
    named INTEGER NOT NULL CHECK(named IN (0, 1)),
    -- Ids one after another.
    parents BLOB NOT NULL,
    -- NULL in a tombstone.
    body BLOB
  ) STRICT;
  CREATE INDEX messages_by_id ON messages(substr(id, 1, 8));
  CREATE INDEX messages_in_order ON messages(grp, timestamp, id);
  CREATE INDEX messages_buffered ON messages(sequence) WHERE delivered = 0;
  -- Without the ids: where no message names a parent, all are in it.
  CREATE INDEX messages_heads ON messages(grp, timestamp) WHERE named = 0;

  -- Sums that a reconciliation proves with: see helpers/sections.ts. They change with the messages.
  CREATE TABLE sections(
    grp INTEGER NOT NULL REFERENCES groups,
    -- 0 in the first; it has also what is from before 1970.
    start INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK(count > 0),
    sum BLOB NOT NULL CHECK(length(sum) = 32),
    PRIMARY KEY(grp, start)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE parents(
    parent BLOB NOT NULL CHECK(length(parent) = 32),
    child INTEGER NOT NULL REFERENCES messages,
    PRIMARY KEY(parent, child)
  ) STRICT, WITHOUT ROWID;
  -- For the removal of old messages.
  CREATE INDEX parents_of_child ON parents(child);

  -- A request names a message that is not here, hence no reference. The row number is the order of creation.
  CREATE TABLE records(
    record INTEGER PRIMARY KEY,
    peer INTEGER NOT NULL REFERENCES peers,
    message BLOB NOT NULL CHECK(length(message) = 32),
    type INTEGER NOT NULL CHECK(type IN (0, 1, 2)),
    grp INTEGER REFERENCES groups,
    send_count INTEGER NOT NULL,
    send_epoch INTEGER NOT NULL,
    -- What is sent only when nothing else is.
    bulk INTEGER NOT NULL DEFAULT 0 CHECK(bulk IN (0, 1))
  ) STRICT;
  CREATE UNIQUE INDEX records_of_message ON records(message, peer);
  CREATE INDEX records_due ON records(peer, bulk, send_epoch);

  -- Messages that a peer lacks and that have no record: by group, the intervals of their sequences.
  CREATE TABLE backlogs(
    peer INTEGER NOT NULL REFERENCES peers,
    grp INTEGER NOT NULL REFERENCES groups,
    bulk INTEGER NOT NULL CHECK(bulk IN (0, 1)),
    ranges BLOB NOT NULL,
    PRIMARY KEY(peer, grp)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE cursors(
    peer INTEGER NOT NULL REFERENCES peers,
    grp INTEGER NOT NULL REFERENCES groups,
    store_id BLOB CHECK(length(store_id) = 16),
    sequence INTEGER NOT NULL,
    PRIMARY KEY(peer, grp)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE conversations(
    conversation INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK(length(id) = 16),
    name TEXT NOT NULL,
    name_order INTEGER NOT NULL,
    name_event BLOB NOT NULL,
    entries INTEGER NOT NULL DEFAULT 0,
    highest_order INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX conversations_in_order ON conversations(highest_order, id);
  CREATE INDEX conversations_by_name ON conversations(name);

  CREATE TABLE entries(
    entry INTEGER PRIMARY KEY,
    -- No two have the same: see by-id.ts.
    id BLOB NOT NULL CHECK(length(id) = 32),
    conversation INTEGER NOT NULL REFERENCES conversations,
    ordering INTEGER NOT NULL,
    author INTEGER NOT NULL REFERENCES peers,
    written_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- Something of a kind that this version does not know.
    unsupported INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX entries_by_id ON entries(substr(id, 1, 8));
  CREATE INDEX entries_in_order ON entries(conversation, ordering, id);
  CREATE INDEX entries_with_files ON entries(conversation, ordering, id) WHERE files > 0;
  -- What others have written since a position is found without a look at what one has written oneself.
  CREATE INDEX entries_by_author ON entries(conversation, author, ordering, id);

  -- What the index has. It follows behind the entries: the value in meta is the number of the last that it has got to. The
  -- function is the program's own.
  CREATE VIEW searchable AS SELECT entry AS rowid, search_terms(text) AS text FROM entries
    WHERE entry <= (SELECT value FROM meta WHERE key = 'indexed_through');
  -- A search that finds the beginnings of words, as while one is typed, must not read every word that begins so. In bytes:
  -- one to three letters of Latin scripts, one or more of others. Sizes of documents, which nothing here ranks by, are not kept.
  CREATE VIRTUAL TABLE search USING fts4(
    content="searchable", text, tokenize=unicode61 "remove_diacritics=2", order=desc, prefix="1,2,3", matchinfo=fts3
  );

  -- What was said of entries after they were written; an entry need not be here yet, hence no reference.
  CREATE TABLE marks(
    message BLOB PRIMARY KEY CHECK(length(message) = 32),
    deleted INTEGER NOT NULL DEFAULT 0 CHECK(deleted IN (0, 1)),
    -- Who made the deletion that came first.
    deleted_by INTEGER REFERENCES peers,
    -- Whether there are revisions, and when the one that shows was written: NULL for the first of them.
    edited INTEGER NOT NULL DEFAULT 0 CHECK(edited IN (0, 1)),
    edited_at INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0 CHECK(pinned IN (0, 1)),
    pin_order INTEGER NOT NULL DEFAULT -1,
    pin_event BLOB NOT NULL DEFAULT x'',
    -- Whether there are reactions, of which none need stand.
    reacted INTEGER NOT NULL DEFAULT 0 CHECK(reacted IN (0, 1))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX marks_pinned ON marks(message) WHERE pinned = 1;

  -- Every text of an entry that was edited, the first one included once the entry is here.
  CREATE TABLE revisions(
    message BLOB NOT NULL CHECK(length(message) = 32),
    ordering INTEGER NOT NULL,
    event BLOB NOT NULL CHECK(length(event) = 32),
    author INTEGER NOT NULL REFERENCES peers,
    written_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY(message, ordering, event)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reactions(
    message BLOB NOT NULL CHECK(length(message) = 32),
    emoji TEXT NOT NULL,
    author INTEGER NOT NULL REFERENCES peers,
    stands INTEGER NOT NULL CHECK(stands IN (0, 1)),
    ordering INTEGER NOT NULL,
    event BLOB NOT NULL CHECK(length(event) = 32),
    PRIMARY KEY(message, emoji, author)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE registers(
    conversation INTEGER NOT NULL REFERENCES conversations,
    register TEXT NOT NULL,
    -- As JSON.
    value TEXT NOT NULL,
    ordering INTEGER NOT NULL,
    event BLOB NOT NULL CHECK(length(event) = 32),
    PRIMARY KEY(conversation, register)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reads(
    conversation INTEGER NOT NULL REFERENCES conversations,
    author INTEGER NOT NULL REFERENCES peers,
    ordering INTEGER NOT NULL,
    message BLOB NOT NULL CHECK(length(message) = 32),
    PRIMARY KEY(conversation, author)
  ) STRICT, WITHOUT ROWID;

  -- Events of kinds that this version does not know.
  CREATE TABLE unsupported(
    event BLOB PRIMARY KEY CHECK(length(event) = 32),
    sequence INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- A file as it was stored once: its chunks are messages. Nothing here but the state is not said by an event.
  CREATE TABLE copies(
    copy INTEGER PRIMARY KEY,
    -- SHA-256 of what the events say of it.
    key BLOB NOT NULL UNIQUE CHECK(length(key) = 32),
    file BLOB NOT NULL CHECK(length(file) = 32),
    bytes INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    -- 0 awaited, 1 here, 2 damaged, 3 erased.
    state INTEGER NOT NULL,
    wanted INTEGER NOT NULL DEFAULT 0 CHECK(wanted IN (0, 1)),
    -- How many attachments there are of it.
    named INTEGER NOT NULL DEFAULT 0,
    -- How many of its lists are not here.
    unlisted INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX copies_of_file ON copies(file);
  CREATE INDEX copies_awaited ON copies(copy) WHERE state = 0 AND named > 0;
  CREATE INDEX copies_wanted ON copies(copy) WHERE wanted = 1;
  CREATE INDEX copies_orphaned ON copies(copy) WHERE named = 0 AND state <> 3;
  CREATE INDEX copies_named_again ON copies(copy) WHERE named > 0 AND state = 3;

  -- The messages with its chunks, which need not be here.
  CREATE TABLE parts(
    copy INTEGER NOT NULL REFERENCES copies,
    position INTEGER NOT NULL,
    message BLOB NOT NULL CHECK(length(message) = 32),
    PRIMARY KEY(copy, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parts_of_message ON parts(message);

  CREATE TABLE part_lists(
    message BLOB PRIMARY KEY CHECK(length(message) = 32),
    -- Ids one after another.
    parts BLOB NOT NULL
  ) STRICT;
  CREATE TABLE copy_lists(
    copy INTEGER NOT NULL REFERENCES copies,
    position INTEGER NOT NULL,
    message BLOB NOT NULL CHECK(length(message) = 32),
    PRIMARY KEY(copy, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX copy_lists_of_message ON copy_lists(message);

  -- The files that entries carry.
  CREATE TABLE attachments(
    message BLOB NOT NULL CHECK(length(message) = 32),
    position INTEGER NOT NULL,
    copy INTEGER NOT NULL REFERENCES copies,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    PRIMARY KEY(message, position)
  ) STRICT, WITHOUT ROWID;

  -- Messages whose texts are deleted: those of the texts, and those of their edits.
  CREATE TABLE erasures(
    message BLOB PRIMARY KEY CHECK(length(message) = 32),
    timestamp INTEGER NOT NULL,
    -- Who deleted the text.
    author INTEGER NOT NULL REFERENCES peers,
    -- Unix milliseconds; NULL while the message still has to become a tombstone.
    erased_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX erasures_due ON erasures(message) WHERE erased_at IS NULL;

  CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE activity(
    activity INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    peer INTEGER REFERENCES peers,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX activity_of_peer ON activity(peer);
`;
