import type { WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { AppWindow } from '../../main/desktop/app-window.ts';
import type { MainWindow } from '../../main/desktop/app-window.ts';
import { KeptFile } from '../../main/desktop/kept-file.ts';
import { boundsOn, FIRST_WINDOW, windowState } from '../../main/desktop/window-state.ts';
import type { Area, Bounds } from '../../main/desktop/window-state.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { emitting, preventable } from './doubles.ts';

const SCREEN: Area = { x: 0, y: 0, width: 1920, height: 1080 };
const RIGHT: Area = { x: 1920, y: 0, width: 1280, height: 1024 };

describe('where the window opens', () => {
  const at = (bounds: Area, ...displays: Area[]) => boundsOn(displays, { ...FIRST_WINDOW, bounds });

  it('is where it was', () => {
    const there = { x: 2000, y: 100, width: 900, height: 700 };
    expect(at(there, SCREEN, RIGHT)).toEqual(there);
  });

  it('is where the system puts it at first, or where its display is gone', () => {
    expect(boundsOn([SCREEN], FIRST_WINDOW)).toEqual({ width: 1100, height: 720 });
    expect(at({ x: 2000, y: 100, width: 900, height: 700 }, SCREEN)).toEqual({
      width: 900,
      height: 700,
    });
    // Its title bar above the screen, or but a few pixels of it on it: nobody could move it.
    expect(at({ x: 0, y: -500, width: 900, height: 700 }, SCREEN)).not.toHaveProperty('x');
    expect(at({ x: -880, y: 100, width: 900, height: 700 }, SCREEN)).not.toHaveProperty('x');
  });

  it('is no larger than its display', () => {
    expect(at({ x: 10, y: 10, width: 3000, height: 2000 }, SCREEN)).toEqual({
      x: 10,
      y: 10,
      width: 1920,
      height: 1080,
    });
  });
});

describe('the window of the app', () => {
  function scene(folder = temporaryFolder()) {
    const made: Bounds[] = [];
    const done: string[] = [];
    const focused: boolean[] = [];
    let action: 'hide' | 'quit' | 'close' = 'hide';
    let isMinimized = false;
    let zoom = 0;
    const contents = emitting<Pick<WebContents, 'on' | 'getZoomLevel' | 'setZoomLevel'>>({
      getZoomLevel: () => zoom,
      setZoomLevel: (level) => void (zoom = level),
    });
    const window = emitting<MainWindow>({
      show: () => void done.push('show'),
      hide: () => void done.push('hide'),
      focus: () => void done.push('focus'),
      restore: () => void done.push('restore'),
      maximize: () => void done.push('maximize'),
      isMinimized: () => isMinimized,
      isMaximized: () => true,
      getNormalBounds: () => ({ x: 5, y: 6, width: 700, height: 600 }),
      loadURL: async (url) => void done.push(url),
      webContents: contents as unknown as WebContents,
    });
    const errors: unknown[] = [];
    const app = new AppWindow({
      create: (bounds) => {
        made.push(bounds);
        return window;
      },
      displays: () => [SCREEN],
      state: new KeptFile(folder, 'window.json', windowState, FIRST_WINDOW),
      onClose: () => action,
      quit: () => done.push('quit'),
      onFocus: (is) => focused.push(is),
      onError: (error) => errors.push(error),
    });
    const close = (means: typeof action) => {
      action = means;
      const event = preventable();
      window.emit('close', event);
      return event.prevented;
    };
    const minimize = () => (isMinimized = true);
    return { folder, app, window, contents, made, done, focused, errors, close, minimize };
  }

  it('is made when it is first shown, and shown once it has something to show', () => {
    const { app, window, made, done } = scene();
    expect(made).toEqual([]);
    app.show();
    expect(done).toEqual(['reunion-app://page/index.html']);
    window.emit('ready-to-show');
    expect(done).toEqual(['reunion-app://page/index.html', 'show']);
    app.show();
    expect(made).toHaveLength(1);
    expect(done.slice(2)).toEqual(['show', 'focus']);
  });

  it('comes back from being minimized', () => {
    const { app, done, minimize } = scene();
    app.show();
    minimize();
    app.show();
    expect(done.slice(1)).toEqual(['restore', 'show', 'focus']);
  });

  it('is hidden, or closed, as closing means; one that was closed is made anew', () => {
    const { app, window, done, made, close } = scene();
    app.show();
    expect(close('hide')).toBe(true);
    expect(done.slice(1)).toEqual(['hide']);
    expect(close('quit')).toBe(false);
    expect(done.slice(2)).toEqual(['quit']);
    expect(close('close')).toBe(false);
    window.emit('closed');
    app.show();
    expect(made).toHaveLength(2);
  });

  it('is where and as large as it was, and as far zoomed, the next time', () => {
    const first = scene();
    first.app.show();
    first.contents.emit('zoom-changed', {}, 'in');
    first.close('hide');
    const second = scene(first.folder);
    second.app.show();
    expect(second.made).toEqual([{ x: 5, y: 6, width: 700, height: 600 }]);
    expect(second.done).toContain('maximize');
    second.contents.emit('dom-ready');
    second.close('hide');
    const third = scene(first.folder);
    third.app.show();
    third.contents.emit('dom-ready');
    expect(third.window.webContents.getZoomLevel()).toBe(0.5);
  });

  it('says whether it has the focus, and ends the app with the session of the system', () => {
    const { app, window, focused, done } = scene();
    app.show();
    for (const event of ['focus', 'blur', 'focus', 'hide', 'session-end']) window.emit(event);
    expect(focused).toEqual([true, false, true, false]);
    expect(done).toContain('quit');
  });

  it('loads its page again where that has crashed', () => {
    const { app, contents, done, errors } = scene();
    app.show();
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(done.filter((each) => each.startsWith('reunion-app:'))).toHaveLength(2);
    expect(errors).toHaveLength(1);
  });
});
