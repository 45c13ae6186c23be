import { encodeQR } from 'qr';

/**
 * A QR code as lines of text. In colours it can be read on light and dark terminals alike; without them it is light on dark,
 * two rows of modules to a line.
 */
export function qrText(text: string, inColours: boolean): string {
  return encodeQR(text, inColours ? 'term' : 'ascii', { ecc: 'low', border: 2 });
}
