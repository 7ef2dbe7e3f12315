/* One dataset: what it is, who uses it, what it is made of, and how to load it. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useState } from "preact/hooks";
import { Block } from "../code";
import type { Dataset, Use } from "../contract";
import { baseName, bytes, count, counted, moment } from "../format";
import { LineagePicture } from "../lineage-picture";
import { to } from "../router";
import { Table } from "../table";
import { Answer, Copy, Empty, Facts, Heading, Location, Section, Tag } from "../ui";
import { useGet } from "../use";
import { Uses } from "../uses";

function Schema({ dataset }: { dataset: Dataset }) {
  if (dataset.columns.length === 0) return <p class="soft">{dataset.error ?? "Its objects have no columns, or none that can be told."}</p>;
  return (
    <Table
      caption="Columns"
      rows={dataset.columns}
      keyOf={(c) => c.name}
      columns={[
        { name: "Column", isHead: true, cell: (c) => <code>{c.name}</code> },
        { name: "Type", cell: (c) => <code class="soft">{c.type}</code> },
        { name: "Note", cell: (c) => (c.is_partition ? <Tag>partition</Tag> : c.is_nullable === false ? <span class="soft">never empty</span> : null) },
      ]}
    />
  );
}

function Partitions({ dataset }: { dataset: Dataset }) {
  const names = dataset.columns.filter((c) => c.is_partition).map((c) => c.name);
  const most = Math.max(1, ...dataset.partitions.map((p) => p.size_bytes));
  return (
    <Table
      caption="Partitions"
      rows={dataset.partitions.slice(0, 100)}
      keyOf={(p) => p.values.join("/")}
      columns={[
        { name: names.join(", ") || "Partition", isHead: true, cell: (p) => <code>{p.values.map((v) => v ?? "(none)").join(", ")}</code> },
        { name: "Objects", isNumber: true, cell: (p) => count(p.n_objects) },
        { name: "Size", isNumber: true, cell: (p) => bytes(p.size_bytes) },
        { name: "Share", cell: (p) => <span class="share"><span style={{ width: `${(100 * p.size_bytes) / most}%` }} /></span> },
      ]}
    />
  );
}

function Snippets({ dataset }: { dataset: Dataset }) {
  const [at, setAt] = useState(0);
  const snippet = dataset.snippets[at];
  if (!snippet) return null;
  return (
    <>
      <div class="choices" role="group" aria-label="Tool">
        {dataset.snippets.map((s, i) => (
          <button type="button" aria-pressed={i === at} onClick={() => setAt(i)}>
            {s.tool}
          </button>
        ))}
        <Copy text={snippet.code} />
      </div>
      <Block text={snippet.code} language={snippet.language} label={`Code for ${snippet.tool}`} />
    </>
  );
}

function Warnings({ dataset }: { dataset: Dataset }) {
  const all = [...(dataset.error ? [dataset.error] : []), ...dataset.warnings];
  if (all.length === 0) return null;
  return (
    <div class="notice warn">
      {all.map((text) => (
        <p>{text}</p>
      ))}
    </div>
  );
}

function Users({ dataset, users }: { dataset: Dataset; users: Use[] }) {
  if (users.length === 0)
    return (
      <Empty title="No notebook uses it">
        <p>
          What cannot be known for sure is left out; <a href={to("/usage", { uri: dataset.uri, weak: true })}>ask for weak answers too</a>.
        </p>
      </Empty>
    );
  return <Uses uses={users} />;
}

function Whole({ dataset }: { dataset: Dataset }) {
  const size = `${bytes(dataset.size_bytes)} in ${counted(dataset.n_objects, "object")}`;
  return (
    <>
      <Warnings dataset={dataset} />
      <Facts
        rows={[
          ["Format", [dataset.format || "not known", dataset.compression].filter(Boolean).join(", ")],
          ["Layout", dataset.layout],
          ["Size", size],
          ["Rows", dataset.n_rows === undefined ? undefined : count(dataset.n_rows)],
          ["Changed", moment(dataset.modified)],
          ["Used by", `${counted(dataset.n_users, "notebook")}: ${counted(dataset.n_readers, "reader")}, ${counted(dataset.n_writers, "writer")}`],
          ["Table names", dataset.table_names.map((t) => t.name).join(", ")],
          ["Found in", dataset.source],
        ]}
      />
      <Section title="Who uses it" aside={<a href={to("/usage", { uri: dataset.uri })}>all uses</a>}>
        <Users dataset={dataset} users={dataset.users} />
      </Section>
      <Section title="Where it comes from, what is made of it" aside={<a href={to("/lineage", { uri: dataset.uri })}>explore</a>}>
        <LineagePicture uri={dataset.uri} />
      </Section>
      <div class="two">
        <Section title={counted(dataset.columns.length, "column")}>
          <Schema dataset={dataset} />
        </Section>
        <Section title="Load it">
          <Snippets dataset={dataset} />
        </Section>
      </div>
      {dataset.n_partitions > 0 && (
        <Section title={counted(dataset.n_partitions, "partition")} aside={dataset.n_partitions > 100 ? "the first 100" : undefined}>
          <Partitions dataset={dataset} />
        </Section>
      )}
    </>
  );
}

export function DatasetPage({ id }: { id: string }) {
  const answer = useGet("/v1/datasets/{dataset_id}", { dataset_id: id });
  return (
    <>
      <Heading title={answer.data ? baseName(answer.data.uri) : "Dataset"} over={<a href={to("/datasets")}>Datasets</a>}>
        {answer.data && (
          <span class="with-copy">
            <Location uri={answer.data.uri} /> <Copy text={answer.data.uri} what="Copy location" />
          </span>
        )}
      </Heading>
      <Answer of={answer}>{(dataset) => <Whole dataset={dataset} />}</Answer>
    </>
  );
}
