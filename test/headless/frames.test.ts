import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connectToDevice } from '../../main/headless/control/control-client.ts';
import { FRAME_BYTES_MAX } from '../../main/headless/socket-channel.ts';
import { openLink, openSocket } from '../helpers/page-client.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';
import { frames, isSound, served } from './frames.ts';

const INPUTS = 5_000;

test(`${INPUTS} frames of any JSON: each gets an answer under its id, or ends its connection`, async () => {
  const property = fc.asyncProperty(frames, async (frame) => isSound(await served(frame)));
  await fc.assert(property, { numRuns: INPUTS });
});

const HOSTILE: readonly (string | Buffer)[] = [
  'null',
  '[]',
  '1',
  '"x"',
  '',
  'no JSON',
  '{}',
  '{"id":1}',
  '{"command":"status","arguments":{}}',
  '{"id":null,"command":"status","arguments":{}}',
  '{"id":1,"command":null,"arguments":{}}',
  '{"id":1,"command":"__proto__","arguments":{}}',
  '{"id":1,"command":"constructor","arguments":{}}',
  '{"id":1,"command":"status"}',
  '{"id":1,"command":"status","arguments":null}',
  `{"id":1,"command":"${'x'.repeat(100_000)}","arguments":{}}`,
  `{"id":1,"command":"send","arguments":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.alloc(FRAME_BYTES_MAX + 1, 0x20),
];

/** Sends one frame; resolves with the answer to it, or with `closed`. */
async function answerTo(socket: WebSocket, frame: string | Buffer): Promise<string> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('{"id"')) resolve(text);
    });
    socket.once('close', () => resolve('closed'));
    socket.send(frame);
  });
}

test('no frame, by the page or by the command line, ends the device', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, []);
  const link = await device.link();
  const session = await openLink(link);
  if (!session) throw new Error('the link was refused');
  const { origin } = new URL(link);
  const byPage = () => openSocket(origin, session);
  const byCommandLine = async () => {
    const connection = await connectToDevice(folder);
    const socket = new WebSocket('ws://reunion/', { createConnection: () => connection });
    connection.resume();
    await new Promise((resolve) => socket.once('open', resolve));
    return socket;
  };
  for (const open of [byPage, byCommandLine]) {
    for (const frame of HOSTILE) {
      const socket = await open();
      expect(await answerTo(socket, frame)).toMatch(
        /^closed$|"error":\{"code":"invalid-arguments"/u,
      );
      socket.terminate();
    }
  }
  expect(device.process.child.exitCode).toBeNull();
  const status = await reunion(['status', '--data', folder]);
  expect(status).toMatchObject({ code: 0, stderr: '' });
});
