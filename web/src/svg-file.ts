/* A lineage graph as a picture file that stands alone: its own colours, no links to elsewhere. */
/* SPDX-License-Identifier: Apache-2.0 */
import { NODE_HEIGHT, NODE_WIDTH, labelOf, underOf } from "./layout";
import type { Node, Placed } from "./layout";

const fills = { notebook: "#ffffff", dataset: "#dfeef0", place: "#ffffff" } as const;
const lines = { notebook: "#b9b6ae", dataset: "#0b6070", place: "#576169" } as const;

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function nodeText(node: Node, x: number, y: number): string {
  const round = node.kind === "notebook" ? 6 : NODE_HEIGHT / 2;
  const dash = node.kind === "place" ? ' stroke-dasharray="4 3"' : "";
  return (
    `<g transform="translate(${x - NODE_WIDTH / 2} ${y - NODE_HEIGHT / 2})"><title>${escaped(node.uri)}</title>` +
    `<rect width="${NODE_WIDTH}" height="${NODE_HEIGHT}" rx="${round}" fill="${fills[node.kind]}" stroke="${lines[node.kind]}"${dash}/>` +
    `<text x="16" y="19" font-size="13" font-weight="600" fill="#1d252b">${escaped(labelOf(node))}</text>` +
    `<text x="16" y="34" font-size="11" fill="#576169">${escaped(underOf(node))}</text></g>`
  );
}

export function pictureOf(placed: Placed): string {
  const { width, height } = placed;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>` +
    placed.edges.map(({ path }) => `<path d="${path}" fill="none" stroke="#576169" stroke-width="1.25"/>`).join("") +
    placed.nodes.map(({ node, x, y }) => nodeText(node, x, y)).join("") +
    "</svg>\n"
  );
}
