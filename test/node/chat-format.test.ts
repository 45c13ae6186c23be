import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../main/helpers/bytes.ts';
import { messageIdOf } from '../../main/mvds/ids.ts';
import type { StoredMessage } from '../../main/mvds/ports.ts';
import { Attendance } from '../../main/node/chat/attendance.ts';
import {
  decodeLine,
  decodePresence,
  encodeLine,
  encodePresence,
  nickOf,
} from '../../main/node/chat/chat-format.ts';
import { groupOf } from '../../main/node/group-name.ts';
import { CLOCK_TOLERANCE_MS, MessageClock } from '../../main/node/message-clock.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const GROUP = groupOf('chat');
const [A, B] = [keysOf(0).peerId, keysOf(1).peerId];

function stored(body: Uint8Array, timestamp = 5_000n): StoredMessage {
  const id = messageIdOf(GROUP, timestamp, body);
  const metadata = { parents: [], ephemeral: false };
  return {
    ...{ id, groupId: GROUP, timestamp, body, metadata },
    ...{ sequence: 1, delivered: true, source: undefined },
  };
}

describe('a message of the chat', () => {
  it('is the Chat2Message of 22/TOY-CHAT on the wire', () => {
    const body = encodeLine('anna', 'hi', 1_600_000_000_000);
    expect(Buffer.from(body).toString('hex')).toBe('0880a0f8fa051204616e6e611a026869');
  });

  it('comes back as it was written, in any script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeLine(stored(encodeLine('Ünal', text, 0)))).toMatchObject({
          nick: 'Ünal',
          text,
        });
      }),
    );
  });

  it('is none where the body is anything else', () => {
    const name = { nick: '\u202e', text: 'x' };
    expect(decodeLine(stored(utf8('plain text of another program')))).toBeUndefined();
    expect(decodeLine(stored(Uint8Array.of(0x1a, 2, 0xff, 0xfe)))).toBeUndefined();
    expect(decodeLine(stored(encodeLine(name.nick, name.text, 0)))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const line = decodeLine(stored(bytes));
        const presence = decodePresence(bytes);
        for (const nick of [line?.nick, presence?.nick]) {
          if (nick !== undefined) expect(nickOf(nick)).toBe(nick);
        }
      }),
    );
  });

  it('has a nickname of one visible line', () => {
    expect(nickOf('  anna \n\u0007 k. ')).toBe('anna k.');
    expect(nickOf('\u200b\n')).toBeUndefined();
    expect(nickOf('x'.repeat(33))).toBeUndefined();
    expect(nickOf('🦉'.repeat(32))).toBe('🦉'.repeat(32));
  });
});

describe('who is in the room', () => {
  const presence = { nick: 'bob', peer: B, addresses: [Uint8Array.of(1, 2)], isLeaving: false };

  it('comes back from the wire', () => {
    expect(decodePresence(encodePresence(presence))).toEqual(presence);
  });

  it('is told once, by name, and again when the name changes', () => {
    const attendance = new Attendance();
    expect(attendance.heard(presence, 0)).toEqual({ kind: 'came', nick: 'bob' });
    expect(attendance.heard(presence, 60_000)).toBeUndefined();
    const renamed = attendance.heard({ ...presence, nick: 'rob' }, 60_001);
    expect(renamed).toEqual({ kind: 'renamed', nick: 'rob', before: 'bob' });
    expect(attendance.present).toMatchObject([{ peer: B, nick: 'rob', since: 0 }]);
  });

  it('has left who says so, whose connection is lost, or who is silent', () => {
    const attendance = new Attendance();
    attendance.heard(presence, 0);
    expect(attendance.heard({ ...presence, isLeaving: true }, 1)).toEqual({
      kind: 'left',
      nick: 'bob',
    });
    expect(attendance.heard({ ...presence, isLeaving: true }, 2)).toBeUndefined();
    attendance.heard(presence, 3);
    expect(attendance.lost(B)).toEqual({ kind: 'left', nick: 'bob' });
    expect(attendance.lost(A)).toBeUndefined();
    attendance.heard(presence, 10);
    expect(attendance.expire(150_010)).toEqual([]);
    expect(attendance.expire(150_011)).toEqual([{ kind: 'left', nick: 'bob' }]);
  });
});

describe('the clock of messages', () => {
  it('puts an answer after what it answers, where the clocks differ', () => {
    const clock = new ManualClock();
    const messages = new MessageClock(clock);
    const ahead = BigInt(clock.now() + CLOCK_TOLERANCE_MS);
    messages.saw(ahead);
    expect(messages.next()).toBe(ahead + 1n);
    expect(messages.next()).toBe(ahead + 2n);
  });

  it('does not follow one that is ahead by more than the tolerance', () => {
    const clock = new ManualClock();
    const messages = new MessageClock(clock);
    messages.saw(BigInt(clock.now() + CLOCK_TOLERANCE_MS + 1));
    expect(messages.next()).toBe(BigInt(clock.now()));
  });
});

describe('the group of a name', () => {
  it('is a fixed id, the same for each form of the name', () => {
    expect(groupOf('chat')).toBe(groupOf(' chat '));
    expect(groupOf('cafe\u0301')).toBe(groupOf('café'));
    expect(groupOf('chat')).not.toBe(groupOf('Chat'));
    expect(groupOf('chat')).toBe(
      '103b305f577bec32f564708037e365f8b42f9ece658eb47623b551e39ec2c67e',
    );
  });

  it('is the id itself where that is given', () => {
    expect(groupOf('AB'.repeat(32))).toBe('ab'.repeat(32));
    expect(() => groupOf('  ')).toThrow(RangeError);
  });
});
