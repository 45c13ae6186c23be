import type { PeerStatus, RelayStatus } from '../../api/types.ts';
import { relayLimitsText } from '../../api/relay-limits.ts';
import { withDevice } from '../connect.ts';
import { printable, printJson, sizeText, timeText } from '../output.ts';
import { policyText, transferText } from './files.ts';
import { limitsText } from './sync.ts';

const RELAY_TEXTS: Readonly<Record<RelayStatus['state'], string>> = {
  connecting: 'connecting',
  connected: 'connected',
  limiting: 'connected, but it cuts every connection',
  full: 'full, so that this device cannot be reached through it',
  refused: 'it does not let this device use it',
  unreachable: 'unreachable',
};

/** `reunion status`. */
export async function showStatus(options: {
  readonly data: string;
  readonly json?: boolean;
}): Promise<void> {
  const status = await withDevice(options.data, (client) => client.call('status', {}));
  if (options.json) {
    printJson(status);
    return;
  }
  const { keyProtection, hasRecoveryPhrase, mailboxLimits, pausedUntil } = status;
  const { device, membership, role, storage, peers, relays, historySince, firstTransfer } = status;
  const kind = role === 'mailbox' ? ', a mailbox' : '';
  console.log(`${printable(device.name)} (this device${kind})  ${device.id}`);
  console.log(`  ${storage.messages} messages, ${sizeText(storage.bytes)} on disk`);
  const { files } = status;
  console.log(
    `  ${files.files} files, ${sizeText(files.bytes)}; ${policyText(files.policy)}; ${transferText(files)}`,
  );
  if (files.deferred === 'space') console.log('  the disk is nearly full: files wait');
  if (storage.unsupported > 0) {
    console.log(`  ${storage.unsupported} of them need a newer version of Reunion to be shown`);
  }
  for (const relay of relays) console.log(`  relay ${relay.address}: ${relayText(relay)}`);
  console.log(
    `  keys: ${keyProtection}; recovery phrase: ${hasRecoveryPhrase ? 'yes' : 'none (reunion keys phrase)'}`,
  );
  if (mailboxLimits) console.log(`  ${limitsText(mailboxLimits)}`);
  if (historySince !== null) console.log(`  keeps messages from ${timeText(historySince)} on`);
  if (firstTransfer) {
    const { received, total } = firstTransfer;
    console.log(`  first transfer: ${received} of ${total ?? 'a number not known yet'}`);
  }
  if (pausedUntil !== null) {
    const until =
      pausedUntil === 'resumed' ? 'until `reunion resume --all`' : timeText(pausedUntil);
    console.log(`  all devices are paused: ${until}`);
  }
  if (membership === 'removed') {
    console.log(
      'This device was removed from your devices (`reunion devices`): it gets nothing new.',
    );
    return;
  }
  if (peers.length === 0) console.log('No other devices yet; `reunion invite` adds one.');
  for (const peer of peers) console.log(peerText(peer));
}

function relayText({ state, limits }: RelayStatus): string {
  if (limits === null) return RELAY_TEXTS[state];
  return `${RELAY_TEXTS[state]} after ${relayLimitsText(limits)}; \`reunion doctor\` says what helps`;
}

function peerText(peer: PeerStatus): string {
  const { name, id, toSend, toReceive, lastContact, lastInSync } = peer;
  const receive = toReceive === null ? 'not known what to receive' : `${toReceive} to receive`;
  return [
    `${printable(name)}  ${id}`,
    `  ${stateText(peer)}: ${toSend} to send, ${receive}`,
    `  last contact ${timeText(lastContact)}, last in step ${timeText(lastInSync)}`,
  ].join('\n');
}

function stateText(peer: PeerStatus): string {
  const { state, path, roundTrip, interval, failure, versions, secondsLeft, nextTryAt } = peer;
  const details = [
    path,
    roundTrip === null ? null : `${roundTrip} ms`,
    failure,
    versions && `version ${versions.theirs} there, ${versions.ours} here`,
    interval === 'live' ? null : `every ${interval} s`,
    secondsLeft === null ? null : `about ${Math.ceil(secondsLeft)} s left`,
    nextTryAt === null ? null : `next try ${timeText(nextTryAt)}`,
  ].filter((detail) => detail !== null);
  return details.length === 0 ? state : `${state} (${details.join(', ')})`;
}
