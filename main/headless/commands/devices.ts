import type { DeviceRecord } from '../../api/types.ts';
import { ask } from '../ask.ts';
import { withDevice } from '../connect.ts';
import { ExpectedFailure } from '../failures.ts';
import { printable, printJson, timeText } from '../output.ts';

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

function deviceText({ id, name, own, role, system, addedAt, removed }: DeviceRecord): string {
  const about = removed
    ? `removed by ${printable(removed.by.name) || removed.by.id}, ${timeText(removed.at)}`
    : `${printable(system ?? '')}, since ${timeText(addedAt)}`;
  if (role === 'recovery' && !removed) {
    return `${printable(name)}, on paper  ${id}\n  made ${timeText(addedAt)}`;
  }
  const kind = role === 'mailbox' ? ', a mailbox' : '';
  return `${printable(name)}${kind}${own ? ' (this device)' : ''}  ${id}\n  ${about}`;
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
