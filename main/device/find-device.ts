import { ReunionError } from '../api/errors.ts';
import type { DeviceInfo } from '../api/types.ts';
import type { PeerId } from '../helpers/ids.ts';

/** The one of `devices`, called `these`, that has the id, or else that name. Throws `not-found` where none or several do. */
export function findDevice(devices: readonly DeviceInfo[], device: string, these: string): PeerId {
  const found = devices.filter(({ id }) => id === device);
  const named = found.length > 0 ? found : devices.filter(({ name }) => name === device);
  const [only, another] = named;
  if (only && !another) return only.id as PeerId;
  throw new ReunionError(
    'not-found',
    another
      ? `More than one of ${these} is called “${device}”; use its id.`
      : `None of ${these} is called “${device}” or has that id.`,
  );
}
