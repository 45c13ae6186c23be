import type { App } from 'electron';

/*
 * Arguments by which a program that starts the app could look into it, or run its own code in it. The fuses of the package
 * stop Node's `--inspect`; nothing but this stops those of Chromium.
 */
const REFUSED = [
  ...['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-address'],
  ...['remote-debugging-io-pipes', 'remote-debugging-socket-name', 'remote-allow-origins'],
  ...['inspect', 'inspect-brk', 'inspect-brk-node', 'inspect-wait', 'inspect-port'],
  ...['inspect-publish-uid', 'debug', 'debug-brk', 'debug-port'],
  ...['js-flags', 'load-extension', 'disable-extensions-except', 'auto-open-devtools-for-tabs'],
  ...['disable-web-security', 'single-process', 'in-process-gpu'],
  ...['renderer-cmd-prefix', 'utility-cmd-prefix', 'gpu-launcher', 'browser-subprocess-path'],
] as const;

/** The flags of V8 that the package itself starts the app with on Linux: see scripts/launch.mjs. */
export const OWN_JS_FLAGS = '--max-semi-space-size=2 --max-old-space-size=768';

/** Which of the refused arguments a packaged app was started with; undefined where there is none. */
export function refusedSwitch(
  app: Pick<App, 'isPackaged'> & {
    readonly commandLine: Pick<App['commandLine'], 'getSwitchValue' | 'hasSwitch'>;
  },
): string | undefined {
  // Who works on the source starts it under a debugger.
  if (!app.isPackaged) return undefined;
  const { commandLine } = app;
  const isOwn = (name: string): boolean =>
    name === 'js-flags' && commandLine.getSwitchValue(name) === OWN_JS_FLAGS;
  return REFUSED.find((name) => commandLine.hasSwitch(name) && !isOwn(name));
}

/** The sentence to end with. */
export function refusalText(name: string): string {
  return `Reunion does not start with --${name}, by which another program could read your messages.`;
}
