/* A graph that is moved by dragging, enlarged by the wheel or the buttons, and walked by arrow keys.
 * What a chosen node is connected with stays; the rest steps back. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { NODE_HEIGHT, NODE_WIDTH } from "./layout";
import type { Node, Placed } from "./layout";
import { NodeShape, edgeClass, nodeClass } from "./lineage-picture";

interface View {
  x: number;
  y: number;
  scale: number; /* pixels of the screen a unit */
}

const LEAST = 0.05;
const MOST = 3;
const STEP = 1.3;

interface Props {
  placed: Placed;
  chosen: string | undefined;
  choose: (id: string | undefined) => void;
  open: (node: Node) => void;
  focus: (node: Node) => void;
}

/* All that data flows from or to, over however many steps. */
function kinOf(placed: Placed, id: string): Set<string> {
  const all = new Set([id]);
  for (const [from, to] of [["from", "to"], ["to", "from"]] as const) {
    const next = new Map<string, string[]>();
    for (const { edge } of placed.edges) next.set(edge[from], [...(next.get(edge[from]) ?? []), edge[to]]);
    const seen = new Set([id]);
    const left = [id];
    for (let at = left.pop(); at !== undefined; at = left.pop())
      for (const other of next.get(at) ?? [])
        if (!seen.has(other)) {
          seen.add(other);
          left.push(other);
        }
    for (const one of seen) all.add(one);
  }
  return all;
}

/* The nearest node in the direction of an arrow key. */
function neighbour(placed: Placed, id: string, key: string): string | undefined {
  const here = placed.nodes.find((n) => n.node.id === id);
  if (!here) return placed.nodes[0]?.node.id;
  const [ux, uy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] ?? [0, 0];
  let best: string | undefined;
  let least = Infinity;
  for (const { node, x, y } of placed.nodes) {
    const along = (x - here.x) * (ux ?? 0) + (y - here.y) * (uy ?? 0);
    const across = Math.abs((x - here.x) * (uy ?? 0)) + Math.abs((y - here.y) * (ux ?? 0));
    const far = along + 3 * across;
    if (along > 1 && far < least) {
      least = far;
      best = node.id;
    }
  }
  return best;
}

function clamp(scale: number): number {
  return Math.min(MOST, Math.max(LEAST, scale));
}

/* The view in which everything is seen, but never larger than life; a large graph begins at its start,
 * in a size that can be read. */
function firstView(placed: Placed, width: number, height: number): View {
  const whole = Math.min(1, width / placed.width, height / placed.height);
  const start = placed.nodes.find((n) => n.node.is_start);
  if (whole >= 0.45 || !start) return { scale: whole, x: (width - placed.width * whole) / 2, y: (height - placed.height * whole) / 2 };
  const scale = 0.8;
  return { scale, x: width / 2 - start.x * scale, y: height / 2 - start.y * scale };
}

export function Graph({ placed, chosen, choose, open, focus }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number } | undefined>(undefined);
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const kin = useMemo(() => (chosen === undefined ? undefined : kinOf(placed, chosen)), [placed, chosen]);
  const size = (): { width: number; height: number } => box.current?.getBoundingClientRect() ?? { width: 800, height: 500 };
  const fit = (): void => setView(firstView(placed, size().width, size().height));
  const zoom = (by: number, x = size().width / 2, y = size().height / 2): void =>
    setView((v) => {
      const scale = clamp(v.scale * by);
      const ratio = scale / v.scale;
      return { scale, x: x - (x - v.x) * ratio, y: y - (y - v.y) * ratio };
    });
  useEffect(fit, [placed]);
  /* Not passive, so that the page does not scroll while the graph grows. */
  useEffect(() => {
    const here = box.current;
    const turn = (e: WheelEvent): void => {
      if (!e.ctrlKey && !e.metaKey && document.activeElement !== here) return;
      e.preventDefault();
      const at = here?.getBoundingClientRect();
      zoom(e.deltaY < 0 ? STEP : 1 / STEP, e.clientX - (at?.left ?? 0), e.clientY - (at?.top ?? 0));
    };
    here?.addEventListener("wheel", turn, { passive: false });
    return () => here?.removeEventListener("wheel", turn);
  }, []);
  /* The chosen node comes into view. */
  useEffect(() => {
    const at = placed.nodes.find((n) => n.node.id === chosen);
    if (!at) return;
    setView((v) => {
      const x = at.x * v.scale + v.x;
      const y = at.y * v.scale + v.y;
      const { width, height } = size();
      const isSeen = x > 60 && x < width - 60 && y > 30 && y < height - 30;
      return isSeen ? v : { ...v, x: width / 2 - at.x * v.scale, y: height / 2 - at.y * v.scale };
    });
  }, [chosen]);
  const press = (e: KeyboardEvent): void => {
    const node = placed.nodes.find((n) => n.node.id === chosen)?.node;
    if (e.key.startsWith("Arrow")) choose(neighbour(placed, chosen ?? "", e.key) ?? chosen);
    else if (e.key === "+" || e.key === "=") zoom(STEP);
    else if (e.key === "-") zoom(1 / STEP);
    else if (e.key === "0") fit();
    else if (e.key === "Escape") choose(undefined);
    else if (e.key === "Enter" && node) open(node);
    else if (e.key === "f" && node) focus(node);
    else return;
    e.preventDefault();
  };
  const move = (e: PointerEvent): void => {
    const from = drag.current;
    if (!from) return;
    drag.current = { x: e.clientX, y: e.clientY };
    setView((v) => ({ ...v, x: v.x + e.clientX - from.x, y: v.y + e.clientY - from.y }));
  };
  return (
    <div class="graph">
      <div
        ref={box}
        class="graph-box"
        tabIndex={0}
        role="application"
        aria-label={`Lineage of ${placed.nodes.length} nodes. Arrow keys move between them, Enter opens one, F centres on it, plus and minus change the size.`}
        onKeyDown={press}
        onPointerDown={(e) => (drag.current = { x: e.clientX, y: e.clientY })}
        onPointerMove={move}
        onPointerUp={() => (drag.current = undefined)}
        onPointerLeave={() => (drag.current = undefined)}
      >
        <svg width="100%" height="100%" aria-hidden="true">
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`} class={view.scale < 0.35 ? "far" : undefined}>
            {placed.edges.map(({ edge, path }) => (
              <path class={`${edgeClass(edge)}${kin && !(kin.has(edge.from) && kin.has(edge.to)) ? " aside-of-it" : ""}`} d={path} />
            ))}
            {placed.nodes.map(({ node, x, y }) => (
              <g
                key={node.id}
                class={`${nodeClass(node)}${kin && !kin.has(node.id) ? " aside-of-it" : ""}${node.id === chosen ? " node-chosen" : ""}`}
                transform={`translate(${x - NODE_WIDTH / 2} ${y - NODE_HEIGHT / 2})`}
                onClick={() => choose(node.id)}
                onDblClick={() => open(node)}
              >
                <title>{node.uri}</title>
                <NodeShape node={node} />
              </g>
            ))}
          </g>
        </svg>
      </div>
      <div class="graph-buttons">
        <button type="button" aria-label="Larger" onClick={() => zoom(STEP)}>
          +
        </button>
        <button type="button" aria-label="Smaller" onClick={() => zoom(1 / STEP)}>
          −
        </button>
        <button type="button" title="All of it" onClick={fit}>
          Fit
        </button>
      </div>
    </div>
  );
}
