/**
 * What went over the network, in bytes: `sync` are frames of sessions, `connecting` new connections and sessions, `mesh` what GossipSub
 * and peer exchange say, `beats` heartbeats.
 */
export interface Traffic {
  sync: number;
  connecting: number;
  mesh: number;
  beats: number;
  /** Frames of sessions, and of these those that carry nothing but a hello. */
  payloads: number;
  hellos: number;
  /** Messages with their bodies, offers, requests, acknowledgements, and frames of reconciliation. */
  bodies: number;
  offers: number;
  requests: number;
  acks: number;
  reconciliations: number;
}

export function noTraffic(): Traffic {
  return {
    ...{ sync: 0, connecting: 0, mesh: 0, beats: 0, payloads: 0, hellos: 0 },
    ...{ bodies: 0, offers: 0, requests: 0, acks: 0, reconciliations: 0 },
  };
}

export function bytesOf({ sync, connecting, mesh, beats }: Traffic): number {
  return sync + connecting + mesh + beats;
}

/** What came in between. */
export function since(now: Traffic, before: Traffic): Traffic {
  const difference = noTraffic();
  for (const key of Object.keys(difference) as (keyof Traffic)[]) {
    difference[key] = now[key] - before[key];
  }
  return difference;
}
