import { expect, test } from 'vitest';
import {
  bytesOf,
  chunks,
  contentOf,
  filesOf,
  sendFile,
  sha256,
  shows,
} from '../../helpers/files.ts';
import { letIn, OwnDevice, relayHere } from '../../helpers/own-devices.ts';

const TIMEOUT_MS = 60_000;

async function pair(): Promise<{ a: OwnDevice; b: OwnDevice; relay: string }> {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay);
  const b = await OwnDevice.start('B', relay);
  await letIn(a, b);
  return { a, b, relay };
}

test.each([
  ['empty', 0],
  ['of one byte', 1],
  ['of exactly one chunk', chunks(1)],
  ['of some chunks and a bit', chunks(3) + 17],
  ['of more chunks than a text names', chunks(66) + 1],
])(
  'a file %s is the same on the other device',
  async (_, length) => {
    const { a, b } = await pair();
    const content = bytesOf(length);
    const sent = await sendFile(a, content, 'notes/../pic\u202Egnp.exe', 'look');
    const id = sha256(content);
    expect(sent.attachments).toEqual([
      {
        ...{ id, name: 'picgnp.exe', mediaType: 'application/octet-stream' },
        ...{ bytes: length, received: length, state: 'here', reason: null },
      },
    ]);
    const arrived = await shows(b, id, 'here');
    expect(arrived).toEqual(sent.attachments[0]);
    expect(Buffer.compare((await contentOf(b, id)) ?? new Uint8Array(1), content)).toBe(0);
    expect(await b.texts()).toEqual(['look']);
    expect(await filesOf(a)).toEqual(await filesOf(b));
  },
  TIMEOUT_MS,
);
