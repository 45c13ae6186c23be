import type { ApiClient } from '../../api/client.ts';
import type { DeviceRole, History, PairingState } from '../../api/types.ts';
import { withDevice } from '../connect.ts';
import { ask, askFor } from '../ask.ts';
import { qrText } from '../qr-text.ts';
import { ExpectedFailure } from '../failures.ts';
import { printable } from '../output.ts';
import { secretText } from '../secret-text.ts';
import { untilStopped } from './until-stopped.ts';

/** `reunion invite`. */
export async function invite(options: {
  readonly data: string;
  readonly yes?: boolean;
  readonly mailbox?: boolean;
  readonly qr?: boolean;
  readonly minutes: number;
}): Promise<void> {
  await withDevice(options.data, async (client) => {
    const asked = untilStopped();
    const role = options.mailbox ? 'mailbox' : 'device';
    const outcome = followInvitation(client, role, options.yes === true);
    const { link, qr, code } = await client.call('invite', { minutes: options.minutes });
    if (code !== null) console.log(`code ${code}`);
    console.log(link);
    followCodes(client, code, (line) => console.log(line));
    if (options.qr ?? process.stdout.isTTY) console.log(`\n${qrText(qr, process.stdout.isTTY)}`);
    const stopped = asked.then(async () => {
      await client.call('cancelPairing', {});
      return outcome;
    });
    const device = await Promise.race([outcome, stopped]);
    console.log(`joined ${printable(device.name)} ${device.id}`);
  });
}

/** A code is good for five minutes, a few times over: prints each that takes the place of `shown`. */
export function followCodes(
  client: Pick<ApiClient, 'onEvent'>,
  shown: string | null,
  print: (line: string) => void,
): void {
  let last = shown;
  client.onEvent((event) => {
    if (event.kind !== 'pairing' || event.pairing.kind !== 'inviting') return;
    const { code } = event.pairing.invitation;
    if (code === last) return;
    last = code;
    print(code === null ? 'The code is good no longer; the link is.' : `code ${code}`);
  });
}

type Approving = Extract<PairingState, { kind: 'approving' }>;

/** Resolves with the device that joined; rejects where none did. Asks, or approves, on the way there. */
function followInvitation(
  client: ApiClient,
  role: DeviceRole,
  approveAll: boolean,
): Promise<{ readonly id: string; readonly name: string }> {
  return new Promise((resolve, reject) => {
    let question: AbortController | undefined;
    client.onClose(() => reject(new ExpectedFailure('The device was stopped; nobody joined.')));
    client.onEvent((event) => {
      if (event.kind !== 'pairing') return;
      // Whatever happens next, the question that may be on the screen is settled.
      question?.abort();
      const { pairing } = event;
      if (pairing.kind === 'approving') {
        question = new AbortController();
        decide(client, pairing, role, approveAll, question.signal).catch(reject);
      } else if (pairing.kind === 'invited') {
        resolve(pairing.device);
      } else if (pairing.kind === 'failed' && pairing.side === 'inviting') {
        reject(new ExpectedFailure(pairing.error.message));
      }
    });
  });
}

async function decide(
  client: ApiClient,
  { requestId, name, system, path, needsCheck }: Approving,
  role: DeviceRole,
  approveAll: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (approveAll) {
    await client.call('approve', { requestId, role, check: 'unchecked' });
    return;
  }
  const as = role === 'mailbox' ? ' as a mailbox' : '';
  const question = `Let “${printable(name)}” (${printable(system)}, by ${path}) join${as}?`;
  const answer = needsCheck ? await digits(question, signal) : await ask(question, signal);
  if (signal.aborted) return;
  if (answer === false) await client.call('reject', { requestId });
  else {
    await client.call('approve', { requestId, role, ...(answer !== true && { check: answer }) });
  }
}

/** The two digits that the other device shows; false where a person gave none. */
async function digits(question: string, signal: AbortSignal): Promise<string | false> {
  for (;;) {
    const typed = await askFor(
      `${question} Type the two digits that it shows, or nothing to refuse:`,
      signal,
    );
    if (/^\d{2}$/u.test(typed)) return typed;
    if (typed === '') return false;
  }
}

/** `reunion join`. */
export async function join(
  argument: string | undefined,
  options: { readonly data: string; readonly name?: string; readonly history?: History },
): Promise<void> {
  await withDevice(options.data, async (client) => {
    // A code is used up by one wrong letter, so that what is typed is seen; the other device shows it, too.
    const link = await secretText(argument, 'The code or the link that the other device shows:');
    const asked = untilStopped();
    void asked.then(() => client.call('cancelPairing', {}));
    let inviter = '';
    client.onEvent((event) => {
      if (event.kind !== 'pairing' || event.pairing.kind !== 'joining') return;
      if (event.pairing.step !== 'waiting') return;
      const { check } = event.pairing;
      inviter = printable(event.pairing.inviter);
      console.error(`Waiting for approval on ${inviter} …`);
      if (check !== null) console.error(`The digits to type there: ${check}`);
    });
    const { name, history } = options;
    await client.call('join', {
      link,
      ...(name !== undefined && { name }),
      ...(history && { history }),
    });
    console.log(`joined ${inviter}`);
  });
}
