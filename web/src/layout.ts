/* Where the nodes of a lineage graph stand: layers from left to right, by dagre. */
/* SPDX-License-Identifier: Apache-2.0 */
import { Graph, layout as place } from "@dagrejs/dagre";
import type { Lineage } from "./contract";
import { baseName } from "./format";
import { to } from "./router";

export const NODE_WIDTH = 210;
export const NODE_HEIGHT = 44;

export type Node = Lineage["nodes"][number];
export type Edge = Lineage["edges"][number];

export interface Placed {
  nodes: { node: Node; x: number; y: number }[]; /* of their middle */
  edges: { edge: Edge; path: string }[];
  width: number;
  height: number;
}

interface Point {
  x: number;
  y: number;
}

/* A smooth line from the right side of one node, by the points that dagre keeps free of others, to
 * the left side of the next. */
function pathOf(points: Point[], from: Point, end: Point): string {
  const side = end.x >= from.x ? NODE_WIDTH / 2 : -NODE_WIDTH / 2; /* an edge of a circle goes back */
  let before = { x: from.x + side, y: from.y };
  let text = `M${before.x.toFixed(1)} ${before.y.toFixed(1)}`;
  for (const p of [...points.slice(1, -1), { x: end.x - side, y: end.y }]) {
    const middle = ((before.x + p.x) / 2).toFixed(1);
    text += `C${middle} ${before.y.toFixed(1)} ${middle} ${p.y.toFixed(1)} ${p.x.toFixed(1)} ${p.y.toFixed(1)}`;
    before = p;
  }
  return text;
}

export function layout(graph: Pick<Lineage, "nodes" | "edges">): Placed {
  const g = new Graph({ multigraph: true });
  g.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 64, edgesep: 8, marginx: 12, marginy: 12 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) g.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  graph.edges.forEach((edge, i) => g.setEdge(edge.from, edge.to, {}, String(i)));
  place(g);
  const size = g.graph();
  return {
    nodes: graph.nodes.map((node) => {
      const at = g.node(node.id) as Point;
      return { node, x: at.x, y: at.y };
    }),
    edges: graph.edges.map((edge, i) => {
      const { points } = g.edge(edge.from, edge.to, String(i)) as { points: Point[] };
      return { edge, path: pathOf(points, g.node(edge.from) as Point, g.node(edge.to) as Point) };
    }),
    width: Math.ceil(size.width ?? 0),
    height: Math.ceil(size.height ?? 0),
  };
}

/* At most so many characters; the end of a location says more than its beginning. */
export function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 8)}…${text.slice(-7)}`;
}

export function labelOf(node: Node): string {
  return short(node.kind === "notebook" ? baseName(node.uri).replace(/\.ipynb$/, "") : baseName(node.uri), 26);
}

export function underOf(node: Node): string {
  const folder = node.uri.slice(0, node.uri.replace(/\/+$/, "").lastIndexOf("/"));
  return short(folder.replace(/^s3:\/\//, ""), 32);
}

/* A notebook's id here is of its row; its address is by its location. */
export function hrefOf(node: Node): string | undefined {
  if (node.kind === "notebook") return to("/notebook", { uri: node.uri });
  return node.kind === "dataset" ? to(`/datasets/${node.id}`) : undefined;
}
