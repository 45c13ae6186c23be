import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupId } from '../../main/helpers/ids.ts';
import { utf8 } from '../../main/helpers/bytes.ts';
import { contentKeyOf, createContentKey } from '../../main/identity/content-key.ts';
import type { ContentKey, EpochId } from '../../main/identity/content-key.ts';
import { openBody, sealBody, SEALING_BYTES } from '../../main/identity/sealing.ts';
import type { Envelope } from '../../main/identity/sealing.ts';
import { toGroupId, toMessageId } from '../../main/mvds/ids.ts';

const key = createContentKey();
const keyOf = (epoch: EpochId): ContentKey | undefined => (epoch === key.epoch ? key : undefined);

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const envelopes: fc.Arbitrary<Envelope> = fc.record({
  groupId: bytes32.map(toGroupId),
  timestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  metadata: fc.record({
    parents: fc.array(bytes32.map(toMessageId), { maxLength: 4 }),
    ephemeral: fc.boolean(),
  }),
});
const flipped = (id: GroupId) =>
  (id.startsWith('0') ? id.replace('0', '1') : `0${id.slice(1)}`) as GroupId;
const bodies = fc.uint8Array({ maxLength: 300 });

const envelope: Envelope = {
  groupId: toGroupId(new Uint8Array(32).fill(1)),
  timestamp: 1_800_000_000_000n,
  metadata: { parents: [toMessageId(new Uint8Array(32).fill(2))], ephemeral: false },
};

describe('sealed bodies', () => {
  it('open to what was sealed, 57 bytes longer, and hold nothing of it', () => {
    fc.assert(
      fc.property(envelopes, bodies, (envelope, body) => {
        const sealed = sealBody(key, envelope, body);
        expect(sealed.byteLength).toBe(body.byteLength + SEALING_BYTES);
        expect(openBody(keyOf, envelope, sealed)).toEqual({ kind: 'opened', body });
      }),
    );
    const text = utf8('a text that nobody else may read');

    expect(Buffer.from(sealBody(key, envelope, text)).includes('a text')).toBe(false);
    expect(SEALING_BYTES).toBe(57);
  });

  it('differ for equal texts in equal messages', () => {
    fc.assert(
      fc.property(envelopes, bodies, (envelope, body) => {
        expect(sealBody(key, envelope, body)).not.toEqual(sealBody(key, envelope, body));
      }),
    );
  });

  it('do not open with any bit changed', () => {
    fc.assert(
      fc.property(envelopes, bodies, fc.nat(), (envelope, body, at) => {
        const sealed = sealBody(key, envelope, body);
        const bit = at % (sealed.byteLength * 8);
        sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // Whatever epoch it now claims to be of, this key is tried.
        expect(openBody(() => key, envelope, sealed).kind).toBe(
          (sealed[0] ?? 0) > 1 ? 'newer-version' : 'garbled',
        );
      }),
    );
  });

  it('do not open in any other message', () => {
    fc.assert(
      fc.property(envelopes, envelopes, bodies, (envelope, other, body) => {
        const sealed = sealBody(key, envelope, body);
        const { parents, ephemeral } = envelope.metadata;
        const extra = other.metadata.parents[0] ?? toMessageId(new Uint8Array(32));
        const others: Envelope[] = [
          { ...envelope, groupId: flipped(envelope.groupId) },
          { ...envelope, timestamp: envelope.timestamp ^ 1n },
          { ...envelope, metadata: { parents, ephemeral: !ephemeral } },
          { ...envelope, metadata: { parents: [...parents, extra], ephemeral } },
          ...(parents.length > 0
            ? [{ ...envelope, metadata: { parents: parents.slice(1), ephemeral } }]
            : []),
        ];
        for (const changed of others) {
          expect(openBody(keyOf, changed, sealed)).toEqual({ kind: 'garbled' });
        }
      }),
    );
  });

  it('open whatever order the parents are in: they are a set', () => {
    fc.assert(
      fc.property(envelopes, bodies, (envelope, body) => {
        const { parents, ephemeral } = envelope.metadata;
        const reversed = { ...envelope, metadata: { parents: parents.toReversed(), ephemeral } };
        expect(openBody(keyOf, reversed, sealBody(key, envelope, body)).kind).toBe('opened');
      }),
    );
  });

  it('say when their key is unknown, when they are newer, and when they are something else', () => {
    const other = createContentKey();
    const sealed = sealBody(other, envelope, utf8('text'));
    expect(openBody(keyOf, envelope, sealed)).toEqual({ kind: 'unknown-key', epoch: other.epoch });
    const wrongSecret = { ...contentKeyOf(new Uint8Array(32)), epoch: other.epoch };
    expect(openBody(() => wrongSecret, envelope, sealed)).toEqual({ kind: 'garbled' });
    expect(openBody(keyOf, envelope, Uint8Array.of(2, ...sealed.subarray(1)))).toEqual({
      kind: 'newer-version',
      version: 2,
    });
    for (let length = 0; length < sealed.byteLength; length++) {
      expect(openBody(() => other, envelope, sealed.subarray(0, length)).kind).toBe('garbled');
    }
  });
});
