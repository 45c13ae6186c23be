import { Device } from '../device/device.ts';
import type { DeviceOptions } from '../device/options.ts';
import type { DeviceRecord } from '../api/types.ts';
import { systemClock, systemRandom } from '../helpers/clock.ts';
import type { StayOptions } from './stay.ts';
import { deviceLine, whichStay } from './stay.ts';

/** Opens the device of a data folder, connected to nobody, for as long as `use` takes. */
export async function withOfflineDevice<T>(
  options: Pick<DeviceOptions, 'folder' | 'protections' | 'recovery' | 'name'>,
  use: (device: Device) => Promise<T>,
): Promise<T> {
  const device = await Device.open({
    ...options,
    offline: true,
    relays: [],
    listen: [],
    lan: false,
    direct: false,
    clock: systemClock,
    random: systemRandom,
    log: { error: (error) => console.error(error), notice: (text) => console.error(text) },
  });
  try {
    return await use(device);
  } finally {
    await device.close();
  }
}

/** The person's other devices that are on the list still. */
async function othersOf(device: Device): Promise<readonly DeviceRecord[]> {
  const devices = await device.service.commands.devices({});
  return devices.filter(({ own, role, removed }) => !own && role !== 'recovery' && !removed);
}

/**
 * Has the person say which of the other devices stay, and removes the others. Where nobody says anything, `silent` tells
 * what becomes of them: none stays, or it is asked for later.
 */
export async function settleDevices(
  device: Device,
  options: StayOptions,
  silent: 'none' | 'later',
): Promise<void> {
  const others = await othersOf(device);
  if (others.length === 0) return;
  const stay = (await whichStay(others, options)) ?? (silent === 'none' ? [] : undefined);
  if (stay === undefined) {
    console.log('These devices are on your list. Say which of them stay: reunion devices confirm');
    for (const other of others) console.log(`  ${deviceLine(other)}`);
    return;
  }
  await device.service.commands.confirmDevices({ keep: [...stay] });
  const left = new Set((await othersOf(device)).map(({ id }) => id));
  for (const other of others) {
    console.log(`  ${left.has(other.id) ? 'stays' : 'removed'}: ${deviceLine(other)}`);
  }
}
