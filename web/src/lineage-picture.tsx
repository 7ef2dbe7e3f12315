/* A lineage graph as a picture, drawn as large as it is; and its few lines of text for those who hear it. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useMemo } from "preact/hooks";
import type { Lineage } from "./contract";
import { NODE_HEIGHT, NODE_WIDTH, hrefOf, labelOf, layout, underOf } from "./layout";
import type { Edge, Node, Placed } from "./layout";
import { to } from "./router";
import { Answer } from "./ui";
import { useGet } from "./use";

export function NodeShape({ node }: { node: Node }) {
  const round = node.kind === "notebook" ? 6 : NODE_HEIGHT / 2;
  return (
    <>
      <rect class="node-box" width={NODE_WIDTH} height={NODE_HEIGHT} rx={round} />
      <text class="node-name" x={16} y={19}>
        {labelOf(node)}
      </text>
      <text class="node-under" x={16} y={34}>
        {underOf(node)}
      </text>
    </>
  );
}

export function nodeClass(node: Node): string {
  return `node node-${node.kind}${node.is_start ? " node-start" : ""}`;
}

export function edgeClass(edge: Edge): string {
  return `edge${edge.is_may || edge.percent < 100 ? " edge-unsure" : ""}`;
}

export function Drawn({ placed }: { placed: Placed }) {
  return (
    <>
      {placed.edges.map(({ edge, path }) => (
        <path class={edgeClass(edge)} d={path} />
      ))}
      {placed.nodes.map(({ node, x, y }) => {
        const href = hrefOf(node) ?? to("/lineage", { uri: node.uri });
        return (
          <g transform={`translate(${x - NODE_WIDTH / 2} ${y - NODE_HEIGHT / 2})`}>
            <a href={href} class={nodeClass(node)}>
              <title>{node.uri}</title>
              <NodeShape node={node} />
            </a>
          </g>
        );
      })}
    </>
  );
}

function Picture({ graph }: { graph: Lineage }) {
  const placed = useMemo(() => layout(graph), [graph]);
  if (graph.nodes.length <= 1) return <p class="soft">Nothing flows to or from it, as far as the code tells.</p>;
  return (
    <div class="picture" tabIndex={0} role="region" aria-label="Lineage">
      <svg role="group" aria-label={`${graph.nodes.length} nodes`} width={placed.width} height={placed.height} viewBox={`0 0 ${placed.width} ${placed.height}`}>
        <Drawn placed={placed} />
      </svg>
    </div>
  );
}

const FEW = 40; /* nodes that a picture beside other things may have */

export function LineagePicture({ uri }: { uri: string }) {
  const graph = useGet("/v1/lineage", { uri, depth: 4, max_nodes: FEW });
  return (
    <Answer of={graph}>
      {(data) =>
        Array.isArray(data) ? null : (
          <>
            <Picture graph={data} />
            {(data.cut_edges ?? 0) > 0 && (
              <p class="soft small">
                There is more: <a href={to("/lineage", { uri })}>explore all of it</a>.
              </p>
            )}
          </>
        )
      }
    </Answer>
  );
}
