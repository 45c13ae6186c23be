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
});
const flipped = (id: GroupId) =>
  (id.startsWith('0') ? id.replace('0', '1') : `0${id.slice(1)}`) as GroupId;
const bodies = fc.uint8Array({ maxLength: 300 });

const envelope: Envelope = {
  groupId: toGroupId(new Uint8Array(32).fill(1)),
  timestamp: 1_800_000_000_000n,
};

describe('sealed bodies', () => {
  it('open to what was sealed, 45 bytes longer, and hold nothing of it', () => {
    fc.assert(
      fc.property(envelopes, bodies, (envelope, body) => {
        const sealed = sealBody(key, envelope, body);
        expect(sealed.byteLength).toBe(body.byteLength + SEALING_BYTES);
        expect(openBody(keyOf, envelope, sealed)).toEqual({
          ...{ kind: 'opened', body },
          writers: key.writers,
        });
      }),
    );
    const text = utf8('a text that nobody else may read');

    expect(Buffer.from(sealBody(key, envelope, text)).includes('a text')).toBe(false);
    expect(SEALING_BYTES).toBe(45);
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
          (sealed[0] ?? 0) > 3 ? 'newer-version' : 'garbled',
        );
      }),
    );
  });

  it('do not open in any other message', () => {
    fc.assert(
      fc.property(envelopes, bodies, (envelope, body) => {
        const sealed = sealBody(key, envelope, body);
        const others: Envelope[] = [
          { ...envelope, groupId: flipped(envelope.groupId) },
          { ...envelope, timestamp: envelope.timestamp ^ 1n },
        ];
        for (const changed of others) {
          expect(openBody(keyOf, changed, sealed)).toEqual({ kind: 'garbled' });
        }
      }),
    );
  });

  it('open whatever surrounds them that the message id does not cover', () => {
    const sealed = sealBody(key, envelope, utf8('übermorgen, 三時'));
    const metadata = { parents: [toMessageId(new Uint8Array(32).fill(2))], ephemeral: true };
    const message = { ...envelope, metadata };
    expect(openBody(keyOf, message, sealed).kind).toBe('opened');
  });

  it('say when their key is unknown, when they are newer, and when they are something else', () => {
    const other = createContentKey();
    const sealed = sealBody(other, envelope, utf8('text'));
    expect(openBody(keyOf, envelope, sealed)).toEqual({ kind: 'unknown-key', epoch: other.epoch });
    const wrongSecret = { ...contentKeyOf(new Uint8Array(32), []), epoch: other.epoch };
    expect(openBody(() => wrongSecret, envelope, sealed)).toEqual({ kind: 'garbled' });
    expect(openBody(keyOf, envelope, Uint8Array.of(4, ...sealed.subarray(1)))).toEqual({
      kind: 'newer-version',
      version: 4,
    });
    for (let length = 0; length < sealed.byteLength; length++) {
      expect(openBody(() => other, envelope, sealed.subarray(0, length)).kind).toBe('garbled');
    }
  });
});
