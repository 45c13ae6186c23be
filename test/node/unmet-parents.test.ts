/** Messages that are delivered although messages they follow never came: told of, and not for each of them. */
import { expect, onTestFinished, test } from 'vitest';
import { UnmetParentsLog } from '../../main/headless/nodes/unmet-parents-log.ts';
import { systemClock as clock, systemRandom as random } from '../../main/helpers/clock.ts';
import { utf8 } from '../../main/helpers/bytes.ts';
import { EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import type { UnmetParents } from '../../main/mvds/events.ts';
import { messageIdOf, toPeerId } from '../../main/mvds/ids.ts';
import type { GroupId, Message } from '../../main/mvds/types.ts';
import { parsePeerAddress } from '../../main/network/peers/peer-address.ts';
import { PeerNetwork } from '../../main/network/peers/peer-network.ts';
import { groupOf } from '../../main/node/group-name.ts';
import { MeasuredProcess } from '../headless/metrics/measured.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { startNode, until } from './nodes.ts';
import type { StartedNode } from './nodes.ts';

const GROUP = groupOf('tea');

/** A message that names itself as what it follows. */
function circular(text: string, groupId: GroupId = GROUP): Message {
  const [timestamp, body] = [BigInt(Date.now()), utf8(text)];
  const id = messageIdOf(groupId, timestamp, body);
  return { id, groupId, timestamp, body, metadata: { parents: [id], ephemeral: false } };
}

/** Gives these messages to a node, as a peer that speaks plain MVDS. */
async function give({ address }: StartedNode, messages: readonly Message[]): Promise<void> {
  const peer = parsePeerAddress(address);
  if (!peer) throw new Error(`no address: ${address}`);
  const network = await PeerNetwork.create({ keys: keysOf(7), listen: [], clock, random });
  onTestFinished(() => network.stop());
  network.learnAddresses([peer]);
  const given = new Promise<void>((resolve, reject) => {
    network.onSession(({ channel }) => {
      const payload = encodePayload({ ...EMPTY_PAYLOAD, messages }, 'spec');
      channel.write(payload).then(resolve, reject);
    });
  });
  await network.start();
  network.want(new Set([peer.peerId]), new Set());
  await given;
}

test('a node delivers them, warns of them and counts them', async () => {
  const node = await startNode('node', ['--group', 'tea', '--admit', 'all', '--metrics', '0']);
  const measured = await MeasuredProcess.of(node.process);
  const first = circular('una tazza di tè');
  await give(node, [first, circular('още една')]);
  const [line] = await node.process.errorLine(/.*never came.*/u);
  expect(JSON.parse(line)).toMatchObject({
    level: 40,
    msg: expect.stringMatching(/deliver.* although messages .* never came/u) as string,
    message: first.id,
    group: GROUP,
    source: keysOf(7).peerId,
  });
  await until('both are counted', async () => {
    return (await measured.value('reunion_unmet_parents_total', { reason: 'circle' })) === 2;
  });
  expect(await measured.value('reunion_unmet_parents_total', { reason: 'not-found' })).toBe(0);
  expect(node.process.errors.match(/never came/gu)).toHaveLength(1);
});

test('a chat says so among the lines', async () => {
  const chat = await startNode('chat', ['--group', 'tea', '--nick', 'Ana']);
  await give(chat, [circular('no line of a chat')]);
  await chat.process.line(/^\* A message was delivered although .* never came: .* in a circle\.$/u);
});

function reported(type: UnmetParents['type'] = 'not-found'): UnmetParents {
  const { id, groupId } = circular('x');
  return { type, messageId: id, groupId, source: toPeerId('peer'), parents: [id] };
}

function openLog() {
  const manual = new ManualClock();
  const told: string[] = [];
  const log = new UnmetParentsLog(manual, (text) => told.push(text));
  return { manual, told, log };
}

test('the first is told of at once, and the next ones together after ten minutes', () => {
  const { manual, told, log } = openLog();
  log.take([reported()]);
  expect(told).toEqual([
    'A message was delivered although messages that it follows never came: nobody has them.',
  ]);
  for (let i = 0; i < 1_000; i += 1) log.take([reported(), reported('circle')]);
  manual.advance(599_999);
  expect(told).toHaveLength(1);
  manual.advance(1);
  expect(told[1]).toBe(
    '2000 messages were delivered although messages that they follow never came.',
  );
  manual.advance(3_600_000);
  expect(told).toHaveLength(2);
  log.take([reported()]);
  expect(told).toHaveLength(3);
});

test('what waits to be told of is told at the end, and nothing after it', () => {
  const { manual, told, log } = openLog();
  log.take([reported()]);
  log.take([reported('circle')]);
  log.stop();
  expect(told).toHaveLength(2);
  expect(told[1]).toContain('in a circle');
  log.stop();
  manual.advance(3_600_000);
  expect(told).toHaveLength(2);
});
