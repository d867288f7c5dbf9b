import type { CallGraph } from './callGraph';
import { componentsOf, walkOrder, waysTo } from './callGraphCycles';
import { apportion, areWhole, Flow, type Grouped, groupBy } from './callGraphFlow';

/** At most this part of a recursive function's own cost is shown in its inner calls. */
const MOST_INNER = 0.9;

/** Makes a graph without cycles of a call graph: recursion is shown one level deep. */
export function unrollCallGraph(graph: CallGraph): { flow: Flow; recursive: boolean } {
  return new Unrolling(graph).run();
}

class Unrolling {
  private readonly flow: Flow;
  private readonly types: number;
  private readonly whole: boolean[];
  /** 1 / the sum of a type's self costs: what makes types comparable. */
  private readonly scale: number[];
  private readonly calls: Grouped;
  private readonly selfs: Grouped;
  private readonly component: Int32Array;
  private readonly components: number;
  /** Inclusive costs of calls to each node from outside of its component. */
  private readonly entering: Float64Array[];
  /** Index of a node among the members of its component. */
  private readonly member: Int32Array;

  constructor(private readonly graph: CallGraph) {
    const { nodes, self, calls } = graph;
    this.types = self.values.length;
    this.flow = new Flow(this.types, nodes);
    this.whole = self.values.map((column, type) => areWhole(column) && areWhole(calls.values[type]));
    this.scale = self.values.map((column) => {
      const sum = column.reduce((all, value) => all + value, 0);
      return sum > 0 ? 1 / sum : 0;
    });
    this.calls = groupBy(calls.caller, calls.caller.length, nodes);
    this.selfs = groupBy(self.node, self.node.length, nodes);
    const { ofNode, count } = componentsOf(nodes, this.calls, calls.callee);
    this.component = ofNode;
    this.components = count;
    this.entering = calls.values.map(() => new Float64Array(nodes));
    for (let row = 0; row < calls.caller.length; row++) {
      if (ofNode[calls.caller[row]] !== ofNode[calls.callee[row]]) {
        for (let type = 0; type < this.types; type++) {
          this.entering[type][calls.callee[row]] += calls.values[type][row];
        }
      }
    }
    this.member = new Int32Array(nodes);
  }

  run(): { flow: Flow; recursive: boolean } {
    const { start, rows } = groupBy(this.component, this.graph.nodes, this.components);
    let recursive = false;
    for (let component = 0; component < this.components; component++) {
      const members = Array.from(rows.subarray(start[component], start[component + 1]));
      if (members.length > 1 || this.callsItself(members[0])) {
        this.unroll(members);
        recursive = true;
      } else {
        this.copy(members[0]);
      }
    }
    return { flow: this.flow, recursive };
  }

  private callsItself(node: number): boolean {
    return this.rowsOf(this.calls, node).some((row) => this.graph.calls.callee[row] === node);
  }

  private rowsOf({ start, rows }: Grouped, node: number): Int32Array {
    return rows.subarray(start[node], start[node + 1]);
  }

  private copy(node: number): void {
    const { self, calls } = this.graph;
    this.flow.order.push(node);
    for (const row of this.rowsOf(this.selfs, node)) {
      this.flow.add(node, self.base[row], self.frame[row], -1, (type) => self.values[type][row]);
    }
    for (const row of this.rowsOf(this.calls, node)) {
      this.flow.add(node, calls.base[row], calls.frame[row], calls.callee[row], (type) => calls.values[type][row]);
    }
  }

  /** What a row of calls weighs, all types alike. */
  private weight(values: readonly Float64Array[], row: number): number {
    let sum = 0;
    for (let type = 0; type < this.types; type++) {
      sum += values[type][row] * this.scale[type];
    }
    return sum;
  }

