import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import type { Status } from '../api/types.ts';
import type { Clock } from '../helpers/clock.ts';
import { trayText } from './tray-state.ts';
import type { TrayState, TrayText } from './tray-state.ts';

/** Numbers change five times a second during a transfer; on Linux each new menu closes the one that is open. Milliseconds. */
const NUMBERS_MS = 5_000;

export interface TrayActions {
  open(): void;
  syncNow(): void;
  /** Undefined: until resumed. */
  pause(minutes: number | undefined): void;
  resume(): void;
  quit(): void;
}

/** The picture of a state: macOS colours it itself, panels on Linux scale a larger one. */
export function trayIconFile(state: TrayState, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return `${state}Template.png`;
  return platform === 'linux' ? `${state}-panel.png` : `${state}.png`;
}

/** Whether this desktop shows a tray. GNOME does not, but for distributions that add an extension for it. */
export function hasTray(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (platform !== 'linux') return true;
  const desktops = (environment.XDG_CURRENT_DESKTOP ?? '').toLowerCase().split(':');
  return (
    !desktops.includes('gnome') || ['ubuntu', 'pop', 'zorin'].some((own) => desktops.includes(own))
  );
}

function trayMenu(
  { line }: TrayText,
  isPaused: boolean,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  const pausing: MenuItemConstructorOptions[] = isPaused
    ? [{ label: 'Resume', click: () => actions.resume() }]
    : [
        { label: 'Pause for an hour', click: () => actions.pause(60) },
        { label: 'Pause until resumed', click: () => actions.pause(undefined) },
      ];
  return [
    { label: line, enabled: false },
    { type: 'separator' },
    { label: 'Open Reunion', click: () => actions.open() },
    { label: 'Sync now', enabled: !isPaused, click: () => actions.syncNow() },
    ...pausing,
    { type: 'separator' },
    { label: 'Quit Reunion', click: () => actions.quit() },
  ];
}

export interface TrayParts {
  readonly tray: Pick<Tray, 'setImage' | 'setToolTip' | 'setContextMenu' | 'on'>;
  readonly menu: Pick<typeof Menu, 'buildFromTemplate'>;
  /** The picture of a file in main/desktop/icons/. */
  readonly image: (file: string) => NativeImage;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
}

/** Shows the status in the tray: call the function that it returns with each new one. */
export function showInTray(parts: TrayParts, actions: TrayActions): (status: Status) => void {
  const { tray, platform, clock } = parts;
  let latest: Status | undefined;
  let shown: TrayText | undefined;
  let wasPaused: boolean | undefined;
  let isResting = false;
  // On macOS a click opens the menu, which is what people expect there.
  if (platform !== 'darwin') tray.on('click', () => actions.open());
  const show = () => {
    if (!latest) return;
    const text = trayText(latest);
    const isPaused = latest.pausedUntil !== null;
    const isNews = text.state !== shown?.state || isPaused !== wasPaused;
    if (!isNews && (isResting || text.line === shown?.line)) return;
    shown = text;
    wasPaused = isPaused;
    draw(parts, text, isPaused, actions);
    if (isResting) return;
    isResting = true;
    clock.schedule(NUMBERS_MS, () => {
      isResting = false;
      show();
    });
  };
  return (status) => {
    latest = status;
    show();
  };
}

function draw(
  { tray, menu, image, platform }: TrayParts,
  text: TrayText,
  isPaused: boolean,
  actions: TrayActions,
): void {
  const icon = image(trayIconFile(text.state, platform));
  if (platform === 'darwin') icon.setTemplateImage(true);
  tray.setImage(icon);
  tray.setToolTip(`Reunion: ${text.line}`);
  tray.setContextMenu(menu.buildFromTemplate(trayMenu(text, isPaused, actions)));
}
