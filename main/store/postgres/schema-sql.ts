/** The tables of a new database, in a schema of their own, so that they may stand beside those of others. */
export const SCHEMA_SQL = `
  CREATE SCHEMA IF NOT EXISTS reunion;

  -- One row. A transaction that adds a message locks it until its commit: so messages become visible in the order of their sequences.
  -- It changes with every commit; the free room in its page lets the old versions be reused at once.
  CREATE TABLE reunion.meta(
    single boolean PRIMARY KEY DEFAULT true CHECK(single),
    version integer NOT NULL,
    last_sequence bigint NOT NULL DEFAULT 0,
    last_release bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 10);

  -- The processes that share the messages, each with peers, records and cursors of its own.
  CREATE TABLE reunion.nodes(
    node integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    store_id bytea NOT NULL CHECK(octet_length(store_id) = 16),
    epoch bigint NOT NULL DEFAULT 0,
    -- Up to where the node knows what the others added, and what they released from the causal buffer.
    taken bigint NOT NULL,
    taken_release bigint NOT NULL
  ) WITH (fillfactor = 10);

  CREATE TABLE reunion.groups(
    grp integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL UNIQUE CHECK(octet_length(id) = 32),
    messages bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 10);

  CREATE TABLE reunion.messages(
    sequence bigint PRIMARY KEY,
    id bytea NOT NULL UNIQUE CHECK(octet_length(id) = 32),
    grp integer NOT NULL REFERENCES reunion.groups,
    timestamp bigint NOT NULL,
    -- The peer it came from.
    source text,
    -- The node that stored it; it may be gone.
    node integer NOT NULL,
    delivered boolean NOT NULL,
    -- Where it is in the order of those that left the causal buffer, and the node that released it.
    release bigint,
    releaser integer,
    -- Whether a message names it as a parent.
    named boolean NOT NULL,
    -- Ids one after another.
    parents bytea NOT NULL,
    -- NULL in a tombstone.
    body bytea
  );
  -- Bodies are mostly sealed, and do not get smaller by compression.
  ALTER TABLE reunion.messages ALTER COLUMN body SET STORAGE EXTERNAL;
  CREATE INDEX messages_in_order ON reunion.messages(grp, timestamp, id);
  CREATE INDEX messages_buffered ON reunion.messages(sequence) WHERE NOT delivered;
  CREATE INDEX messages_heads ON reunion.messages(grp, timestamp, id) WHERE NOT named;
  CREATE INDEX messages_released ON reunion.messages(release) WHERE release IS NOT NULL;

  CREATE TABLE reunion.parents(
    parent bytea NOT NULL CHECK(octet_length(parent) = 32),
    child bigint NOT NULL REFERENCES reunion.messages ON DELETE CASCADE,
    PRIMARY KEY(parent, child)
  );
  CREATE INDEX parents_of_child ON reunion.parents(child);

  -- The counts are those of its records, kept with them: a status asks for them all the time.
  CREATE TABLE reunion.peers(
    node integer NOT NULL REFERENCES reunion.nodes ON DELETE CASCADE,
    peer text NOT NULL,
    offers bigint NOT NULL,
    requests bigint NOT NULL,
    messages bigint NOT NULL,
    PRIMARY KEY(node, peer)
  ) WITH (fillfactor = 50);

  -- A request names a message that is not here, hence no reference. The row number is the order of creation.
  CREATE TABLE reunion.records(
    record bigint GENERATED ALWAYS AS IDENTITY,
    node integer NOT NULL REFERENCES reunion.nodes ON DELETE CASCADE,
    peer text NOT NULL,
    message bytea NOT NULL CHECK(octet_length(message) = 32),
    type smallint NOT NULL CHECK(type IN (0, 1, 2)),
    grp integer REFERENCES reunion.groups,
    send_count integer NOT NULL,
    send_epoch bigint NOT NULL,
    -- What is sent only when nothing else is.
    bulk boolean NOT NULL,
    PRIMARY KEY(message, node, peer)
  );
  CREATE INDEX records_due ON reunion.records(node, peer, bulk, send_epoch, record);

  CREATE TABLE reunion.cursors(
    node integer NOT NULL REFERENCES reunion.nodes ON DELETE CASCADE,
    peer text NOT NULL,
    grp integer NOT NULL REFERENCES reunion.groups,
    store_id bytea CHECK(octet_length(store_id) = 16),
    sequence bigint NOT NULL,
    PRIMARY KEY(node, peer, grp)
  );

  -- Values are JSON.
  CREATE TABLE reunion.settings(
    node integer NOT NULL REFERENCES reunion.nodes ON DELETE CASCADE,
    key text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY(node, key)
  );
`;
