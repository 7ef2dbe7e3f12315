/* One notebook: what it is, what it reads and writes, and its cells.  It is shown, never run. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useRef } from "preact/hooks";
import { Code } from "../code";
import type { Notebook, Ref } from "../contract";
import { baseName, bytes, count, counted, moment } from "../format";
import { LineagePicture } from "../lineage-picture";
import { Markdown } from "../markdown";
import { to } from "../router";
import type { Address } from "../router";
import { Table } from "../table";
import { Answer, Copy, Empty, Facts, Heading, Kinds, Location, Section, Tag } from "../ui";
import { useGet } from "../use";
import { DirTag } from "../uses";
import { titleOf } from "./notebooks";

type Cell = Notebook["cells"][number];

function References({ notebook }: { notebook: Notebook }) {
  if (notebook.references.length === 0) return <p class="soft">It reads and writes nothing, as far as its code tells.</p>;
  const target = (r: Ref): string => (r.dataset_id ? to(`/datasets/${r.dataset_id}`) : to("/usage", { uri: r.uri }));
  return (
    <Table
      caption="What it reads and writes"
      rows={notebook.references}
      keyOf={(r) => `${r.cell}:${r.line}:${r.dir}:${r.uri}`}
      columns={[
        { name: "Direction", cell: (r) => <DirTag dir={r.dir} /> },
        { name: "Location", isHead: true, cell: (r) => <Location uri={r.uri} href={target(r)} /> },
        { name: "Code", cell: (r) => <span class="line"><Code text={r.code.trim()} language={notebook.language} /></span> },
        { name: "Cell", isNumber: true, cell: (r) => <a href={to(`/notebooks/${notebook.id}`, { cell: r.cell })}>{`${r.cell + 1}:${r.line}`}</a> },
      ]}
    />
  );
}

function CellView({ cell, isAsked, lines }: { cell: Cell; isAsked: boolean; lines: number[] }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isAsked) place.current?.scrollIntoView({ block: "center" });
  }, [isAsked]);
  const name = `Cell ${cell.index + 1}`;
  return (
    <article ref={place} class={`cell cell-${cell.kind}${isAsked ? " cell-asked" : ""}`} aria-label={name}>
      <div class="cell-side soft small">
        {cell.index + 1}
        {cell.is_parameters && <Tag tone="warn">parameters</Tag>}
      </div>
      {cell.kind === "markdown" ? (
        <Markdown text={cell.text} />
      ) : (
        <pre class="block" tabIndex={0} role="region" aria-label={`${name}, ${cell.kind}`}>
          {lines.length > 0 && <span class="only-heard">Uses data in line {lines.join(", ")}. </span>}
          <Code text={cell.text} language={cell.kind === "code" ? (cell.language ?? "python") : "none"} />
        </pre>
      )}
    </article>
  );
}

function Cells({ notebook, asked }: { notebook: Notebook; asked: number | undefined }) {
  return (
    <div class="cells">
      {notebook.cells.map((cell) => (
        <CellView
          cell={cell}
          isAsked={cell.index === asked}
          lines={notebook.references.filter((r) => r.cell === cell.index).map((r) => r.line)}
        />
      ))}
    </div>
  );
}

function Evidence({ notebook }: { notebook: Notebook }) {
  if (notebook.kind_evidence.length === 0) return <p class="soft">Nothing in it says which kind of analysis it is.</p>;
  return (
    <ul class="evidence">
      {notebook.kind_evidence.map((k) => (
        <li>
          <Kinds kinds={[k.kind]} />{" "}
          <span class="soft small">because of</span>{" "}
          {k.evidence.slice(0, 6).map((e, i) => (
            <>
              {i > 0 && ", "}
              <code>{e.text}</code>
            </>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Parameters({ notebook }: { notebook: Notebook }) {
  return (
    <Table
      caption="Parameters"
      rows={notebook.parameters}
      keyOf={(p) => `${p.cell}:${p.line}:${p.name}`}
      columns={[
        { name: "Parameter", isHead: true, cell: (p) => <code>{p.name}</code> },
        { name: "Value", cell: (p) => <code class="soft">{p.value}</code> },
      ]}
    />
  );
}

function Copies({ notebook }: { notebook: Notebook }) {
  return (
    <ul class="ranked">
      {notebook.copies.map((c) => (
        <li>
          <Location uri={c.uri} href={to(`/notebooks/${c.id}`)} />
        </li>
      ))}
    </ul>
  );
}

function Libraries({ libraries }: { libraries: string[] }) {
  return (
    <span class="tags">
      {libraries.map((library) => (
        <a class="tag" href={to("/notebooks", { library })}>
          {library}
        </a>
      ))}
    </span>
  );
}

function Whole({ notebook, asked }: { notebook: Notebook; asked: number | undefined }) {
  return (
    <>
      {notebook.error && <Empty title="It cannot be read"><p>{notebook.error}</p></Empty>}
      <Facts
        rows={[
          ["Owner", notebook.owner && <a href={to("/notebooks", { owner: notebook.owner })}>{notebook.owner}</a>],
          ["Language", [notebook.language, notebook.kernel].filter(Boolean).join(", ")],
          ["Cells", `${count(notebook.n_cells)}, ${counted(notebook.n_lines, "line")} of code`],
          ["Changed", moment(notebook.modified)],
          ["Size", bytes(notebook.size_bytes)],
          ["Libraries", notebook.libraries.length > 0 && <Libraries libraries={notebook.libraries} />],
        ]}
      />
      <Section title="What it reads and writes">
        <References notebook={notebook} />
      </Section>
      <div class="two">
        <Section title="Kind of analysis">
          <Evidence notebook={notebook} />
        </Section>
        {notebook.parameters.length > 0 && (
          <Section title="Parameters">
            <Parameters notebook={notebook} />
          </Section>
        )}
        {notebook.copies.length > 0 && (
          <Section title={counted(notebook.copies.length, "near-copy", "near-copies")}>
            <Copies notebook={notebook} />
          </Section>
        )}
      </div>
      <Section title="Where its data comes from and goes" aside={<a href={to("/lineage", { uri: notebook.uri })}>explore</a>}>
        <LineagePicture uri={notebook.uri} />
      </Section>
      <Section title="Cells" aside="shown as they are stored, without outputs; nothing of it runs here">
        <Cells notebook={notebook} asked={asked} />
      </Section>
    </>
  );
}

export function NotebookPage({ id, address }: { id: string; address: Address }) {
  const answer = useGet("/v1/notebooks/{notebook_id}", { notebook_id: id });
  const cell = address.query.get("cell");
  return (
    <>
      <Heading title={answer.data ? titleOf(answer.data) || baseName(answer.data.uri) : "Notebook"} over={<a href={to("/notebooks")}>Notebooks</a>}>
        {answer.data && (
          <span class="with-copy">
            <Location uri={answer.data.uri} /> <Kinds kinds={answer.data.kinds} /> <Copy text={answer.data.uri} what="Copy location" />
          </span>
        )}
      </Heading>
      <Answer of={answer}>{(notebook) => <Whole notebook={notebook} asked={cell === null ? undefined : Number(cell)} />}</Answer>
    </>
  );
}

/* By its location, for links from where its id is not known. */
export function NotebookAt({ address }: { address: Address }) {
  const uri = address.query.get("uri") ?? "";
  const found = useGet("/v1/notebooks", { uri, limit: 1 });
  const id = found.data?.items[0]?.id;
  if (id !== undefined) return <NotebookPage key={id} id={id} address={address} />;
  return (
    <>
      <Heading title="Notebook" />
      <Answer of={found}>{() => <Empty title={`No scan has found ${uri}`} />}</Answer>
    </>
  );
}
