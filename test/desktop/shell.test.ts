import { EventEmitter } from 'node:events';
import { join, resolve } from 'node:path';
import type { IpcMain, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { DEVICE_CHANNEL, REQUEST_CHANNEL } from '../../main/desktop/channels.ts';
import { windowChannel } from '../../main/desktop/ipc.ts';
import { fileOfUrl, isOwnPage, PAGE_URL } from '../../main/desktop/page.ts';
import { windowOptions } from '../../main/desktop/window.ts';

describe('the page of the window', () => {
  const folder = resolve('some', 'folder');

  it('is served from its folder, and nothing from outside it', () => {
    expect(fileOfUrl(folder, PAGE_URL)).toBe(join(folder, 'index.html'));
    expect(fileOfUrl(folder, 'reunion-app://page/assets/a%20b.js')).toBe(
      join(folder, 'assets', 'a b.js'),
    );
    for (const path of ['../secret', '%2e%2e/secret', '..%2f..%2fsecret', '..%5csecret/../../x']) {
      const file = fileOfUrl(folder, `reunion-app://page/${path}`);
      if (file !== undefined) expect(file.startsWith(folder)).toBe(true);
    }
    expect(fileOfUrl(folder, 'reunion-app://page/..%2f..%2fsecret')).toBeUndefined();
  });

  it('is told from every other page', () => {
    expect(isOwnPage(PAGE_URL)).toBe(true);
    for (const url of ['https://page/', 'reunion-app://other/', 'file:///index.html', '']) {
      expect(isOwnPage(url)).toBe(false);
    }
  });

  it('is shown in a sandbox, without Node', () => {
    expect(windowOptions('preload.cjs').webPreferences).toEqual({
      preload: 'preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    });
  });
});

describe('the channel to a window', () => {
  /** As much of a window as the channel uses. */
  function scene() {
    const ipc = new EventEmitter();
    const sent: unknown[] = [];
    const mainFrame = { url: PAGE_URL };
    const contents = Object.assign(new EventEmitter(), {
      mainFrame,
      isDestroyed: () => false,
      send: (channel: string, frame: unknown) => sent.push([channel, frame]),
      close: () => contents.emit('destroyed'),
    });
    const channel = windowChannel(
      ipc as unknown as IpcMain,
      contents as unknown as WebContents,
      isOwnPage,
    );
    const received: unknown[] = [];
    channel.onFrame((frame) => received.push(frame));
    const emit = (senderFrame: object | null, frame: unknown) =>
      ipc.emit(REQUEST_CHANNEL, { senderFrame }, frame);
    return { ipc, sent, mainFrame, contents, channel, received, emit };
  }
  const request = { id: 1, command: 'status', arguments: {} };

  it('carries requests of its own page, and what the device says', () => {
    const { channel, emit, mainFrame, received, sent } = scene();
    emit(mainFrame, request);
    expect(received).toEqual([request]);
    channel.send({ id: 1, result: 'x' });
    expect(sent).toEqual([[DEVICE_CHANNEL, { id: 1, result: 'x' }]]);
  });

  it('listens to no other frame, to no other page in its frame, and to nothing that is no request', () => {
    const { emit, mainFrame, received } = scene();
    emit({ url: PAGE_URL }, request);
    emit(null, request);
    emit(mainFrame, 'status');
    emit(mainFrame, { ...request, id: 'x' });
    mainFrame.url = 'https://example.org/';
    emit(mainFrame, request);
    expect(received).toEqual([]);
  });

  it('lets go of everything when the window is gone', () => {
    const { channel, ipc } = scene();
    channel.close();
    expect(ipc.listenerCount(REQUEST_CHANNEL)).toBe(0);
  });
});
