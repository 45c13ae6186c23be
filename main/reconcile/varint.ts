/** The digits of a whole number from 0 to 2^53, most significant first, seven bits each (negentropy V1, "Varint"). */
export function varintBytes(value: number): number[] {
  const digits = [value % 128];
  // 2^53 does not fit the 32 bits of the bit operators.
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift(128 + (rest % 128));
  }
  return digits;
}
