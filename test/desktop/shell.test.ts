import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IpcMain, Net, Protocol, Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONTENT_SECURITY_POLICY } from '../../main/api/page-policy.ts';
import { DEVICE_CHANNEL, REQUEST_CHANNEL, SCANNER_CHANNEL } from '../../main/desktop/channels.ts';
import { onCall, windowChannel } from '../../main/desktop/ipc.ts';
import {
  fileOfUrl,
  isOwnPage,
  isPassphrasePage,
  PAGE_URL,
  PASSPHRASE_URL,
  servePages,
} from '../../main/desktop/page.ts';
import {
  confine,
  limitPermissions,
  passphraseWindowOptions,
  windowOptions,
} from '../../main/desktop/window.ts';
import { emitting, preventable } from './doubles.ts';

describe('the pages of the windows', () => {
  const folders = { page: resolve('some', 'page'), passphrase: resolve('some', 'passphrase') };

  it('are served each from its folder, and nothing from outside it', () => {
    expect(fileOfUrl(folders, PAGE_URL)).toBe(join(folders.page, 'index.html'));
    expect(fileOfUrl(folders, PASSPHRASE_URL)).toBe(join(folders.passphrase, 'index.html'));
    expect(fileOfUrl(folders, 'reunion-app://page/assets/a%20b.js')).toBe(
      join(folders.page, 'assets', 'a b.js'),
    );
    for (const path of ['../secret', '%2e%2e/secret', '..%2f..%2fsecret', '..%5csecret/../../x']) {
      const file = fileOfUrl(folders, `reunion-app://page/${path}`);
      if (file !== undefined) expect(file.startsWith(folders.page)).toBe(true);
    }
    expect(fileOfUrl(folders, 'reunion-app://page/..%2f..%2fsecret')).toBeUndefined();
    expect(fileOfUrl(folders, 'reunion-app://page/%zz')).toBeUndefined();
    expect(fileOfUrl(folders, 'reunion-app://elsewhere/index.html')).toBeUndefined();
  });

  it('are told from every other page, and from each other', () => {
    expect([isOwnPage(PAGE_URL), isPassphrasePage(PASSPHRASE_URL)]).toEqual([true, true]);
    expect([isOwnPage(PASSPHRASE_URL), isPassphrasePage(PAGE_URL)]).toEqual([false, false]);
    for (const url of ['https://page/', 'reunion-app://other/', 'file:///index.html', '']) {
      expect([isOwnPage(url), isPassphrasePage(url)]).toEqual([false, false]);
    }
  });

  it('come under the content security policy, which lets in nothing from elsewhere', async () => {
    let serve: (request: Request) => Response | Promise<Response> = () => new Response();
    const protocol: Pick<Protocol, 'handle'> = {
      handle: (_scheme, handler) => void (serve = handler),
    };
    const net: Pick<Net, 'fetch'> = { fetch: async () => new Response('x') };
    servePages(protocol, net, folders, ({ url }) =>
      url.endsWith('/files/1') ? Promise.resolve(new Response('a file')) : undefined,
    );
    const textOf = async (url: string) => (await serve(new Request(url))).text();
    expect(await textOf('reunion-app://page/files/1')).toBe('a file');
    expect(await textOf('reunion-app://passphrase/files/1')).toBe('x');
    const { headers } = await serve(new Request(PAGE_URL));
    expect(headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    const policy = new Map(
      CONTENT_SECURITY_POLICY.split('; ').map((part) => {
        const [name = '', ...sources] = part.split(' ');
        return [name, sources.join(' ')] as const;
      }),
    );
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|http|\*/u);
  });

  it('are shown in a sandbox, without Node, and stand still while they are hidden', () => {
    for (const { webPreferences, show } of [
      windowOptions('preload.cjs', { width: 1, height: 1 }),
      passphraseWindowOptions('preload.cjs'),
    ]) {
      expect(show).toBe(false);
      expect(webPreferences).toMatchObject({
        preload: 'preload.cjs',
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        backgroundThrottling: true,
      });
      for (const weaker of [
        'webSecurity',
        'allowRunningInsecureContent',
        'experimentalFeatures',
        'enableBlinkFeatures',
        'nodeIntegrationInWorker',
        'nodeIntegrationInSubFrames',
      ]) {
        expect(webPreferences).not.toHaveProperty(weaker);
      }
    }
  });
});

