import type { DeviceDiagnosis, TriedWay } from '../../api/types.ts';
import { relayLimitsText } from '../../api/relay-limits.ts';
import { withDevice } from '../connect.ts';
import { printable, printJson } from '../output.ts';

/** `reunion doctor`. */
export async function runDoctor(options: {
  readonly data: string;
  readonly json?: boolean;
}): Promise<void> {
  const diagnosis = await withDevice(options.data, (client) => client.call('diagnose', {}));
  if (options.json) {
    printJson(diagnosis);
    return;
  }
  const { version, runtime, addresses, relays, devices, advice } = diagnosis;
  console.log(`Reunion ${version}, ${runtime}`);
  console.log(addresses.length === 0 ? 'can be called nowhere' : 'can be called at');
  for (const address of addresses) console.log(`  ${address}`);
  for (const { address, state, limits } of relays) {
    const cut = limits === null ? '' : `, cuts every connection after ${relayLimitsText(limits)}`;
    console.log(`relay ${address}: ${state}${cut}`);
  }
  for (const device of devices) console.log(deviceText(device));
  console.log(advice.length === 0 ? 'Nothing is wrong.' : advice.map(printable).join('\n'));
}

function deviceText({ name, path, roundTrip, clockAhead, tried }: DeviceDiagnosis): string {
  const measured = [
    path,
    roundTrip === null ? null : `${roundTrip} ms there and back`,
    clockAhead === null ? null : `clock ${clockAhead >= 0 ? '+' : ''}${clockAhead} ms`,
  ].filter((part) => part !== null);
  const state = path === null ? 'cannot be reached' : measured.join(', ');
  return [`${printable(name)}: ${state}`, ...tried.map(triedText)].join('\n');
}

function triedText({ address, outcome, cure }: TriedWay): string {
  return `  ${address}: ${outcome}${cure === null ? '' : `. ${cure}`}`;
}
