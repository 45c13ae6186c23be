import { randomBytes } from 'node:crypto';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_BODY_BYTES, MAX_PARENTS } from '../../main/mvds/constants.ts';
import type { NewMessage, StoredMessage } from '../../main/mvds/ports.ts';
import type { GroupId, Message, MessageId, PeerId } from '../../main/mvds/types.ts';
import type { PackedRows } from '../../main/store/packed-messages.ts';
import {
  packNewMessages,
  packStoredMessages,
  unpackNewMessages,
  unpackStoredMessages,
} from '../../main/store/packed-messages.ts';
import { added, ALICE, BOB, message, messageId } from './samples.ts';

const hex32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const messageIds = hex32 as fc.Arbitrary<MessageId>;
/** Few, as in a store: most messages share their group. */
const groups = fc.oneof(hex32, fc.constantFrom('00'.repeat(32), 'ff'.repeat(32)));
const peers = fc.oneof(fc.constantFrom(ALICE, BOB), fc.string({ unit: 'grapheme' }));
const timestamps = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -1n, 0n, 2n ** 53n + 1n),
);
/** In memory of its own, or a view into the middle of a larger buffer, as the body of a received frame is. */
const bodies = fc
  .tuple(fc.uint8Array({ maxLength: 400 }), fc.nat(50), fc.nat(50))
  .map(([bytes, from, to]) => bytes.subarray(Math.min(from, bytes.length), bytes.length - to));

/** As objects of programs are. */
const ORDINARY = { noNullPrototype: true } as const;

const messages: fc.Arbitrary<Message> = fc.record(
  {
    id: messageIds,
    groupId: groups as fc.Arbitrary<GroupId>,
    timestamp: timestamps,
    body: bodies,
    metadata: fc.record(
      {
        parents: fc.array(messageIds, { maxLength: MAX_PARENTS }),
        ephemeral: fc.boolean(),
      },
      ORDINARY,
    ),
  },
  ORDINARY,
);
const held = fc.record(
  {
    delivered: fc.boolean(),
    source: fc.option(peers as fc.Arbitrary<PeerId>, { nil: undefined }),
  },
  ORDINARY,
);
const newMessages: fc.Arbitrary<NewMessage> = fc
  .tuple(messages, held)
  .map(([each, rest]) => ({ message: each, ...rest }));
const sequences = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const storedMessages: fc.Arbitrary<StoredMessage> = fc
  .tuple(messages, held, sequences)
  .map(([each, rest, sequence]) => ({ ...each, ...rest, sequence }));
/** On to another thread, as `postMessage` moves it. */
function moved(packed: PackedRows): PackedRows {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(packed, [packed.buffer]);
  const { message: arrived } = receiveMessageOnPort(port2) as { message: PackedRows };
  port1.close();
  expect(packed.buffer.byteLength).toBe(0);
  return arrived;
}

test('new messages arrive as they were packed', () => {
  fc.assert(
    fc.property(fc.array(newMessages, { minLength: 1, maxLength: 20 }), (list) => {
      expect(unpackNewMessages(moved(packNewMessages(list)))).toStrictEqual(list);
    }),
  );
});

test('stored messages arrive as they were packed', () => {
  fc.assert(
    fc.property(fc.array(storedMessages, { minLength: 1, maxLength: 20 }), (list) => {
      expect(unpackStoredMessages(moved(packStoredMessages(list)))).toStrictEqual(list);
    }),
  );
});

test('nothing is nothing', () => {
  expect(unpackNewMessages(packNewMessages([]))).toEqual([]);
  expect(unpackStoredMessages(packStoredMessages([]))).toEqual([]);
});

test('the largest bodies and the most parents arrive beside empty ones', () => {
  const parents = Array.from({ length: MAX_PARENTS }, (_, at) => messageId(`parent ${at}`));
  const metadata = { parents, ephemeral: false };
  const list = [
    added(1, { body: new Uint8Array(0) }),
    added(2, { body: new Uint8Array(randomBytes(MAX_BODY_BYTES)), metadata }),
    added(3, { body: new Uint8Array(0), source: BOB, metadata }),
    added(4, { body: new Uint8Array(randomBytes(MAX_BODY_BYTES)), delivered: false }),
  ];
  expect(unpackNewMessages(moved(packNewMessages(list)))).toStrictEqual(list);
});

test('of a body that is a view only its own bytes travel, and the rest of its buffer stays usable', () => {
  const frame = new Uint8Array(randomBytes(1_000_000));
  const list = [10, 500_000].map((at) => added(at, { body: frame.subarray(at, at + 300) }));
  const packed = packNewMessages(list);
  expect(packed.buffer.byteLength).toBeLessThan(1_000);
  expect(unpackNewMessages(moved(packed))).toStrictEqual(list);
  expect(frame.byteLength).toBe(1_000_000);
});

test('a buffer of another length than its rows say is refused', () => {
  const { buffer, ...names } = packNewMessages([added(1, { source: BOB }), added(2)]);
  const longer = new Uint8Array(buffer.byteLength + 1);
  longer.set(new Uint8Array(buffer));
  for (let length = 0; length < buffer.byteLength; length += 1) {
    const packed = { ...names, buffer: buffer.slice(0, length) };
    expect(() => unpackNewMessages(packed)).toThrow(RangeError);
    expect(() => unpackStoredMessages(packed)).toThrow(RangeError);
  }
  expect(() => unpackNewMessages({ ...names, buffer: longer.buffer })).toThrow(RangeError);
  expect(() => unpackNewMessages({ ...names, buffer, groups: [] })).toThrow(RangeError);
  expect(() => unpackNewMessages({ ...names, buffer, peers: [] })).toThrow(RangeError);
});

test('what does not fit a row is refused, and not cut', () => {
  const pack = (about: Partial<Message>) => () => packNewMessages([added(1, about)]);
  expect(pack({ timestamp: 2n ** 63n })).toThrow(RangeError);
  expect(pack({ timestamp: -(2n ** 63n) - 1n })).toThrow(RangeError);
  expect(pack({ id: 'ab' as MessageId })).toThrow(RangeError);
  expect(pack({ id: 'xy'.repeat(32) as MessageId })).toThrow(RangeError);
  const odd = { parents: ['00'.repeat(33) as MessageId], ephemeral: false };
  expect(pack({ metadata: odd })).toThrow(RangeError);
  const many = Array<MessageId>(2 ** 16).fill(message(1).id);
  expect(pack({ metadata: { parents: many, ephemeral: false } })).toThrow(RangeError);
});
