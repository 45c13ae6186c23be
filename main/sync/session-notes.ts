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

/** Messages of a payload that were not taken. */
export interface Refused {
  /** All of them. */
  readonly messages: number;
  /** Those that admission has rejected: they count against the peer. */
  readonly rejected: number;
  /** The length of the payload where it was too large to be read; else 0. */
  readonly payloadBytes: number;
}

/** What of a payload was not taken; `protocol` where it is none. */
export function refusedIn({ rejected }: ReceiveResult): Refused | 'protocol' {
  const refused = { messages: 0, rejected: 0, payloadBytes: 0 };
  for (const rejection of rejected) {
    switch (rejection.type) {
      case 'malformed':
        return 'protocol';
      case 'payload-too-large':
        refused.payloadBytes = rejection.bytes;
        break;
      case 'bad-items':
      case 'too-many-offers':
        refused.messages += rejection.count;
        break;
      case 'not-admitted':
        refused.messages += 1;
        refused.rejected += 1;
        break;
      case 'unauthorised':
        refused.messages += 1;
        break;
      case 'unknown-peer':
        break;
    }
  }
  return refused;
}
