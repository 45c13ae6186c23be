import { contextBridge, ipcRenderer } from 'electron';
import type { DeviceFrame, RequestFrame } from '../api/frames.ts';
import { DEVICE_CHANNEL, REQUEST_CHANNEL, SCANNER_CHANNEL } from './channels.ts';

/** All that the page can reach: frames to the device of this window and back, and the camera while its scanner is open. */
contextBridge.exposeInMainWorld('reunion', {
  connect: () => ({
    send: (frame: RequestFrame) => ipcRenderer.send(REQUEST_CHANNEL, frame),
    onFrame: (listener: (frame: DeviceFrame) => void) => {
      ipcRenderer.on(DEVICE_CHANNEL, (_event, frame: DeviceFrame) => listener(frame));
    },
    // The device lives as long as the window does.
    onClose: () => undefined,
    close: () => undefined,
  }),
  /** Before the camera is asked for, which may be done once this resolves; and again when it is let go. */
  scanner: (open: boolean) => ipcRenderer.invoke(SCANNER_CHANNEL, open),
});
