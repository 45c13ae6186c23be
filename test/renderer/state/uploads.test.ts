import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Thread } from '../../../renderer/src/state/thread.svelte.ts';
import type { Upload } from '../../../renderer/src/state/uploads.svelte.ts';
import { FILES_MAX } from '../../../renderer/src/state/uploads.svelte.ts';
import { message, ScriptedDevice, settled } from './scripted-device.ts';

/** A request of the page that the test moves on. */
class ControlledRequest {
  static readonly sent: ControlledRequest[] = [];
  readonly upload: { onprogress?: (event: { readonly loaded: number }) => void } = {};
  readonly headers = new Map<string, string>();
  onload?: () => void;
  onerror?: () => void;
  status = 0;
  responseText = '';
  body: File | undefined;
  isAborted = false;

  open(method: string, path: string): void {
    expect([method, path]).toEqual(['POST', './files']);
  }

  setRequestHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }

  send(body: File): void {
    this.body = body;
    ControlledRequest.sent.push(this);
  }

  abort(): void {
    this.isAborted = true;
  }

  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = typeof body === 'string' ? body : JSON.stringify(body);
    this.onload?.();
  }
}

let device: ScriptedDevice;
let thread: Thread;

beforeEach(() => {
  ControlledRequest.sent.length = 0;
  vi.stubGlobal('XMLHttpRequest', ControlledRequest);
  device = new ScriptedDevice();
  thread = new Thread('shopping', device.call, '');
});

afterEach(() => vi.unstubAllGlobals());

function file(name: string, type = ''): File {
  return new File(['Äpfel, Birnen\n'.repeat(40)], name, { type });
}

function added(...files: File[]): readonly Upload[] {
  const before = thread.uploads.list.length;
  thread.uploads.add(files);
  return thread.uploads.list.slice(before);
}

/** The device lets the oldest upload that waits begin. */
async function begun(): Promise<ControlledRequest> {
  await device.take('contentTicket').answer({ ticket: 'once' });
  const request = ControlledRequest.sent.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
}

function only(uploads: readonly Upload[]): Upload {
  const [upload] = uploads;
  if (!upload) throw new Error('nothing was added');
  return upload;
}

describe('a file that is added', () => {
  it('goes to the device with a ticket, and shows how far it is', async () => {
    const upload = only(added(file('Einkauf.txt')));
    const request = await begun();
    expect(request.headers.get('Authorization')).toBe('Ticket once');
    expect(request.body?.name).toBe('Einkauf.txt');
    request.upload.onprogress?.({ loaded: 300 });
    expect([upload.sent, upload.id, thread.uploads.isReady]).toEqual([300, undefined, false]);
    request.answer(201, { id: 'f1' });
    expect([upload.id, thread.uploads.isReady]).toEqual(['f1', true]);
    expect(thread.uploads.ready).toEqual([
      { id: 'f1', name: 'Einkauf.txt', mediaType: 'application/octet-stream' },
    ]);
  });

  it('says what went wrong, and can be tried again', async () => {
    const upload = only(added(file('Einkauf.txt')));
    (await begun()).answer(507, { code: 'disk-full', message: 'The disk is full.' });
    expect(upload.problem).not.toBe('');
    expect(thread.uploads.isReady).toBe(false);
    upload.start();
    expect([upload.problem, upload.sent]).toEqual(['', 0]);
    (await begun()).answer(201, { id: 'f1' });
    expect(thread.uploads.isReady).toBe(true);
  });

  it.each([
    ['the connection breaks', (request: ControlledRequest) => request.onerror?.()],
    ['the answer is none', (request: ControlledRequest) => request.answer(502, '<html>')],
    ['the answer names no file', (request: ControlledRequest) => request.answer(201, {})],
  ])('fails when %s', async (_, end) => {
    const upload = only(added(file('Einkauf.txt')));
    end(await begun());
    expect(upload.problem).not.toBe('');
    expect(upload.id).toBeUndefined();
  });

  it('fails when there is no connection to ask for a ticket', async () => {
    const upload = only(added(file('Einkauf.txt')));
    await device.take('contentTicket').fail(new Error('The connection to Reunion was lost.'));
    expect(upload.problem).not.toBe('');
    expect(ControlledRequest.sent).toEqual([]);
  });

  it('is not sent any more once it was removed', async () => {
    const early = only(added(file('Einkauf.txt')));
    thread.uploads.remove(early);
    await device.take('contentTicket').answer({ ticket: 'once' });
    await settled();
    expect(ControlledRequest.sent).toEqual([]);
    const late = only(added(file('Foto.jpg', 'image/jpeg')));
    const request = await begun();
    thread.uploads.remove(late);
    expect(request.isAborted).toBe(true);
    expect(thread.uploads.list).toEqual([]);
    expect(thread.uploads.isReady).toBe(true);
  });

  it('is refused beyond what a message can carry', () => {
    const many = Array.from({ length: FILES_MAX + 3 }, (_, index) => file(`Foto ${index}.jpg`));
    expect(thread.uploads.add(many)).toBe(3);
    expect(thread.uploads.add([file('noch eins.jpg')])).toBe(1);
    expect(thread.uploads.list).toHaveLength(FILES_MAX);
  });
});

describe('a message with files', () => {
  it('leaves what is still being added for the next one', async () => {
    added(file('Einkauf.txt'), file('Foto.jpg', 'image/jpeg'));
    (await begun()).answer(201, { id: 'f1' });
    const slow = await begun();
    const sending = thread.send('Das hier');
    const { args, answer } = device.take('send');
    expect(args.attachments?.map(({ id }) => id)).toEqual(['f1']);
    await answer(message(1));
    await sending;
    expect(thread.uploads.list.map(({ file: { name } }) => name)).toEqual(['Foto.jpg']);
    slow.answer(201, { id: 'f2' });
    expect(thread.uploads.ready.map(({ id }) => id)).toEqual(['f2']);
  });

  it('leaves what was added while it was being sent', async () => {
    added(file('Einkauf.txt'));
    (await begun()).answer(201, { id: 'f1' });
    const sending = thread.send('Das hier');
    added(file('Foto.jpg', 'image/jpeg'));
    await device.take('send').answer(message(1));
    await sending;
    expect(thread.uploads.list.map(({ file: { name } }) => name)).toEqual(['Foto.jpg']);
  });

  it('keeps its files where it could not be sent', async () => {
    added(file('Einkauf.txt'));
    (await begun()).answer(201, { id: 'f1' });
    const sending = thread.send('Das hier');
    await device.take('send').fail(new Error('The connection to Reunion was lost.'));
    await expect(sending).rejects.toThrow('lost');
    expect(thread.uploads.ready.map(({ id }) => id)).toEqual(['f1']);
  });
});