describe('a window', () => {
  function scene() {
    const opened: string[] = [];
    let windowOpen: Parameters<WebContents['setWindowOpenHandler']>[0] | undefined;
    const webContents = emitting<Pick<WebContents, 'on' | 'setWindowOpenHandler'>>({
      setWindowOpenHandler: (handler) => (windowOpen = handler),
    });
    confine({ webContents: webContents as WebContents }, isOwnPage, {
      openExternal: async (url) => void opened.push(url),
    });
    const openNew = (url: string) =>
      windowOpen?.({ url } as Parameters<NonNullable<typeof windowOpen>>[0]);
    return { webContents, opened, openNew };
  }

  it('opens no other window; links that are what they seem open outside', () => {
    const { opened, openNew } = scene();
    for (const url of [
      'https://example.org/a',
      'http://example.org/',
      'mailto:ana@example.org?attach=/etc/passwd&subject=Hello',
      'mailto:?attach=/etc/passwd',
      'mailto:ana@example.org,ben@example.org',
      'mailto:ana@example.org%0ABcc:ben@example.org',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'reunion:abc',
      'reunion-app://page/index.html',
      'smb://host/share',
      'ms-msdt:/id',
      'https://bank.example@evil.example/',
    ]) {
      expect(openNew(url)).toEqual({ action: 'deny' });
    }
    expect(opened).toEqual([
      'https://example.org/a',
      'http://example.org/',
      'mailto:ana@example.org',
    ]);
  });

  it('goes to no other page, and holds no other contents', () => {
    const { webContents } = scene();
    for (const event of ['will-navigate', 'will-redirect']) {
      const away = preventable({ url: 'https://example.org/' });
      webContents.emit(event, away);
      expect(away.prevented, event).toBe(true);
      const own = preventable({ url: PAGE_URL });
      webContents.emit(event, own);
      expect(own.prevented, event).toBe(false);
    }
    const webview = preventable();
    webContents.emit('will-attach-webview', webview);
    expect(webview.prevented).toBe(true);
  });
});

describe('permissions', () => {
  type Handlers = Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >;
  type Request = NonNullable<Parameters<Handlers['setPermissionRequestHandler']>[0]>;
  type Check = NonNullable<Parameters<Handlers['setPermissionCheckHandler']>[0]>;
  type Devices = NonNullable<Parameters<Handlers['setDevicePermissionHandler']>[0]>;

  function scene() {
    const scanner = { isOpen: false };
    let request: Request | undefined;
    let check: Check | undefined;
    let devices: Devices | undefined;
    const session: Handlers = {
      setPermissionRequestHandler: (handler) => void (request = handler ?? undefined),
      setPermissionCheckHandler: (handler) => void (check = handler ?? undefined),
      setDevicePermissionHandler: (handler) => void (devices = handler ?? undefined),
    };
    limitPermissions(session, isOwnPage, () => scanner.isOpen);
    const asked = (
      permission: Parameters<Request>[1],
      details: Partial<Electron.MediaAccessPermissionRequest> = {},
    ) => {
      let granted: boolean | undefined;
      request?.(null as unknown as WebContents, permission, (decision) => (granted = decision), {
        isMainFrame: true,
        requestingUrl: PAGE_URL,
        ...details,
      });
      return granted;
    };
    const checked = (permission: Parameters<Check>[1], mediaType: 'video' | 'audio' = 'video') =>
      check?.(null, permission, 'reunion-app://page', { mediaType, isMainFrame: true });
    return { scanner, asked, checked, devices: () => devices };
  }

  it('the camera is there while the scanner is open, and then the picture alone', () => {
    const { scanner, asked, checked } = scene();
    expect(asked('media', { mediaTypes: ['video'] })).toBe(false);
    expect(checked('media')).toBe(false);
    scanner.isOpen = true;
    expect(asked('media', { mediaTypes: ['video'] })).toBe(true);
    expect(checked('media')).toBe(true);
    expect(asked('media', { mediaTypes: ['video', 'audio'] })).toBe(false);
    expect(asked('media', { mediaTypes: [] })).toBe(false);
    expect(checked('media', 'audio')).toBe(false);
    expect(asked('media', { mediaTypes: ['video'], isMainFrame: false })).toBe(false);
    expect(asked('media', { mediaTypes: ['video'], requestingUrl: 'https://x.org/' })).toBe(false);
  });

  it('text is copied; everything else is refused, whatever is open', () => {
    const { scanner, asked, checked, devices } = scene();
    scanner.isOpen = true;
    expect([asked('clipboard-sanitized-write'), checked('clipboard-sanitized-write')]).toEqual([
      true,
      true,
    ]);
    for (const permission of [
      'clipboard-read',
      'geolocation',
      'notifications',
      'display-capture',
      'midi',
      'fileSystem',
      'openExternal',
      'hid',
      'usb',
    ] as const) {
      expect([asked(permission), checked(permission)], permission).toEqual([false, false]);
    }
    expect(devices()?.({} as Parameters<Devices>[0])).toBe(false);
  });
});