  /**
   * A cycle becomes: its members in an order where forward calls make no cycle, with as much flow along these as the
   * members' costs need; calls backward, to a second copy of a member that calls nothing in the cycle; and ways to the
   * first member for what enters elsewhere and is not spent from there on.
   */
  private unroll(nodes: readonly number[]): void {
    const { calls } = this.graph;
    const { flow, types, member } = this;
    nodes.forEach((node, i) => {
      member[node] = i;
    });
    const from = (row: number): number => member[calls.caller[row]];
    const to = (row: number): number => member[calls.callee[row]];
    const inside = nodes.map((node) => this.insideCalls(node));
    const callers: number[][] = nodes.map(() => []);
    for (const rows of inside) {
      for (const row of rows) {
        callers[to(row)].push(row);
      }
    }
    const root = this.rootOf(nodes, inside, callers);
    const order = walkOrder(root, inside, to);
    const rank = new Int32Array(nodes.length);
    order.forEach((i, at) => {
      rank[i] = at;
    });
    const isForward = (row: number): boolean => rank[from(row)] < rank[to(row)];

    const { nextCall, farthestFirst } = waysTo(root, callers, from);
    const first = nodes.map(() => flow.addNode());
    const again = nodes.map(() => flow.addNode());
    const way = nodes.map((_, i) => (i === root ? first[root] : flow.addNode()));
    const plans = Array.from({ length: types }, (_, type) =>
      this.plan(type, nodes, root, order, callers, inside, isForward),
    );
    const conveyed = plans.map(({ surplus }) => {
      const sum = surplus.slice();
      for (const i of farthestFirst) {
        if (nextCall[i] >= 0) {
          sum[to(nextCall[i])] += sum[i];
        }
      }
      return sum;
    });

    for (const node of nodes) {
      flow.order.push(node);
    }
    nodes.forEach((node, i) => {
      flow.add(node, -1, -1, first[i], (type) => plans[type].entering[i] - plans[type].surplus[i]);
      flow.add(node, -1, -1, way[i], (type) => plans[type].surplus[i]);
    });
    for (const i of farthestFirst) {
      if (i !== root) {
        const row = nextCall[i];
        flow.order.push(way[i]);
        flow.add(way[i], calls.base[row], calls.frame[row], way[to(row)], (type) => conveyed[type][i]);
      }
    }
    for (const i of order) {
      flow.order.push(first[i]);
      this.addOwn(
        nodes[i],
        first[i],
        plans.map((plan) => plan.inner[i]),
        false,
      );
      for (const row of inside[i]) {
        const target = isForward(row) ? first[to(row)] : again[to(row)];
        flow.add(first[i], calls.base[row], calls.frame[row], target, (type) => plans[type].along.get(row) ?? 0);
      }
    }
    for (const i of order) {
      flow.order.push(again[i]);
      this.addOwn(
        nodes[i],
        again[i],
        plans.map((plan) => plan.inner[i]),
        true,
      );
    }
  }

  /** A node's calls inside its component, heaviest first. */
  private insideCalls(node: number): number[] {
    const { calls } = this.graph;
    return Array.from(this.rowsOf(this.calls, node))
      .filter((row) => this.component[calls.callee[row]] === this.component[node])
      .map((row) => ({ row, weight: this.weight(calls.values, row) }))
      .sort((a, b) => b.weight - a.weight)
      .map(({ row }) => row);
  }

  /** The member where most enters; where nothing does, the one whose costs exceed those of the calls to it most. */
  private rootOf(nodes: readonly number[], inside: readonly number[][], callers: readonly number[][]): number {
    const { calls } = this.graph;
    const heaviest = (weights: readonly number[]): number =>
      weights.reduce((best, weight, i) => (weight > weights[best] ? i : best), 0);
    const entries = nodes.map((node) => this.weight(this.entering, node));
    if (entries.some((weight) => weight > 0)) {
      return heaviest(entries);
    }
    const sum = (rows: readonly number[]): number => rows.reduce((all, row) => all + this.weight(calls.values, row), 0);
    return heaviest(
      nodes.map((node, i) => {
        let own = 0;
        for (let type = 0; type < this.types; type++) {
          own += this.ownCost(node, type) * this.scale[type];
        }
        return own + sum(inside[i]) - sum(callers[i]);
      }),
    );
  }

