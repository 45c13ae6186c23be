/** See README.md in this folder. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { toHex, utf8 } from '../../main/helpers/bytes.ts';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import { STORE_ID_BYTES } from '../../main/mvds/constants.ts';
import { parseGroupId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { runStdio } from '../../main/mvds/stdio.ts';

const { values } = parseArgs({
  options: {
    group: { type: 'string', default: '' },
    mode: { type: 'string', default: 'batch' },
    dialect: { type: 'string', default: 'spec' },
    delivery: { type: 'string', default: 'causal' },
    epoch: { type: 'string', default: '1000' },
    append: { type: 'string', multiple: true, default: [] },
    ephemeral: { type: 'string', multiple: true, default: [] },
  },
});

const groupId = parseGroupId(values.group);
const { mode, dialect, delivery } = values;
if (
  groupId === undefined ||
  (mode !== 'batch' && mode !== 'interactive') ||
  (dialect !== 'spec' && dialect !== 'compact') ||
  (delivery !== 'causal' && delivery !== 'eventual')
) {
  console.error(
    '--group takes 64 hexadecimal characters, --mode batch or interactive, --dialect spec or compact, --delivery causal or eventual',
  );
  process.exit(2);
}

const session = await runStdio({
  input: process.stdin,
  output: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    }),
  store: createMemorySyncStore(),
  clock: systemClock,
  random: systemRandom,
  storeId: toHex(randomBytes(STORE_ID_BYTES)),
  groupId,
  mode,
  dialect,
  delivery,
  epochMs: Number(values.epoch),
  onDelivered: (messages) => {
    for (const { id, timestamp, body } of messages) {
      console.error(
        JSON.stringify({ delivered: id, timestamp: `${timestamp}`, body: toHex(body) }),
      );
    }
  },
  onRejected: (reason) => console.error(JSON.stringify({ rejected: reason })),
  onUnmetParents: (unmet) => {
    for (const { type, messageId, parents } of unmet) {
      console.error(JSON.stringify({ unmetParents: parents, reason: type, message: messageId }));
    }
  },
  onEphemeralDropped: (ids) => console.error(JSON.stringify({ ephemeralDropped: ids })),
});
const start = BigInt(Date.now());
const written = [
  ...values.append.map((text) => ({ text, ephemeral: false })),
  ...values.ephemeral.map((text) => ({ text, ephemeral: true })),
];
await Promise.all(
  written.map(({ text, ephemeral }, index) => {
    const timestamp = start + BigInt(index);
    return session.node.append({ groupId, timestamp, body: utf8(text), metadata: { ephemeral } });
  }),
);
await session.ended;
