import { multiaddr } from '@multiformats/multiaddr';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeerId } from '../../main/mvds/types.ts';
import {
  CLAIMS_PER_ADDRESS_MAX,
  CLAIMS_PER_PEER_MAX,
  NAMEPLATES_MAX,
  NAMEPLATE_MS,
  RENDEZVOUS_WINDOW_MS,
  REQUESTS_FIRST,
  REQUESTS_MAX,
  REQUESTS_PER_ADDRESS_MAX,
  REQUESTS_PER_PEER_MAX,
  REQUESTS_RESERVED,
} from '../../main/network/constants.ts';
import { drawNameplate, nameplateOfNumber, parseNameplate } from '../../main/network/nameplate.ts';
import type { Nameplate } from '../../main/network/nameplate.ts';
import { NameplateRegistry } from '../../main/network/nameplate-registry.ts';
import { placeOf } from '../../main/network/place.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** A device with an address of its own, unless told otherwise. */
const asker = (name: string, address = `address of ${name}`) => ({ peer: name as PeerId, address });
const [a, b, c] = [asker('a'), asker('b'), asker('c')];
const [one, two, three] = ['0001', '0002', '0003'] as Nameplate[] as [
  Nameplate,
  Nameplate,
  Nameplate,
];

function start(): { registry: NameplateRegistry; clock: ManualClock } {
  const clock = new ManualClock();
  return { registry: new NameplateRegistry(clock), clock };
}

describe('a nameplate in the registry', () => {
  test('leads to the device that claimed it first, and to no other', () => {
    const { registry } = start();
    expect(registry.lookup(c, one)).toBeUndefined();
    expect(registry.claim(a, one)).toBe('ok');
    expect(registry.claim(b, one)).toBe('taken');
    expect(registry.claim(b, two)).toBe('ok');
    expect(registry.lookup(c, one)).toBe('a');
    expect(registry.lookup(c, two)).toBe('b');
  });

  test('is released by its device, and by no other', () => {
    const { registry } = start();
    registry.claim(a, one);
    registry.release(b, one);
    expect(registry.lookup(c, one)).toBe('a');
    registry.release(a, one);
    expect(registry.lookup(c, one)).toBeUndefined();
    expect(registry.claim(b, one)).toBe('ok');
  });

  test('is gone when its device is, while those of others stay', () => {
    const { registry } = start();
    registry.claim(a, one);
    registry.claim(a, two);
    registry.claim(b, three);
    registry.disconnected('a');
    expect([one, two, three].map((nameplate) => registry.lookup(c, nameplate))).toEqual([
      undefined,
      undefined,
      'b',
    ]);
  });

  test('expires after five minutes, counted from the last claim of it', () => {
    const { registry, clock } = start();
    registry.claim(a, one);
    registry.claim(b, two);
    clock.advance(NAMEPLATE_MS - 1);
    expect(registry.lookup(c, one)).toBe('a');
    expect(registry.claim(a, one)).toBe('ok');
    clock.advance(1);
    expect(registry.lookup(c, two)).toBeUndefined();
    expect(registry.lookup(c, one)).toBe('a');
    clock.advance(NAMEPLATE_MS - 1);
    expect(registry.lookup(c, one)).toBeUndefined();
    expect(registry.claim(b, one)).toBe('ok');
  });
});

