/** Names come from people; a longer one is somebody's mischief. In UTF-16 code units. */
export const DEVICE_NAME_MAX = 100;

/**
 * A name from elsewhere, made fit to be shown: one line of at most `DEVICE_NAME_MAX`, no control or bidirectional-override
 * characters, and never empty.
 */
export function presentable(name: string): string {
  const cleaned = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
  return cleaned.slice(0, DEVICE_NAME_MAX) || 'A device without a name';
}
