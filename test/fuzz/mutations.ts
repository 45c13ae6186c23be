import fc from 'fast-check';

type Change = (bytes: Buffer) => Buffer;

/** Bytes around which a parser may go wrong: quotes, brackets, separators, zeros, the edges of numbers. */
const INTERESTING = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2d, 0x30, 0x39, 0x3a, 0x5b, 0x5c, 0x5d];
const MORE = [0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xe2, 0xed, 0xef, 0xf0, 0xfe, 0xff, 0x50, 0x4b];

const place = fc.nat({ max: 0xffff });
const byte = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...INTERESTING, ...MORE));

function changes(seeds: readonly Buffer[]): fc.Arbitrary<Change> {
  const at = (bytes: Buffer, where: number): number => where % (bytes.length + 1);
  return fc.oneof(
    fc.tuple(place, byte).map(([where, value]): Change => (bytes) => {
      const changed = Buffer.from(bytes);
      if (changed.length > 0) changed[where % changed.length] = value;
      return changed;
    }),
    place.map(
      (where): Change =>
        (bytes) =>
          bytes.subarray(0, at(bytes, where)),
    ),
    fc.tuple(place, place).map(([from, length]): Change => (bytes) => {
      const start = at(bytes, from);
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + (length % 64))]);
    }),
    fc.tuple(place, fc.uint8Array({ maxLength: 12 })).map(([where, added]): Change => (bytes) => {
      const start = at(bytes, where);
      return Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start)]);
    }),
    fc
      .tuple(place, place, fc.nat({ max: seeds.length - 1 }))
      .map(([where, from, which]): Change => (bytes) => {
        const seed = seeds[which] ?? Buffer.alloc(0);
        return Buffer.concat([bytes.subarray(0, at(bytes, where)), seed.subarray(at(seed, from))]);
      }),
  );
}

/** Raw bytes, or seeds that were garbled, cut, grown and joined. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const buffers = seeds.map((seed) => Buffer.from(seed));
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...buffers), fc.array(changes(buffers), { maxLength: 5 }))
        .map(([seed, all]) => all.reduce<Buffer>((bytes, change) => change(bytes), seed)),
    },
  );
}
