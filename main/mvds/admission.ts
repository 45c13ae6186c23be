import type { Message, PeerId } from './types.ts';

/**
 * The judgement of a message that arrives, before it is stored.
 *
 * `accept`: stored, acknowledged, delivered and relayed. `reject`: none of these, and it counts against the peer; `reason`
 * is a short term for logs. `hold`: not decided yet, as with a body whose key is not here. A held message is kept apart from
 * Q within a quota for each peer, is neither acknowledged nor relayed, and is judged again by `MvdsNode.readmit`.
 */
export type Verdict =
  | { readonly type: 'accept' }
  | { readonly type: 'reject'; readonly reason: string }
  | { readonly type: 'hold'; readonly until: string };

/** The admission port: judges every message that a peer sends and this node does not hold. */
export interface Admission {
  /**
   * `from` is the peer that sent the message, not its author. Messages of one payload are judged in their order. Must not
   * throw; nothing that the message id leaves out may decide whether an accepted body can be read later.
   */
  admit(message: Message, from: PeerId): Verdict;
  /**
   * Called with a message that has just come in, before it is known whether it is held, so that work on it is done while the store
   * commits those before. Bound to the object, since it is called as a function. Must not throw.
   */
  readonly prepare?: (message: Message) => void;
}

const ACCEPT: Verdict = { type: 'accept' };

/** The default: a group in which every member may write anything. */
export const acceptAll: Admission = { admit: () => ACCEPT };
