import { toApiError } from '../api/errors.ts';
import type { DeviceInfo, Invitation, PairingState } from '../api/types.ts';
import { invitationToLink } from '../identity/invitation.ts';
import { codeText } from '../identity/pairing-code.ts';
import type { HostState, OpenInvitation } from '../identity/pairing-host.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Path } from '../sync/ports.ts';
import { hostError } from './pairing-errors.ts';

/** What the api shows of the inviting side. */
export function hostView(
  state: HostState<Path>,
  similarTo: (name: string) => readonly DeviceInfo[],
): PairingState {
  switch (state.kind) {
    case 'closed':
      return { kind: 'idle' };
    case 'inviting':
      return { kind: 'inviting', invitation: viewOf(state.invitation, state) };
    case 'approving': {
      const { peerId, name, system, path, via } = state.candidate;
      const needsCheck = via === 'link';
      const { requestId } = state;
      return {
        ...{ kind: 'approving', requestId, id: peerId, name, system, path, needsCheck },
        similarTo: similarTo(name),
      };
    }
    case 'admitting':
      return { kind: 'admitting', device: infoOf(state.candidate) };
    case 'admitted':
      return { kind: 'invited', device: infoOf(state.candidate) };
    case 'failed':
      return { kind: 'failed', side: 'inviting', error: toApiError(hostError(state.reason)) };
  }
}

function infoOf({ peerId, name }: { readonly peerId: PeerId; readonly name: string }): DeviceInfo {
  return { id: peerId, name };
}

/** What the api shows of an invitation; `code` is undefined while there is none. */
export function viewOf(
  { link, qr }: OpenInvitation,
  {
    code,
    codeEnd,
    wrongGuesses,
  }: Pick<Extract<HostState<Path>, { kind: 'inviting' }>, 'code' | 'codeEnd' | 'wrongGuesses'>,
): Invitation {
  return {
    link: invitationToLink(link),
    qr: invitationToLink(qr),
    expiresAt: link.expiresAt,
    code: code ? codeText(code.code) : null,
    codeExpiresAt: code?.expiresAt ?? null,
    codeEnd: codeEnd ?? null,
    wrongGuesses: wrongGuesses.map(({ peerId, name, path, count }) => {
      return { device: { id: peerId, name }, path, count };
    }),
  };
}
