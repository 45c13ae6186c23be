/** The part of a protobuf writer that is needed here. */
interface VarintWriter {
  uint64(value: bigint): unknown;
  uint64Number(value: number): unknown;
}

const WRONG_FROM = 2n ** 31n;
const WRONG_BELOW = 2n ** 32n;

/**
 * Writes the 64 bits of an integer as a varint. The runtime's own way ends after one byte where the upper 32 bits are zero and
 * the highest of the lower ones is set (protons-runtime 7.1.2, `writeVarint64`), its way with numbers does not.
 */
export function writeVarint64(writer: VarintWriter, value: bigint): void {
  if (value >= WRONG_FROM && value < WRONG_BELOW) writer.uint64Number(Number(value));
  else writer.uint64(value);
}
