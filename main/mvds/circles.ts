/** What Tarjan's algorithm keeps of a node. */
interface Visit<T> {
  readonly node: T;
  readonly index: number;
  lowest: number;
  isOnStack: boolean;
  readonly edges: Iterator<T>;
}

/**
 * The strongly connected components of a graph, each before those that have an edge to it (Tarjan, "Depth-first search and
 * linear graph algorithms", 1972). Edges to what is not among `nodes` are passed over. A loop and not a recursion: a
 * circle may be as long as a history.
 */
export function stronglyConnected<T>(
  nodes: ReadonlySet<T>,
  edgesOf: (node: T) => Iterable<T>,
): T[][] {
  const visits = new Map<T, Visit<T>>();
  const stack: Visit<T>[] = [];
  const components: T[][] = [];

  const visit = (node: T): Visit<T> => {
    const { size } = visits;
    const edges = edgesOf(node)[Symbol.iterator]();
    const made = { node, index: size, lowest: size, isOnStack: true, edges };
    visits.set(node, made);
    stack.push(made);
    return made;
  };
  const close = (root: Visit<T>): void => {
    const component = stack.splice(stack.lastIndexOf(root));
    for (const member of component) member.isOnStack = false;
    components.push(component.map(({ node }) => node));
  };
  const search = (from: T): void => {
    const path = [visit(from)];
    for (let current = path.at(-1); current !== undefined; current = path.at(-1)) {
      const next = current.edges.next();
      if (next.done === true) {
        path.pop();
        const before = path.at(-1);
        if (before !== undefined) before.lowest = Math.min(before.lowest, current.lowest);
        if (current.lowest === current.index) close(current);
        continue;
      }
      if (!nodes.has(next.value)) continue;
      const seen = visits.get(next.value);
      if (seen === undefined) path.push(visit(next.value));
      else if (seen.isOnStack) current.lowest = Math.min(current.lowest, seen.index);
    }
  };

  for (const node of nodes) {
    if (!visits.has(node)) search(node);
  }
  return components;
}
