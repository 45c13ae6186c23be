import type { Diagnosis, DeviceDiagnosis, RelayStatus, TriedWay } from '../api/types.ts';
import type { PeerId } from '../helpers/ids.ts';
import type { Attempt, AttemptFailure, Found } from '../network/diagnosis.ts';
import { relayLimitsText } from '../api/relay-limits.ts';
import { runtimeName } from './settings.ts';

/** Clocks that differ by more put messages in another order than they were written in, as a person sees it. */
const CLOCK_TOLERANCE_MS = 60_000;

export interface DoctorOptions {
  readonly version: string;
  readonly devices: () => readonly { readonly id: PeerId; readonly name: string }[];
  readonly relays: () => readonly RelayStatus[];
  readonly addresses: () => readonly string[];
  readonly examine: (peer: PeerId) => Promise<Found>;
}

/** What was tried towards each device, what failed, and what a person can do about it. */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const devices = await Promise.all(
    options
      .devices()
      .map(async ({ id, name }) => deviceDiagnosis(id, name, await options.examine(id))),
  );
  const relays = options.relays();
  const addresses = options.addresses();
  return {
    version: options.version,
    runtime: runtimeName(),
    addresses,
    relays,
    devices,
    advice: adviceFor(devices, relays, addresses),
  };
}

function deviceDiagnosis(id: string, name: string, found: Found): DeviceDiagnosis {
  const { path = null, roundTrip = null, clockAhead = null, attempts } = found;
  return { id, name, path, roundTrip, clockAhead, tried: attempts.map(triedWay) };
}

function triedWay({ address, isRelayed, failure, detail }: Attempt): TriedWay {
  return {
    address,
    way: isRelayed ? 'relay' : 'direct',
    outcome: failure === undefined ? 'it answered' : FAILURE_TEXTS[failure],
    cure: failure === undefined ? null : (CURES[failure] ?? null),
    detail,
  };
}

const FAILURE_TEXTS: Readonly<Record<AttemptFailure, string>> = {
  'no-answer': 'no answer',
  'nothing-listens': 'nothing listens there',
  'no-route': 'no way leads to that network',
  'not-at-relay': 'the device is not at this relay',
  'relay-cannot-reach':
    'the relay could not reach the device, or the device did not let this one in',
  refused: 'the connection was refused',
  other: 'it failed',
};

const CURES: Readonly<Partial<Record<AttemptFailure, string>>> = {
  'no-answer': 'See that the device is on, and that no firewall drops what comes to that port.',
  'nothing-listens': 'Start Reunion on the device; its address may have changed since.',
  'no-route': 'See that this computer is online, and in the same network or at a relay.',
  'not-at-relay': 'Start Reunion on the device, and give it this relay (--relay).',
  'relay-cannot-reach': 'See whether the device still lists this one: reunion devices.',
  refused: 'See whether the device still lists this one: reunion devices.',
};

function adviceFor(
  devices: readonly DeviceDiagnosis[],
  relays: readonly RelayStatus[],
  addresses: readonly string[],
): string[] {
  const advice: string[] = [];
  const unreachable = relays.filter(({ state }) => state === 'unreachable' || state === 'refused');
  if (relays.length === 0) {
    advice.push(
      'No relay is in use: only devices on the same network are found. `reunion relay` on a computer with an address of its own makes one.',
    );
  } else if (unreachable.length === relays.length) {
    advice.push(
      'None of the relays can be used: see that this computer is online, and that a relay runs.',
    );
  }
  for (const { address, limits } of relays) {
    if (limits === null) continue;
    advice.push(
      `The relay ${address} cuts every connection after ${relayLimitsText(limits)}: transfers stop and go on each time, slowly, and a message that is larger never arrives by it. Run a relay of your own (\`reunion relay\`), ask the owner of this one for more, or let your devices connect directly (\`--upnp\`, or an open port with \`--listen\`).`,
    );
  }
  if (addresses.length === 0 && relays.length > 0) {
    advice.push(
      'No other device can call this one: it is reserved at no relay and listens on no address.',
    );
  }
  for (const { name, clockAhead, path, tried } of devices) {
    if (clockAhead !== null && Math.abs(clockAhead) > CLOCK_TOLERANCE_MS) {
      const seconds = Math.round(Math.abs(clockAhead) / 1_000);
      advice.push(
        `The clock of “${name}” is ${seconds} s ${clockAhead > 0 ? 'ahead of' : 'behind'} this one's: set both by the network, or messages appear out of order.`,
      );
    }
    if (path !== null) continue;
    if (tried.length === 0) {
      advice.push(
        `No way to “${name}” is known: it has to be on this network, or at a relay that this device uses.`,
      );
    } else if (tried.every(({ outcome }) => outcome === FAILURE_TEXTS['not-at-relay'])) {
      advice.push(`“${name}” is at none of the relays: it is off, offline, or uses another relay.`);
    }
  }
  return advice;
}
