import type { ApiClient } from '../../api/client.ts';
import type { DeviceRole, History, Invitation, PairingState, WrongGuess } from '../../api/types.ts';
import { withDevice } from '../connect.ts';
import { ask, askFor } from '../ask.ts';
import { qrText } from '../qr-text.ts';
import { ExpectedFailure } from '../failures.ts';
import { printable, shortId } from '../output.ts';
import { secretText } from '../secret-text.ts';
import { untilStopped } from './until-stopped.ts';

/**
 * Codes that `reunion invite` makes by itself after wrong ones: each gives whoever guesses another try. After that a person
 * asks for one with --new-code.
 */
const CODES_AFTER_GUESSES_MAX = 3;

/** `reunion invite`. */
export async function invite(options: {
  readonly data: string;
  readonly yes?: boolean;
  readonly mailbox?: boolean;
  readonly qr?: boolean;
  readonly newCode?: boolean;
  readonly minutes: number;
}): Promise<void> {
  await withDevice(options.data, async (client) => {
    if (options.newCode) {
      const { code } = await client.call('newCode', {});
      if (code === null) throw new ExpectedFailure('No code is free at present; use the link.');
      console.log(`code ${code}`);
      return;
    }
    const asked = untilStopped();
    const role = options.mailbox ? 'mailbox' : 'device';
    const outcome = followInvitation(client, role, options.yes === true);
    const invitation = await client.call('invite', { minutes: options.minutes });
    const { link, qr, code } = invitation;
    if (code !== null) console.log(`code ${code}`);
    console.log(link);
    followCodes(client, invitation, {
      code: (line) => console.log(line),
      note: (line) => console.error(line),
    });
    if (options.qr ?? process.stdout.isTTY) console.log(`\n${qrText(qr, process.stdout.isTTY)}`);
    const stopped = asked.then(async () => {
      await client.call('cancelPairing', {});
      return outcome;
    });
    const device = await Promise.race([outcome, stopped]);
    console.log(`joined ${printable(device.name)} ${device.id}`);
  });
}

/** Where `followCodes` writes: the codes to standard output, everything else beside it. */
export interface CodeLines {
  readonly code: (line: string) => void;
  readonly note: (line: string) => void;
}

/** Prints each code that takes the place of the one shown, why it does, and who has entered a wrong one. */
export function followCodes(
  client: Pick<ApiClient, 'onEvent' | 'call'>,
  shown: Pick<Invitation, 'code' | 'wrongGuesses'>,
  lines: CodeLines,
): void {
  let last = shown;
  let afterGuesses = 0;
  const renew = (): void => {
    client.call('newCode', {}).catch((error: unknown) => {
      lines.note(error instanceof Error ? error.message : String(error));
    });
  };
  client.onEvent((event) => {
    if (event.kind !== 'pairing' || event.pairing.kind !== 'inviting') return;
    const { invitation } = event.pairing;
    const before = last;
    last = invitation;
    for (const guess of newGuesses(before.wrongGuesses, invitation.wrongGuesses)) {
      lines.note(guessText(guess));
    }
    if (invitation.code === before.code) return;
    if (invitation.code !== null) {
      if (before.code !== null) lines.note('The code before is no longer good. Use this one:');
      lines.code(`code ${invitation.code}`);
    } else if (invitation.codeEnd === 'expired') {
      lines.note('The code has expired after five minutes. The link is still good.');
      renew();
    } else if (invitation.codeEnd === 'spent') {
      lines.note('The code is spent. The link and the picture are still good.');
      afterGuesses += 1;
      if (afterGuesses <= CODES_AFTER_GUESSES_MAX) renew();
      else lines.note('For another code, run `reunion invite --new-code`.');
    } else {
      lines.note('No code is free at present. The link and the picture are still good.');
    }
  });
}

/** What has come since, and entries whose count has gone up. */
function newGuesses(
  before: readonly WrongGuess[],
  now: readonly WrongGuess[],
): readonly WrongGuess[] {
  return now.filter(({ device, path, count }) => {
    const known = before.find((guess) => guess.device.id === device.id && guess.path === path);
    return known?.count !== count;
  });
}

function guessText({ device, path, count }: WrongGuess): string {
  const name = device.name === '' ? '' : `“${printable(device.name)}”, `;
  const times = count === 1 ? '' : ` (${count} times so far)`;
  return `A wrong code was entered by ${name}device ${shortId(device.id)}, by ${pathText(path)}${times}.`;
}

function pathText(path: WrongGuess['path']): string {
  return { lan: 'the local network', direct: 'a direct connection', relay: 'a relay' }[path];
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
  { requestId, name, system, path, needsCheck, similarTo }: Approving,
  role: DeviceRole,
  approveAll: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (approveAll) {
    await client.call('approve', { requestId, role, check: 'unchecked' });
    return;
  }
  for (const { name: other, id } of similarTo) {
    console.error(
      `You already have a device with this or a similar name: “${printable(other)}” ${shortId(id)}.`,
    );
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
