import { describe, expect, it } from 'vitest';
import {
  AHEAD_MAX_MS,
  BodyAdmission,
  UNPROVEN_MESSAGES_MAX,
} from '../../../main/device/admission/body-admission.ts';
import type { BodyAdmissionOptions } from '../../../main/device/admission/body-admission.ts';
import { utf8 } from '../../../main/helpers/bytes.ts';
import type { PeerId } from '../../../main/helpers/ids.ts';
import { createContentKey } from '../../../main/identity/content-key.ts';
import type { EpochId } from '../../../main/identity/content-key.ts';
import { openBody, sealBody } from '../../../main/identity/sealing.ts';
import { toGroupId, toMessageId } from '../../../main/mvds/ids.ts';
import type { Message } from '../../../main/mvds/types.ts';
import { messageOf } from '../../helpers/made-messages.ts';

const NOW = 1_800_000_000_000;
const group = toGroupId(new Uint8Array(32).fill(1));
const [known, unknown] = [createContentKey(), createContentKey()];
const [device, mailbox] = ['device', 'mailbox'] as unknown as [PeerId, PeerId];

function sealed(text: string, key = known, timestamp = BigInt(NOW)): Message {
  return messageOf(group, timestamp, sealBody(key, { groupId: group, timestamp }, utf8(text)));
}

function admissionOf(change: Partial<BodyAdmissionOptions> = {}) {
  const admitted: EpochId[] = [];
  const keyOf = (epoch: EpochId) => (epoch === known.epoch ? known : undefined);
  const admission = new BodyAdmission({
    open: (message) => openBody(keyOf, message, message.body),
    isNamed: (epoch) => epoch === known.epoch,
    onAdmitted: (epoch) => admitted.push(epoch),
    isMailbox: () => false,
    roleOf: (peer) => (peer === mailbox ? 'mailbox' : 'device'),
    now: () => NOW,
    ...change,
  });
  return { admission, admitted };
}

describe('a device', () => {
  it('takes what opens, and counts it', () => {
    const { admission, admitted } = admissionOf();
    expect(admission.admit(sealed('Grüße'), mailbox)).toEqual({ type: 'accept' });
    expect(admitted).toEqual([known.epoch]);
  });

  it('holds what is sealed under a key that is not here, or by a later version', () => {
    const { admission } = admissionOf();
    expect(admission.admit(sealed('später', unknown), device)).toMatchObject({ type: 'hold' });
    const { body } = sealed('x');
    const newer = messageOf(group, BigInt(NOW), Uint8Array.of(200, ...body.subarray(1)));
    expect(admission.admit(newer, device)).toMatchObject({ type: 'hold' });
  });

  it('rejects what does not open, in another group or at another time, and whatever has metadata', () => {
    const { admission } = admissionOf();
    const good = sealed('x');
    const elsewhere = messageOf(toGroupId(new Uint8Array(32).fill(2)), BigInt(NOW), good.body);
    const metadata = { parents: [toMessageId(new Uint8Array(32))], ephemeral: false };
    for (const bad of [
      messageOf(group, BigInt(NOW), utf8('\u0001 junk')),
      messageOf(group, BigInt(NOW) + 1n, good.body),
      elsewhere,
      { ...good, metadata },
      { ...good, metadata: { parents: [], ephemeral: true } },
    ]) {
      expect(admission.admit(bad, device)).toMatchObject({ type: 'reject' });
    }
  });
});

describe('a mailbox', () => {
  const isMailbox = () => true;

  it('takes a body of an epoch that the log names, and looks at nothing that it cannot open', () => {
    const { admission } = admissionOf({ isMailbox });
    expect(admission.admit(sealed('x'), device)).toEqual({ type: 'accept' });
    expect(admission.admit(sealed('x', unknown), device)).toMatchObject({ type: 'hold' });
    expect(admission.admit(messageOf(group, 1n, utf8('junk')), device)).toMatchObject({
      type: 'reject',
    });
  });

  it('rejects a time before 1970, and holds one that is too far ahead', () => {
    const { admission } = admissionOf({ isMailbox });
    expect(admission.admit(sealed('x', known, -1n), device)).toMatchObject({ type: 'reject' });
    const ahead = BigInt(NOW + AHEAD_MAX_MS);
    expect(admission.admit(sealed('x', known, ahead), device)).toEqual({ type: 'accept' });
    expect(admission.admit(sealed('x', known, ahead + 1n), device)).toMatchObject({ type: 'hold' });
  });

  it('takes a bounded amount of another mailbox until it agrees with a device', () => {
    const { admission } = admissionOf({ isMailbox });
    const one = sealed('x');
    for (let count = 0; count < UNPROVEN_MESSAGES_MAX; count += 1) admission.admit(one, mailbox);
    expect(admission.admit(one, mailbox)).toMatchObject({ type: 'hold' });
    expect(admission.admit(one, device)).toEqual({ type: 'accept' });
    admission.proven();
    expect(admission.admit(one, mailbox)).toEqual({ type: 'accept' });
  });
});
