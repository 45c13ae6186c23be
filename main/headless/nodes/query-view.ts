import { toHex } from '../../helpers/bytes.ts';
import type { GroupId } from '../../mvds/types.ts';
import { CLOCK_TOLERANCE_MS } from '../../node/message-clock.ts';
import type { Completeness } from '../../node/store/completeness.ts';
import type { QueriedPage } from '../../node/store/store-client.ts';
import { timeText } from '../output.ts';
import { messageView } from './node-view.ts';
import type { NodeMessageView } from './node-view.ts';

/** A page as `store-query --json` prints it. Times are Unix milliseconds. */
export interface PageView {
  readonly messages: readonly NodeMessageView[];
  /** For `--cursor`; null where the range holds no more. */
  readonly cursor: string | null;
  /** Messages that have arrived behind the cursor since its first page; only a new query shows them. */
  readonly behind: number;
  /** Of the whole range: two nodes with the same fingerprint hold the same messages of it. */
  readonly range: { readonly count: number; readonly fingerprint: string };
  readonly completeness: CompletenessView;
}

interface CompletenessView {
  readonly knowsGroup: boolean;
  readonly neighbours: number;
  /** Neighbours with which the node has agreed. */
  readonly agreed: number;
  /**
   * The node and another one were proven to hold the same, from the first time to the last; null where that was never so, and
   * `completeFrom` also where both keep all. The last is `clockTolerance` before they agreed: what is dated later may be on its way.
   */
  readonly completeFrom: number | null;
  readonly completeUntil: number | null;
  /** The first time that the node keeps; null where it keeps all. */
  readonly keptFrom: number | null;
  readonly clockTolerance: number;
  readonly agreements: readonly {
    readonly peer: string;
    readonly at: number;
    readonly from: number | null;
    readonly isNeighbour: boolean;
  }[];
  /** By the node's clock. */
  readonly now: number;
}

export function pageView(groupId: GroupId, page: QueriedPage): PageView {
  const { cursor, behind, count, fingerprint } = page;
  const metadata = { parents: [], ephemeral: false };
  return {
    messages: page.messages.map((message) => messageView({ ...message, groupId, metadata })),
    cursor: cursor.byteLength === 0 ? null : Buffer.from(cursor).toString('base64url'),
    behind,
    range: { count, fingerprint: toHex(fingerprint) },
    completeness: completenessView(page.completeness),
  };
}

function completenessView(about: Completeness): CompletenessView {
  const { knowsGroup, keptFrom, neighbours, agreements, now } = about;
  const [latest] = agreements;
  return {
    ...{ knowsGroup, neighbours },
    agreed: agreements.filter(({ isNeighbour }) => isNeighbour).length,
    completeFrom: latest?.from === undefined ? null : Number(latest.from),
    completeUntil: latest ? latest.at - CLOCK_TOLERANCE_MS : null,
    keptFrom: keptFrom === undefined ? null : Number(keptFrom),
    clockTolerance: CLOCK_TOLERANCE_MS,
    agreements: agreements.map(({ peer, at, from, isNeighbour }) => ({
      ...{ peer, at, isNeighbour },
      from: from === undefined ? null : Number(from),
    })),
    now,
  };
}

/** The same for a person. */
export function completenessText({ count, cursor, behind, completeness }: QueriedPage): string {
  const view = completenessView(completeness);
  if (!view.knowsGroup) return 'The node does not hold this group.';
  const more =
    cursor.byteLength === 0 ? [] : [`--cursor ${Buffer.from(cursor).toString('base64url')}`];
  return [
    `${count} message${count === 1 ? '' : 's'} in this range.`,
    ...more.map((option) => `The next page: ${option}`),
    ...(behind > 0
      ? [`${behind} arrived behind this page since the first one; query again for them.`]
      : []),
    agreementText(view),
    ...(view.keptFrom === null
      ? []
      : [`The node keeps nothing from before ${timeText(view.keptFrom)}.`]),
  ].join('\n');
}

function agreementText(view: CompletenessView): string {
  const { neighbours, agreed, completeUntil, completeFrom } = view;
  if (completeUntil === null) {
    return neighbours === 0
      ? 'The node has no neighbours: nobody else was asked what is missing.'
      : `The node has not agreed with any of its ${neighbours} neighbours yet: messages may be missing.`;
  }
  const range = `${completeFrom === null ? '' : `from ${timeText(completeFrom)} `}up to ${timeText(completeUntil)}`;
  return `The node was proven to hold the same as ${agreed} of its ${neighbours} neighbours ${range}.`;
}
