import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerTo, xorMappedAddress } from '../../main/network/stun-message.ts';
import { startStunServer } from '../../main/network/stun-server.ts';

/** RFC 5769: the magic cookie and the transaction id of its samples. */
const COOKIE_AND_ID = bytes('2112a442b7e7a701bc34d686fa87dfae');
const IP4 = { ip: bytes('c0000201'), port: 32853 };
const IP6 = { ip: bytes('20010db8123456780011223344556677'), port: 32853 };

/** A Binding request without attributes. */
const REQUEST = bytes(`00010000${hex(COOKIE_AND_ID)}`);

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

/** A Binding request with these attributes, each in hex with its header and padding. */
function requestWith(...attributes: readonly string[]): Uint8Array {
  const body = attributes.join('').replaceAll(' ', '');
  const length = (body.length / 2).toString(16).padStart(4, '0');
  return bytes(`0001${length}${hex(COOKIE_AND_ID)}${body}`);
}

describe('the attribute XOR-MAPPED-ADDRESS', () => {
  test('is that of RFC 5769, section 2.2 (IPv4)', () => {
    expect(hex(xorMappedAddress(IP4, COOKIE_AND_ID))).toBe('002000080001a147e112a643');
  });

  test('is that of RFC 5769, section 2.3 (IPv6)', () => {
    expect(hex(xorMappedAddress(IP6, COOKIE_AND_ID))).toBe(
      '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9',
    );
  });
});

describe('a Binding request', () => {
  test('is answered with the address that it came from, and nothing else', () => {
    expect(hex(answerTo(REQUEST, IP4) ?? bytes(''))).toBe(
      `0101000c${hex(COOKIE_AND_ID)}002000080001a147e112a643`,
    );
    expect(answerTo(REQUEST, IP6)?.byteLength).toBe(44);
  });

  test('may have attributes that need not be understood, and those of credentials', () => {
    const software = '8022 0004 74657374';
    const username = '0006 0005 6576746a 68000000';
    expect(answerTo(requestWith(software), IP4)).toBeDefined();
    expect(answerTo(requestWith(username, software), IP4)).toBeDefined();
  });

  test('is left unanswered where it asks for what this server has not', () => {
    const changeRequest = '0003 0004 00000006';
    expect(answerTo(requestWith(changeRequest), IP4)).toBeUndefined();
  });

  test('is left unanswered where its FINGERPRINT is wrong, or not the last attribute', () => {
    // The CRC is computed here by the book, not by what the server uses.
    const good = requestWith('8028 0004 00000000');
    new DataView(good.buffer).setUint32(24, crcByTheBook(good.subarray(0, 20)) ^ 0x5354554e);
    expect(answerTo(good, IP4)).toBeDefined();
    for (const index of [8, 24, 27]) {
      const damaged = good.with(index, (good[index] ?? 0) ^ 1);
      expect(answerTo(damaged, IP4)).toBeUndefined();
    }
    const followed = requestWith(hex(good.subarray(20)), '8022 0000');
    expect(answerTo(followed, IP4)).toBeUndefined();
  });
});

/** CRC-32 of ITU V.42, bit by bit. */
function crcByTheBook(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('anything else is left unanswered', () => {
  test.each([
    ['an empty datagram', ''],
    ['a header cut short', hex(REQUEST.subarray(0, 19))],
    ['another cookie (RFC 3489)', `00010000${'00'.repeat(16)}`],
    ['a Binding indication', `00110000${hex(COOKIE_AND_ID)}`],
    ['a Binding response', `01010000${hex(COOKIE_AND_ID)}`],
    ['a TURN Allocate request', `00030000${hex(COOKIE_AND_ID)}`],
    ['a length that is not that of the datagram', `00010004${hex(COOKIE_AND_ID)}`],
    ['bytes after its end', `${hex(REQUEST)}00000000`],
    ['a length that is no multiple of 4', `00010002${hex(COOKIE_AND_ID)}8022`],
    ['an attribute that is longer than the rest', `00010004${hex(COOKIE_AND_ID)}80220004`],
    ['more than fits in one packet', hex(requestWith(`8022 0214 ${'00'.repeat(0x214)}`))],
  ])('%s', (_what, datagram) => {
    expect(answerTo(bytes(datagram), IP4)).toBeUndefined();
  });

  test('whatever comes, nothing is thrown and no answer is longer than 44 bytes', () => {
    const anything = fc.uint8Array({ maxLength: 600 });
    const nearly = anything.map((rest) => Uint8Array.from([...REQUEST, ...rest]));
    fc.assert(
      fc.property(fc.oneof(anything, nearly), (datagram) => {
        const answer = answerTo(datagram, IP6);
        expect(answer?.byteLength ?? 0).toBeLessThanOrEqual(44);
      }),
    );
  });
});

describe('a server on real sockets', () => {
  test.each([
    ['udp4', '127.0.0.1', '0.1'],
    ['udp6', '::1', '::1'],
  ] as const)('answers over %s', async (type, host, inAddress) => {
    const server = await startStunServer(0, 'loopback');
    if (!server) throw new Error('nothing could be listened on');
    onTestFinished(() => server.stop());
    const address = server.addresses.find((text) => text.includes(inAddress)) ?? '';
    const port = Number(address.slice(address.lastIndexOf(':') + 1));

    const client = createSocket(type);
    onTestFinished(() => void client.close());
    // What is no request is passed over, and does no harm to the one that follows.
    client.send('not for you', port, host);
    client.send(REQUEST, port, host);
    const [answer] = (await once(client, 'message')) as [Buffer];
    const expected = {
      ip: type === 'udp4' ? bytes('7f000001') : bytes('00000000000000000000000000000001'),
      port: client.address().port,
    };
    expect(hex(answer)).toBe(hex(answerTo(REQUEST, expected) ?? bytes('')));
  });

  test('does without a port that is taken', async () => {
    const taken = createSocket('udp4');
    taken.bind(0, '0.0.0.0');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address();
    const server = await startStunServer(port);
    onTestFinished(() => server?.stop());
    const families = server?.addresses.map((text) => (text.startsWith('[') ? 'IPv6' : 'IPv4'));
    expect(new Set(families)).toEqual(new Set(['IPv6']));
  });
});
