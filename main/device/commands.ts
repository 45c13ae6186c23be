import type { DeviceCommands } from '../api/server.ts';
import type { Status } from '../api/types.ts';
import type { ConversationService } from './conversation-service.ts';
import type { PairingService } from './pairing-service.ts';

/** How long a link is good for where nothing else is asked for, minutes. */
const INVITATION_MINUTES = 15;

export interface CommandTargets {
  readonly conversations: ConversationService;
  readonly pairing: PairingService;
  readonly status: () => Promise<Status>;
  readonly createFirstDevice: (name: string | undefined) => Promise<Status>;
  readonly join: (link: string, name: string | undefined) => Promise<Status>;
}

/** The commands of the api, each by the part of the device that does it. */
export function createCommands(targets: CommandTargets): DeviceCommands {
  const { conversations, pairing, status, createFirstDevice, join } = targets;
  return {
    status: async () => status(),
    conversations: async () => conversations.list(),
    messages: async ({ conversation, limit, before }) =>
      conversations.messages(conversation, limit, before),
    createConversation: async ({ name }) => conversations.create(name),
    send: async ({ conversation, text }) => conversations.send(conversation, text),
    pairing: async () => pairing.state,
    createFirstDevice: async ({ name }) => createFirstDevice(name),
    invite: async ({ minutes = INVITATION_MINUTES }) => pairing.invite(minutes * 60_000),
    approve: async ({ requestId }) => {
      pairing.decide(requestId, 'approve');
      return {};
    },
    reject: async ({ requestId }) => {
      pairing.decide(requestId, 'reject');
      return {};
    },
    cancelPairing: async () => {
      await pairing.cancel();
      return {};
    },
    join: async ({ link, name }) => join(link, name),
  };
}
