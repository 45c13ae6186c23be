import { noHost, noWeb } from '../api/no-host.ts';
import type { DeviceCommands } from '../api/server.ts';
import type {
  Diagnosis,
  History,
  MailboxLimits,
  MissingMessages,
  RecoveryPhrase,
  Status,
} from '../api/types.ts';
import type { PeerId } from '../helpers/ids.ts';
import { VERSION } from '../helpers/version.ts';
import type { DeviceConfirmation } from './device-confirmation.ts';
import type { DeviceDirectory } from './device-directory.ts';
import type { Exchange } from './exchange/exchange.ts';
import type { Files } from './files/files.ts';
import { conversationCommands } from './conversations.ts';
import type { Conversations } from './conversations.ts';
import type { PairingService } from './pairing-service.ts';
import type { RelayList } from './relay-list.ts';
import { runtimeName } from './settings.ts';
import type { SyncControl } from './sync-control.ts';

/** How long a link is good for where nothing else is asked for, minutes. */
const INVITATION_MINUTES = 15;

export interface CommandTargets {
  readonly conversations: Conversations;
  readonly files: Files;
  readonly exchange: Exchange;
  readonly pairing: PairingService;
  readonly devices: DeviceDirectory;
  readonly confirmation: DeviceConfirmation;
  readonly sync: SyncControl;
  readonly relays: RelayList;
  readonly missing: (device: string, limit: number) => Promise<MissingMessages>;
  readonly status: () => Promise<Status>;
  readonly diagnose: () => Promise<Diagnosis>;
  readonly createFirstDevice: (name: string | undefined) => Promise<Status>;
  readonly erase: () => void;
  readonly createRecoveryPhrase: () => Promise<RecoveryPhrase>;
  readonly setHistory: (history: History) => Promise<Status>;
  readonly setMailboxLimits: (limits: MailboxLimits) => Promise<Status>;
  readonly join: (
    link: string,
    name: string | undefined,
    history: History | undefined,
  ) => Promise<Status>;
}

/** The commands of the api, each by the part of the device that does it. */
export function createCommands(targets: CommandTargets): DeviceCommands {
  const {
    conversations,
    files,
    pairing,
    devices,
    sync,
    status,
    diagnose,
    createFirstDevice,
    erase,
    createRecoveryPhrase,
    setHistory,
    setMailboxLimits,
    join,
  } = targets;
  return {
    status: async () => status(),
    ...conversationCommands(conversations),
    // A host that has settings puts its own in their place.
    ...noHost,
    ...noWeb,
    fetchAttachment: async ({ attachment }) => files.fetch(attachment),
    cancelAttachment: async ({ attachment }) => files.cancel(attachment),
    setAttachmentPolicy: async ({ policy }) => {
      await files.setPolicy(policy);
      return status();
    },
    setTransfer: async (transfer) => {
      await files.setTransfer(transfer);
      return status();
    },
    devices: async () => devices.list(),
    removeDevice: async ({ device }) => {
      await devices.remove(device);
      return status();
    },
    settleDispute: async ({ keep, remove }) => {
      await devices.settle(keep as PeerId, remove as PeerId);
      return status();
    },
    confirmDevices: async ({ keep }) => {
      await targets.confirmation.confirm(keep);
      return status();
    },
    renameDevice: async ({ device, name }) => {
      await devices.rename(device, name);
      return status();
    },
    compareDevice: async ({ device }) => devices.compare(device),
    eraseDevice: async () => {
      erase();
      return {};
    },
    pauseDevice: async ({ device }) => {
      await sync.pause(device);
      return status();
    },
    resumeDevice: async ({ device }) => {
      await sync.resume(device);
      return status();
    },
    pauseAll: async ({ minutes }) => {
      await sync.pauseAll(minutes);
      return status();
    },
    resumeAll: async () => {
      await sync.resumeAll();
      return status();
    },
    setDeviceInterval: async ({ device, interval }) => {
      await sync.setInterval(device, interval);
      return status();
    },
    createRecoveryPhrase: async () => createRecoveryPhrase(),
    setHistory: async ({ history }) => setHistory(history),
    setMailboxLimits: async (limits) => setMailboxLimits(limits),
    syncNow: async ({ device }) => {
      sync.syncNow(device);
      return status();
    },
    missingMessages: async ({ device, limit }) => targets.missing(device, limit),
    addRelay: async ({ address }) => {
      await targets.relays.add(address);
      return status();
    },
    removeRelay: async ({ address }) => {
      await targets.relays.remove(address);
      return status();
    },
    about: async () => ({ version: VERSION, runtime: runtimeName() }),
    messageHolders: async ({ messageIds }) => sync.holders(messageIds),
    activity: async ({ limit, device }) => sync.activity(limit, device),
    diagnose: async () => diagnose(),
    importState: async () => targets.exchange.importState,
    cancelImport: async () => {
      await targets.exchange.cancelImport();
      return {};
    },
    pairing: async () => pairing.state,
    createFirstDevice: async ({ name }) => createFirstDevice(name),
    invite: async ({ minutes = INVITATION_MINUTES }) => {
      devices.checkSay();
      return pairing.invite(minutes * 60_000);
    },
    newCode: async () => pairing.newCode(),
    approve: async ({ requestId, role = 'device', check }) => {
      pairing.decide(requestId, { kind: 'approve', role, check });
      return {};
    },
    reject: async ({ requestId }) => {
      pairing.decide(requestId, { kind: 'reject' });
      return {};
    },
    cancelPairing: async () => {
      await pairing.cancel();
      return {};
    },
    join: async ({ link, name, history }) => join(link, name, history),
  };
}
