import type { DeviceInfo } from '../../../main/api/types.ts';

/** The end of a device's id, where one differs from another. */
export const shortId = (id: string): string => `…${id.slice(-8)}`;

/** No line ends within a short id: an ellipsis allows that, and U+2060 (WORD JOINER) forbids it. */
const joined = (id: string): string => shortId(id).replace('…', '…\u2060');

/** “Laptop” (…8xQ3vN2k), “Desk” (…). */
export const namesWithIds = (devices: readonly DeviceInfo[]): string =>
  devices.map(({ id, name }) => `“${name}” (${joined(id)})`).join(', ');
