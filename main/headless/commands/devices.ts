import type { DeviceInfo, DeviceRecord } from '../../api/types.ts';
import { ask } from '../ask.ts';
import { withDevice } from '../connect.ts';
import { ExpectedFailure } from '../failures.ts';
import { printable, printJson, shortId, timeText } from '../output.ts';
import type { StayOptions } from '../stay.ts';
import { whichStay } from '../stay.ts';

interface DataOption {
  readonly data: string;
}

/** `reunion devices`. */
export async function listDevices(options: DataOption & { readonly json?: boolean }) {
  const devices = await withDevice(options.data, (client) => client.call('devices', {}));
  if (options.json) printJson(devices);
  else if (devices.length === 0) console.log('No other devices yet; `reunion invite` adds one.');
  else for (const device of devices) console.log(deviceText(device));
}

function deviceText({
  id,
  name,
  own,
  role,
  system,
  addedAt,
  removed,
  similarTo,
}: DeviceRecord): string {
  const about = removed
    ? `removed by ${printable(removed.by.name) || removed.by.id}, ${timeText(removed.at)}`
    : `${printable(system ?? '')}, since ${timeText(addedAt)}`;
  if (role === 'recovery' && !removed) {
    return `${printable(name)}, on paper  ${id}\n  made ${timeText(addedAt)}`;
  }
  const kind = role === 'mailbox' ? ', a mailbox' : '';
  const similar = similarTo.map((other) => `“${printable(other.name)}” ${shortId(other.id)}`);
  const alike =
    similar.length > 0 ? `\n  ! the same or a similar name as ${similar.join(', ')}` : '';
  return `${printable(name)}${kind}${own ? ' (this device)' : ''}  ${id}\n  ${about}${alike}`;
}

/** `reunion devices remove`. */
export async function removeDevice(
  device: string,
  { data, yes }: DataOption & { readonly yes?: boolean },
): Promise<void> {
  const question = `Remove “${device}” for good? It keeps what it has and gets nothing new.`;
  if (!yes && !(await ask(question))) throw new ExpectedFailure('Nothing was removed.');
  await withDevice(data, (client) => client.call('removeDevice', { device }));
  console.log('removed');
}

/** `reunion devices keep`. */
export async function keepDevice(
  device: string,
  { data, yes }: DataOption & { readonly yes?: boolean },
): Promise<void> {
  await withDevice(data, async (client) => {
    const { disputes } = await client.call('status', {});
    const isNamed = ({ id, name }: DeviceInfo): boolean => id === device || name === device;
    const pairs = disputes.flatMap(({ one, other }) => [
      { keep: one, remove: other },
      { keep: other, remove: one },
    ]);
    const [found, second] = pairs.filter(({ keep }) => isNamed(keep));
    if (!found)
      throw new ExpectedFailure(`No other device and “${device}” have removed each other.`);
    if (second)
      throw new ExpectedFailure(`More than one device is meant by “${device}”: give its id.`);
    const { keep, remove } = found;
    const question = `Keep “${keep.name}” and remove “${remove.name}” for good?`;
    if (!yes && !(await ask(question))) throw new ExpectedFailure('Nothing was changed.');
    await client.call('settleDispute', { keep: keep.id, remove: remove.id });
  });
  console.log('kept');
}

/** `reunion devices confirm`. */
export async function confirmDevices({ data, ...options }: DataOption & StayOptions) {
  await withDevice(data, async (client) => {
    const { confirmDevices: isDue } = await client.call('status', {});
    if (!isDue) throw new ExpectedFailure('There is nothing to confirm: no backup was put back.');
    const devices = await client.call('devices', {});
    const others = devices.filter(
      ({ own, role, removed }) => !own && role !== 'recovery' && !removed,
    );
    const stay = await whichStay(others, options);
    if (!stay) {
      throw new ExpectedFailure(
        'Say which devices stay: --keep NAME (repeatable) or --keep-all. The others are removed.',
      );
    }
    await client.call('confirmDevices', { keep: [...stay] });
  });
  console.log('confirmed');
}

/** Words in a row: four are read aloud in one breath. */
const WORDS_PER_LINE = 4;

/** `reunion devices compare`. */
export async function compareDevice(
  device: string,
  { data, json }: DataOption & { readonly json?: boolean },
): Promise<void> {
  const comparison = await withDevice(data, (client) => client.call('compareDevice', { device }));
  if (json) {
    printJson(comparison);
    return;
  }
  const { words, device: other } = comparison;
  for (let from = 0; from < words.length; from += WORDS_PER_LINE) {
    console.log(words.slice(from, from + WORDS_PER_LINE).join(' '));
  }
  console.error(
    `“${printable(other.name)}” must show the same words for this device. If they differ, somebody may sit between the two: remove “${printable(other.name)}” and pair it again.`,
  );
}

/** `reunion devices erase`. */
export async function eraseDevice({ data, yes }: DataOption & { readonly yes?: boolean }) {
  const question = 'Delete every message on this device, and its keys? There is no way back.';
  if (!yes && !(await ask(question))) throw new ExpectedFailure('Nothing was erased.');
  await withDevice(data, (client) => client.call('eraseDevice', {}));
  console.log('erased');
}

/** `reunion devices rename`. */
export async function renameDevice(
  device: string,
  name: string,
  { data }: DataOption,
): Promise<void> {
  await withDevice(data, (client) => client.call('renameDevice', { device, name }));
  console.log('renamed');
}