  /** Self costs and calls that leave the component. */
  private ownCost(node: number, type: number): number {
    return this.ownValues(node, type).reduce((all, value) => all + value, 0);
  }

  private ownValues(node: number, type: number): number[] {
    const { self, calls } = this.graph;
    const values = Array.from(this.rowsOf(this.selfs, node), (row) => self.values[type][row]);
    for (const row of this.rowsOf(this.calls, node)) {
      if (this.component[calls.callee[row]] !== this.component[node]) {
        values.push(calls.values[type][row]);
      }
    }
    return values;
  }

  /** How much of one type flows where inside a cycle. */
  private plan(
    type: number,
    nodes: readonly number[],
    root: number,
    order: readonly number[],
    callers: readonly (readonly number[])[],
    inside: readonly (readonly number[])[],
    isForward: (row: number) => boolean,
  ): CyclePlan {
    const claimed = this.graph.calls.values[type];
    const whole = this.whole[type];
    const own = nodes.map((node) => this.ownCost(node, type));
    const all = own.reduce((sum, value) => sum + value, 0);
    let entering = nodes.map((node) => this.entering[type][node]);
    const entered = entering.reduce((sum, value) => sum + value, 0);
    if (entered > all) {
      entering = Array.from(apportion(all, entering, whole));
    }
    const along = new Map<number, number>();
    const spread = (total: number, rows: readonly number[]): void => {
      const parts = apportion(
        total,
        rows.map((row) => claimed[row]),
        whole,
      );
      rows.forEach((row, i) => {
        along.set(row, parts[i]);
      });
    };
    const forward = callers.map((rows) => rows.filter(isForward));
    const inner = own.map((cost, i) => {
      const back = callers[i].filter((row) => !isForward(row));
      const sum = (rows: readonly number[]): number => rows.reduce((total, row) => total + claimed[row], 0);
      const backward = sum(back);
      if (backward <= 0) {
        return 0;
      }
      const share = Math.min(MOST_INNER, backward / (backward + entering[i] + sum(forward[i])));
      const part = whole ? Math.floor(cost * share) : cost * share;
      spread(part, back);
      return part;
    });
    const surplus = new Float64Array(nodes.length);
    for (let at = order.length - 1; at >= 0; at--) {
      const i = order[at];
      let need = own[i] - inner[i] - entering[i];
      for (const row of inside[i]) {
        need += along.get(row) ?? 0;
      }
      if (need < 0) {
        surplus[i] = i === root ? 0 : -need;
      } else if (i !== root) {
        // The walk came to every member but the first by a forward call.
        spread(need, forward[i]);
      }
    }
    return { entering, surplus, inner, along };
  }

  /** Adds a member's self costs and calls out of the cycle: the part that belongs to its inner calls, or the rest. */
  private addOwn(node: number, as: number, innerSums: readonly number[], inner: boolean): void {
    const { self, calls } = this.graph;
    const parts = innerSums.map((sum, type) => {
      const values = this.ownValues(node, type);
      const innerParts = apportion(sum, values, this.whole[type]);
      return inner ? innerParts : values.map((value, i) => Math.max(0, value - innerParts[i]));
    });
    let at = 0;
    for (const row of this.rowsOf(this.selfs, node)) {
      const index = at++;
      this.flow.add(as, self.base[row], self.frame[row], -1, (type) => parts[type][index]);
    }
    for (const row of this.rowsOf(this.calls, node)) {
      if (this.component[calls.callee[row]] !== this.component[node]) {
        const index = at++;
        this.flow.add(as, calls.base[row], calls.frame[row], calls.callee[row], (type) => parts[type][index]);
      }
    }
  }
}

/** By member of a cycle, or by row of calls. */
interface CyclePlan {
  /** What enters from outside. */
  readonly entering: readonly number[];
  /** What enters, but is spent by members that come earlier. */
  readonly surplus: Float64Array;
  /** The part of a member's own cost that its inner calls have. */
  readonly inner: readonly number[];
  /** What flows along calls inside the cycle. */
  readonly along: ReadonlyMap<number, number>;
}
