import type { PeerStatus, RelayStatus, Status } from '../../api/types.ts';
import { relayLimitsText } from '../../api/relay-limits.ts';
import { printable, sizeText, timeText } from '../output.ts';
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

/** The lines that `reunion status` prints. */
export function statusLines(status: Status): readonly string[] {
  const lines: string[] = [];
  const { keyProtection, hasRecoveryPhrase, mailboxLimits, pausedUntil } = status;
  const { device, membership, role, storage, peers, relays, historySince, firstTransfer } = status;
  const kind = role === 'mailbox' ? ', a mailbox' : '';
  lines.push(`${printable(device.name)} (this device${kind})  ${device.id}`);
  lines.push(`  ${storage.messages} messages, ${sizeText(storage.bytes)} on disk`);
  const { files } = status;
  lines.push(
    `  ${files.files} files, ${sizeText(files.bytes)}; ${policyText(files.policy)}; ${transferText(files)}`,
  );
  if (files.deferred === 'space') lines.push('  the disk is nearly full: files wait');
  if (storage.unsupported > 0) {
    lines.push(`  ${storage.unsupported} of them need a newer version of Reunion to be shown`);
  }
  if (storage.unindexed > 0)
    lines.push(`  indexing for search: ${storage.unindexed} messages left`);
  for (const relay of relays) lines.push(`  relay ${relay.address}: ${relayText(relay)}`);
  lines.push(
    `  keys: ${keyProtection}; recovery phrase: ${hasRecoveryPhrase ? 'yes' : 'none (reunion keys phrase)'}`,
  );
  if (mailboxLimits) lines.push(`  ${limitsText(mailboxLimits)}`);
  if (historySince !== null) lines.push(`  keeps messages from ${timeText(historySince)} on`);
  if (firstTransfer) {
    const { received, total } = firstTransfer;
    lines.push(`  first transfer: ${received} of ${total ?? 'a number not known yet'}`);
  }
  if (pausedUntil !== null) {
    const until =
      pausedUntil === 'resumed' ? 'until `reunion resume --all`' : timeText(pausedUntil);
    lines.push(`  all devices are paused: ${until}`);
  }
  if (membership === 'removed') {
    lines.push(
      'This device was removed from your devices (`reunion devices`): it gets nothing new.',
    );
    return lines;
  }
  if (peers.length === 0) lines.push('No other devices yet; `reunion invite` adds one.');
  for (const peer of peers) lines.push(peerText(peer));
  return lines;
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

/** The same in one line, for a log that goes on: `1200 messages, 1195 in conversations; Laptop transferring, 3 to send, 0 to receive`. */
export function statusLine({ storage, membership, peers }: Status): string {
  const held = `${storage.messages} messages, ${storage.readable} in conversations`;
  if (membership === 'removed') return `${held}; removed from your devices`;
  if (peers.length === 0) return `${held}; no other devices`;
  return [held, ...peers.map(peerLine)].join('; ');
}

function peerLine({ name, state, toSend, toReceive }: PeerStatus): string {
  const receive = toReceive === null ? '' : `, ${toReceive} to receive`;
  return `${printable(name)} ${state}, ${toSend} to send${receive}`;
}
