/* The lineage explorer: a graph that is moved, enlarged, and walked by mouse or keyboard. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useMemo, useState } from "preact/hooks";
import { addressOf, headersOf, request } from "../api";
import type { Lineage } from "../contract";
import { Filters } from "../filters";
import type { Field } from "../filters";
import { counted } from "../format";
import { Graph } from "../graph";
import { hrefOf, layout } from "../layout";
import type { Placed } from "../layout";
import { to, withQuery } from "../router";
import type { Address } from "../router";
import { pictureOf } from "../svg-file";
import { Answer, Empty, Heading, Location } from "../ui";
import { useGet } from "../use";

const directions = ["both", "up", "down"] as const;
const MAX_NODES = 500;

const fields: Field[] = [
  { name: "uri", label: "Location, table or notebook", kind: "text" },
  { name: "direction", label: "Direction", kind: "words", words: ["", "up", "down"] },
  { name: "depth", label: "Steps", kind: "words", words: ["", "2", "4", "8", "16", "50"] },
];

function save(text: string, name: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

interface Question {
  uri: string;
  direction: (typeof directions)[number];
  depth: number;
  max_nodes: number;
}

function questionOf(address: Address): Question {
  const depth = Number(address.query.get("depth") ?? "");
  return {
    uri: address.query.get("uri") ?? "",
    direction: directions.find((d) => d === address.query.get("direction")) ?? "both",
    depth: depth >= 1 && depth <= 50 ? Math.floor(depth) : 6,
    max_nodes: MAX_NODES,
  };
}

async function saveEvents(question: Question): Promise<void> {
  const address = addressOf("/v1/lineage", { ...question, format: "openlineage" });
  const response = await request(address, { headers: headersOf() });
  save(await response.text(), "lineage.openlineage.json", "application/json");
}

/* The node that is looked at, in words, with what one can do with it. */
function Chosen({ placed, id, address }: { placed: Placed; id: string | undefined; address: Address }) {
  const found = placed.nodes.find((n) => n.node.id === id)?.node;
  if (!found) return <p class="graph-told soft small">Choose a node by a click, or with Tab and the arrow keys. Enter opens it, F centres the graph on it.</p>;
  const up = placed.edges.filter((e) => e.edge.to === id).length;
  const down = placed.edges.filter((e) => e.edge.from === id).length;
  const href = hrefOf(found);
  return (
    <p class="graph-told small" role="status">
      {found.kind} <Location uri={found.uri} href={href} /> {found.detail && <span class="soft">{found.detail} · </span>}
      <span class="soft">
        {up} in, {down} out ·{" "}
      </span>
      <a href={withQuery(address, { uri: found.uri })}>centre the graph on it</a>
    </p>
  );
}

function Explorer({ graph, address, question }: { graph: Lineage; address: Address; question: Question }) {
  const placed = useMemo(() => layout(graph), [graph]);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  if (graph.nodes.length === 0)
    return (
      <Empty title="No scan has found it, and no notebook names it">
        <p>
          <a href={to("/datasets")}>Choose a dataset</a> or <a href={to("/notebooks")}>a notebook</a>.
        </p>
      </Empty>
    );
  return (
    <>
      <div class="graph-tools">
        <span class="soft small">
          {counted(graph.nodes.length, "node")}, {counted(graph.edges.length, "edge")}
          {(graph.cut_edges ?? 0) > 0 && `, ${counted(graph.cut_edges ?? 0, "edge")} left out`}
          {graph.is_deeper && ", more behind these steps"}
        </span>
        <span class="graph-save">
          <button type="button" class="small-button" onClick={() => save(pictureOf(placed), "lineage.svg", "image/svg+xml")}>
            Save as SVG
          </button>
          <button type="button" class="small-button" onClick={() => void saveEvents(question)}>
            Save as OpenLineage
          </button>
        </span>
      </div>
      <Graph
        key={question.uri}
        placed={placed}
        chosen={chosen}
        choose={setChosen}
        open={(node) => (location.hash = hrefOf(node) ?? to("/usage", { uri: node.uri }))}
        focus={(node) => (location.hash = withQuery(address, { uri: node.uri }))}
      />
      <Chosen placed={placed} id={chosen} address={address} />
      <Legend />
    </>
  );
}

function Legend() {
  return (
    <ul class="graph-legend soft small">
      <li>
        <i class="key key-dataset" /> dataset
      </li>
      <li>
        <i class="key key-place" /> location that no scan has found
      </li>
      <li>
        <i class="key key-notebook" /> notebook
      </li>
      <li>data flows from left to right; dashed lines are less sure</li>
    </ul>
  );
}

function Asked({ address, question }: { address: Address; question: Question }) {
  const answer = useGet("/v1/lineage", question);
  return <Answer of={answer}>{(data) => (Array.isArray(data) ? null : <Explorer graph={data} address={address} question={question} />)}</Answer>;
}

/* Without a location: the datasets that most notebooks use, to begin with. */
function Begin() {
  const used = useGet("/v1/datasets", { sort: "users", limit: 12 });
  return (
    <Answer of={used}>
      {(data) => (
        <>
          <p>Begin at a dataset:</p>
          <ul class="ranked">
            {data.items.map((d) => (
              <li>
                <Location uri={d.uri} href={to("/lineage", { uri: d.uri })} />
                <span class="soft small">{counted(d.n_users, "notebook")}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Answer>
  );
}

export function LineagePage({ address }: { address: Address }) {
  const question = questionOf(address);
  return (
    <>
      <Heading title="Lineage">Where data comes from, and what is made of it.</Heading>
      <Filters address={address} fields={fields} />
      {question.uri === "" ? <Begin /> : <Asked address={address} question={question} />}
    </>
  );
}
