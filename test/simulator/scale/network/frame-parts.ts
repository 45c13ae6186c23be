import { walkFields } from '../../../../main/mvds/wire.ts';
import { FRAME_OVERHEAD_BYTES } from '../limits.ts';
import type { Traffic } from './traffic.ts';

/** Field numbers of a payload: 2/MVDS, and the extensions of `proto/mvds.proto`. */
const COUNTED: ReadonlyMap<number, 'acks' | 'offers' | 'requests' | 'bodies' | 'reconciliations'> =
  new Map([
    [5001, 'acks'],
    [5002, 'offers'],
    [5003, 'requests'],
    [5004, 'bodies'],
    [5102, 'reconciliations'],
  ]);

/** Adds a payload to what was counted, by what is in it. */
export function countFrame(traffic: Traffic, frame: Uint8Array): void {
  traffic.payloads += 1;
  traffic.sync += frame.byteLength + FRAME_OVERHEAD_BYTES;
  let others = 0;
  walkFields(frame, ({ number }) => {
    const kind = COUNTED.get(number);
    if (!kind) return;
    others += 1;
    traffic[kind] += 1;
  });
  if (others === 0) traffic.hellos += 1;
}