describe('the registry is limited', () => {
  const nameplate = (number: number) => nameplateOfNumber(number) ?? one;

  test('in the claims of one device', () => {
    const { registry } = start();
    for (let n = 0; n < CLAIMS_PER_PEER_MAX; n++) {
      expect(registry.claim(a, nameplate(n))).toBe('ok');
    }
    expect(registry.claim(a, nameplate(CLAIMS_PER_PEER_MAX))).toBe('limited');
    expect(registry.claim(a, nameplate(0))).toBe('ok');
    registry.release(a, nameplate(0));
    expect(registry.claim(a, nameplate(CLAIMS_PER_PEER_MAX))).toBe('ok');
  });

  test('in the claims from one address, whatever devices they are of', () => {
    const { registry } = start();
    for (let n = 0; n < CLAIMS_PER_ADDRESS_MAX; n++) {
      expect(registry.claim(asker(`device ${n}`, 'home'), nameplate(n))).toBe('ok');
    }
    expect(registry.claim(asker('one more', 'home'), nameplate(5_000))).toBe('limited');
    expect(registry.claim(asker('one more', 'elsewhere'), nameplate(5_000))).toBe('ok');
  });

  test('in how many nameplates there are, until some expire', () => {
    const { registry, clock } = start();
    for (let n = 0; n < NAMEPLATES_MAX; n++) {
      if (n > 0 && n % (REQUESTS_MAX / 2) === 0) clock.advance(RENDEZVOUS_WINDOW_MS);
      expect(registry.claim(asker(`device ${n}`), nameplate(n))).toBe('ok');
    }
    expect(registry.claim(a, nameplate(NAMEPLATES_MAX))).toBe('limited');
    clock.advance(NAMEPLATE_MS);
    expect(registry.claim(a, nameplate(NAMEPLATES_MAX))).toBe('ok');
  });

  test('in the requests of one device per minute, claims among them, by whatever addresses', () => {
    const { registry, clock } = start();
    registry.claim(b, one);
    for (let n = 0; n < REQUESTS_PER_PEER_MAX; n++) {
      const from = asker('a', `address ${n}`);
      const answer = n % 2 ? registry.claim(from, one) : registry.lookup(from, one);
      expect(answer).toBe(n % 2 ? 'taken' : 'b');
    }
    expect(registry.lookup(a, one)).toBe('limited');
    expect(registry.claim(a, two)).toBe('limited');
    expect(registry.lookup(c, one)).toBe('b');
    clock.advance(RENDEZVOUS_WINDOW_MS);
    expect(registry.lookup(a, one)).toBe('b');
  });

  test('in the requests from one address per minute, by however many devices', () => {
    const { registry, clock } = start();
    registry.claim(b, one);
    for (let n = 0; n < REQUESTS_PER_ADDRESS_MAX; n++) {
      expect(registry.lookup(asker(`device ${n}`, 'home'), one)).toBe('b');
    }
    expect(registry.lookup(asker('one more', 'home'), one)).toBe('limited');
    expect(registry.lookup(asker('one more', 'elsewhere'), one)).toBe('b');
    clock.advance(RENDEZVOUS_WINDOW_MS);
    expect(registry.lookup(asker('one more', 'home'), one)).toBe('b');
  });

  test('so that one address gets to ask for little over one in a hundred in the life of a nameplate', () => {
    const { registry, clock } = start();
    let answered = 0;
    for (let ms = 0; ms < NAMEPLATE_MS; ms += 1_000) {
      for (let n = 0; n < 10; n++) {
        const guess = registry.lookup(asker(`x ${ms} ${n}`, 'home'), one);
        if (guess !== 'limited') answered++;
      }
      clock.advance(1_000);
    }
    expect(answered).toBeGreaterThan(0);
    // Fixed windows: a life of five minutes touches six of them.
    expect(answered).toBeLessThanOrEqual(6 * REQUESTS_PER_ADDRESS_MAX);
    expect(answered).toBeLessThan(150);
  });

  /** How many lookups are answered in the life of a nameplate: each of `hosts` addresses asks `each` times every minute. */
  function scan(hosts: number, each: number): number {
    const { registry, clock } = start();
    let answered = 0;
    for (let minute = 0; minute < NAMEPLATE_MS / RENDEZVOUS_WINDOW_MS; minute++) {
      for (let n = 0; n < hosts * each; n++) {
        const from = asker(`${minute} ${n}`, `address ${n % hosts}`);
        if (registry.lookup(from, nameplate(n % 10_000)) !== 'limited') answered++;
      }
      clock.advance(RENDEZVOUS_WINDOW_MS);
    }
    return answered;
  }

  test.each([
    [100, 24],
    [3_000, 1],
  ])(
    'so that all nameplates cannot be asked for within the life of one: %i addresses, %i times a minute',
    (hosts, each) => {
      const answered = scan(hosts, each);
      expect(answered).toBeGreaterThan(0);
      // One more window than the minutes that pass, as they are fixed.
      expect(answered * 1.2).toBeLessThan(10_000);
    },
  );

  test('and somebody who scans from many addresses keeps nobody else out', () => {
    const { registry, clock } = start();
    registry.claim(a, one);
    for (let minute = 0; minute < 3; minute++) {
      for (let n = 0; n < 200 * 24; n++) {
        registry.lookup(asker(`${minute} ${n}`, `scanner ${n % 200}`), two);
      }
      for (let n = 0; n < REQUESTS_RESERVED / 2 / REQUESTS_FIRST; n++) {
        const honest = asker(`honest ${minute} ${n}`);
        for (let request = 0; request < REQUESTS_FIRST; request++) {
          expect(registry.lookup(honest, one)).toBe('a');
        }
      }
      clock.advance(RENDEZVOUS_WINDOW_MS);
      registry.claim(a, one);
    }
  });
});

test.each([
  ['/ip4/203.0.113.7/tcp/4001', '203.0.113.7'],
  ['/ip6/::ffff:203.0.113.7/tcp/4001', '203.0.113.7'],
  ['/ip6/2001:db8:1:2:3:4:5:6/tcp/4001', '2001:db8:1:2::/64'],
  ['/ip6/2001:db8:1:2::1/tcp/4002/ws', '2001:db8:1:2::/64'],
  ['/ip6/2001:db8::1/tcp/4001', '2001:db8:0:0::/64'],
  ['/ip6/::1/tcp/4001', '0:0:0:0::/64'],
  ['/dns4/example.org/tcp/4001', '/dns4/example.org/tcp/4001'],
])('%s counts as the place %s', (address, place) => {
  expect(placeOf(multiaddr(address))).toBe(place);
});

test('a nameplate is four digits, from the first to the last of them', () => {
  expect(drawNameplate({ next: () => 0 })).toBe('0000');
  expect(drawNameplate({ next: () => 1 - Number.EPSILON })).toBe('9999');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999 }), (number) => {
      const nameplate = nameplateOfNumber(number);
      expect(nameplate).toHaveLength(4);
      expect(parseNameplate(nameplate ?? '')).toBe(nameplate);
      expect(Number(nameplate)).toBe(number);
    }),
  );
  expect([-1, 10_000, 0.5, Number.NaN].map(nameplateOfNumber)).toEqual(
    new Array<undefined>(4).fill(undefined),
  );
  expect(['', '123', '12345', '12a4', ' 123', '+123', '１２３４'].map(parseNameplate)).toEqual(
    new Array<undefined>(7).fill(undefined),
  );
});
