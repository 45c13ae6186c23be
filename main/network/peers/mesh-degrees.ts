import { placesBesideMesh } from '../../group/mesh-neighbours.ts';

/** Parameters of GossipSub v1.1, by the names of its specification; `Dscore` counts those kept for their score. */
export interface MeshDegrees {
  readonly D: number;
  readonly Dlo: number;
  readonly Dhi: number;
  readonly Dout: number;
  readonly Dscore: number;
}

/** For a node with so many neighbours at most: the mesh stays below that, and leaves the places beside it free. */
export function meshDegrees(degree: number): MeshDegrees {
  const most = degree - placesBesideMesh(degree);
  const wanted = Math.max(Math.min(2, most), Math.ceil((most * 2) / 3));
  return {
    ...{ D: wanted, Dlo: Math.max(Math.min(2, wanted), wanted - 1), Dhi: most },
    ...{ Dout: most < 4 ? 0 : 1, Dscore: wanted },
  };
}