describe('the channel to a window', () => {
  /** As much of a window as the channel uses. */
  function scene() {
    const ipc = emitting<Pick<IpcMain, 'on' | 'off'> & { listenerCount(name: string): number }>(
      {} as { listenerCount(name: string): number },
    );
    const sent: unknown[] = [];
    const mainFrame = { url: PAGE_URL };
    const contents = emitting<Pick<WebContents, 'on' | 'once' | 'isDestroyed' | 'send' | 'close'>>({
      isDestroyed: () => false,
      send: (channel: string, frame: unknown) => void sent.push([channel, frame]),
      close: () => void contents.emit('destroyed'),
    });
    Object.assign(contents, { mainFrame });
    const window = contents as unknown as WebContents;
    const channel = windowChannel(ipc, window, isOwnPage);
    const received: unknown[] = [];
    channel.onFrame((frame) => received.push(frame));
    const emit = (senderFrame: object | null, frame: unknown) =>
      ipc.emit(REQUEST_CHANNEL, { senderFrame }, frame);
    return { ipc, sent, mainFrame, contents, window, channel, received, emit };
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

  it('tells a page that is still loading nothing; what it is to show waits for it', () => {
    const { channel, emit, mainFrame, sent, contents } = scene();
    const link = (text: string) =>
      ({ event: { kind: 'host', host: { show: 'link', link: text } } }) as const;
    channel.send({ event: { kind: 'pairing', pairing: { kind: 'idle' } } });
    channel.send(link('reunion:first'));
    channel.send(link('reunion:second'));
    expect(sent).toEqual([]);
    emit(mainFrame, request);
    expect(sent).toEqual([[DEVICE_CHANNEL, link('reunion:second')]]);
    contents.emit('did-start-loading');
    channel.send(link('reunion:third'));
    expect(sent).toHaveLength(1);
    emit(mainFrame, request);
    expect(sent).toHaveLength(2);
  });

  it('lets go of everything when the window is gone', () => {
    const { channel, ipc } = scene();
    channel.close();
    expect(ipc.listenerCount(REQUEST_CHANNEL)).toBe(0);
  });

  it('takes the word of its own page alone for that the scanner is open, and only a yes or no', () => {
    const { window, mainFrame, contents } = scene();
    const heard: boolean[] = [];
    let call: Parameters<IpcMain['handle']>[1] | undefined;
    const ipc: Pick<IpcMain, 'handle' | 'removeHandler'> = {
      handle: (_channel, handler) => void (call = handler),
      removeHandler: () => void (call = undefined),
    };
    onCall(ipc, window, isOwnPage, SCANNER_CHANNEL, z.boolean(), (open) => heard.push(open));
    const say = (senderFrame: object | null, open: unknown) => {
      const event = { senderFrame } as Electron.IpcMainInvokeEvent;
      return (): unknown => call?.(event, open);
    };
    say(mainFrame, true)();
    expect(say(mainFrame, 'true')).toThrow();
    expect(say({ url: PAGE_URL }, true)).toThrow();
    expect(say(null, true)).toThrow();
    say(mainFrame, false)();
    expect(heard).toEqual([true, false]);
    contents.emit('destroyed');
    expect(call).toBeUndefined();
  });
});

describe('the preload scripts', () => {
  const source = (name: string) =>
    readFileSync(resolve(import.meta.dirname, '../../main/desktop', name), 'utf8');

  it('hand the page functions of their own, and nothing of Electron', () => {
    for (const name of ['preload.ts', 'passphrase/preload.ts']) {
      const text = source(name);
      expect(text.match(/exposeInMainWorld\(/gu)).toHaveLength(1);
      // Each use of it names the one channel that it is for; the event, which leads back to it, goes no further.
      for (const [use] of text.matchAll(/ipcRenderer(?! \}).*/gu)) {
        expect(use).toMatch(
          /^ipcRenderer(\.(send|invoke)\([A-Z_]+_CHANNEL, \w+\)|\.on\([A-Z_]+_CHANNEL, \(_event)/u,
        );
      }
    }
  });
});
