import type { StoreNodeMeasures } from '../../node/store/store-node.ts';
import type { LabelledValue, Reading } from './reading.ts';

/** The outcomes of requests, shown from the start, so that a first one is seen as an increase. */
const OUTCOMES = {
  publish: ['answered', 'bad-request', 'too-many-groups', 'unavailable'],
  query: ['answered', 'bad-request', 'unavailable'],
  unread: ['bad-request', 'rate-limited'],
} as const;

/** The metrics of a store node beside those of every node that synchronizes. */
export function storeNodeReading(measures: StoreNodeMeasures): Reading {
  return {
    reunion_neighbours_max: measures.degree,
    reunion_groups: measures.groups,
    reunion_published_messages_total: measures.published,
    reunion_requests_total: requests(measures),
  };
}

function requests({ requests: counted }: StoreNodeMeasures): readonly LabelledValue[] {
  return (['publish', 'query', 'unread'] as const).flatMap((kind) => {
    const counts = counted.get(kind);
    const outcomes = new Set([...OUTCOMES[kind], ...(counts?.keys() ?? [])]);
    return [...outcomes].map((outcome) => ({
      labels: { kind, outcome },
      value: counts?.get(outcome) ?? 0,
    }));
  });
}
