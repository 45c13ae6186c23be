import type { DeviceService } from '../api/server.ts';
import type { ApiEvent, HostEvent, HostSettings } from '../api/types.ts';
import { defined, type ChosenSettings } from './host-settings.ts';

export interface HostParts {
  /** As kept. */
  readonly chosen: () => ChosenSettings;
  /** Keeps and applies them. Throws where the system refuses. */
  readonly choose: (settings: ChosenSettings) => void;
  readonly hasTray: boolean;
  readonly updates: () => HostSettings['updates'];
  readonly checkForUpdates: () => Promise<void>;
  readonly installUpdate: () => Promise<void>;
}

export interface HostService extends DeviceService {
  readonly settings: () => HostSettings;
  /** Asks every page to show something. */
  show(host: HostEvent): void;
  /** To be called when something has changed that a person has not set: the state of an update. */
  changed(): void;
}

/** The device as the page of the app sees it: with the settings and the wishes of the host. */
export function hostService(device: DeviceService, parts: HostParts): HostService {
  const listeners = new Set<(event: ApiEvent) => void>();
  const settings = (): HostSettings => ({
    ...parts.chosen(),
    hasTray: parts.hasTray,
    updates: parts.updates(),
  });
  const show = (host: HostEvent) => {
    for (const listener of listeners) listener({ kind: 'host', host });
  };
  const changed = () => show({ show: 'settings-changed', settings: settings() });
  return {
    settings,
    show,
    changed,
    commands: {
      ...device.commands,
      hostSettings: async () => settings(),
      setHostSettings: async (given) => {
        parts.choose({ ...parts.chosen(), ...defined(given) });
        changed();
        return settings();
      },
      checkForUpdates: async () => {
        await parts.checkForUpdates();
        return settings();
      },
      installUpdate: async () => {
        await parts.installUpdate();
        return {};
      },
    },
    onEvent(listener) {
      listeners.add(listener);
      const unsubscribe = device.onEvent(listener);
      return () => {
        listeners.delete(listener);
        unsubscribe();
      };
    },
    files: device.files,
    onBug: (error) => device.onBug(error),
  };
}
