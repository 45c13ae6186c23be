import type { ReceiveResult } from '../mvds/options.ts';
import { failureOf } from './applied.ts';
import type { EndCause, PeerState } from './peer-state.ts';
import type { ActivityDetail, ActivityKind } from './ports.ts';

/** A line of the activity log about a peer. */
export interface Note {
  readonly kind: ActivityKind;
  readonly detail?: ActivityDetail;
}

/** What is noted of the end of the session that a peer has; undefined where it has none, or nothing came in it. */
export function endNote({ session, incompatible }: PeerState, cause: EndCause): Note | undefined {
  if (!session) return undefined;
  const failure = failureOf(cause, session);
  if (failure === 'refused') return { kind: 'refused' };
  if (failure) return { kind: 'failed', detail: { reason: failure } };
  if (cause === 'paused-there') return { kind: 'paused', detail: { there: true } };
  if (cause === 'incompatible') {
    return { kind: 'incompatible', detail: { version: incompatible?.version ?? null } };
  }
  return session.frames > 0 ? { kind: 'disconnected' } : undefined;
}

/** How many of the messages in a payload were not taken; `protocol` where it is none, or over the limits. */
export function refusedIn({ rejected }: ReceiveResult): number | 'protocol' {
  let messages = 0;
  for (const rejection of rejected) {
    switch (rejection.type) {
      case 'malformed':
      case 'payload-too-large':
        return 'protocol';
      case 'bad-items':
      case 'too-many-offers':
        messages += rejection.count;
        break;
      case 'unauthorised':
        messages += 1;
        break;
      case 'unknown-peer':
        break;
    }
  }
  return messages;
}
