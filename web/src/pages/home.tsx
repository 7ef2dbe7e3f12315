/* The first page: what there is, and the search. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChildren } from "preact";
import { Bars } from "../bars";
import type { AnalysisList, ClusterList, DatasetList, Overview } from "../contract";
import { ago, bytes, count, counted, money } from "../format";
import { to } from "../router";
import type { Address } from "../router";
import { Search } from "../search";
import { Answer, Empty, Location, Section } from "../ui";
import { useGet } from "../use";

function Figure({ href, value, name, children }: { href: string; value: string; name: string; children?: ComponentChildren }) {
  return (
    <a class="figure" href={href}>
      <span class="figure-value">{value}</span>
      <span class="figure-name">{name}</span>
      <span class="figure-more soft">{children}</span>
    </a>
  );
}

function clustersNow(list: ClusterList | undefined): { n: number; hourly: number } {
  const live = list?.items.filter((c) => c.phase !== "terminated" && c.phase !== "failed") ?? [];
  return { n: live.length, hourly: live.reduce((sum, c) => sum + Number(c.cost["hourly"] ?? 0), 0) };
}

function Figures({ overview }: { overview: Overview }) {
  const clusters = useGet("/v1/clusters", { limit: 100 });
  const unused = useGet("/v1/datasets", { unused: true, limit: 1000 });
  const now = clustersNow(clusters.data);
  const n = unused.data?.items.length ?? 0;
  return (
    <div class="figures">
      <Figure href={to("/datasets")} value={count(overview.n_datasets)} name={overview.n_datasets === 1 ? "dataset" : "datasets"}>
        {unused.data && (n === 0 ? "all of them used" : `${count(n)}${unused.data.next_page_token ? " or more" : ""} that no notebook uses`)}
      </Figure>
      <Figure href={to("/notebooks")} value={count(overview.n_notebooks)} name={overview.n_notebooks === 1 ? "notebook" : "notebooks"}>
        {counted(overview.n_references, "reference")} to data
      </Figure>
      <Figure href={to("/clusters")} value={count(now.n)} name={now.n === 1 ? "cluster running" : "clusters running"}>
        {clusters.failure ? "not set up here" : now.n > 0 ? `${money(now.hourly)} an hour` : "none costs anything now"}
      </Figure>
      <Figure href={to("/scans")} value={count(overview.n_sources)} name={overview.n_sources === 1 ? "place scanned" : "places scanned"}>
        last change {ago(overview.updated_at)}
      </Figure>
    </div>
  );
}

function KindsOf({ analyses }: { analyses: AnalysisList }) {
  if (analyses.items.length === 0) return <p class="soft">No notebook is of a known kind yet.</p>;
  return (
    <Bars
      label="Notebooks by kind of analysis"
      rows={analyses.items.map((item) => ({
        name: item.kind ?? "",
        text: item.text ?? "",
        href: to("/notebooks", { kind: item.kind }),
        parts: [{ name: item.kind ?? "", n: item.n_notebooks }],
      }))}
    />
  );
}

function MostUsed({ datasets }: { datasets: DatasetList }) {
  return (
    <ol class="ranked">
      {datasets.items.map((d) => (
        <li>
          <Location uri={d.uri} href={to(`/datasets/${d.id}`)} />
          <span class="soft small">
            {d.format || d.layout} · {bytes(d.size_bytes)} · {counted(d.n_readers, "reader")}, {counted(d.n_writers, "writer")}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Whole({ overview }: { overview: Overview }) {
  const analyses = useGet("/v1/analyses", {});
  const used = useGet("/v1/datasets", { sort: "users", limit: 6 });
  if (overview.n_sources === 0 || overview.n_notebooks + overview.n_datasets === 0)
    return (
      <Empty title="Nothing was scanned yet">
        <p>
          <a href={to("/scans")}>Scan a place</a>, or run <code>boathouse demo</code> for a lake with samples and then <code>boathouse scan</code>.
        </p>
      </Empty>
    );
  return (
    <>
      <Figures overview={overview} />
      <div class="two">
        <Section title="Kinds of analysis" aside={<a href={to("/analyses")}>by month, library, owner</a>}>
          <Answer of={analyses}>{(data) => <KindsOf analyses={data} />}</Answer>
        </Section>
        <Section title="Most used datasets" aside={<a href={to("/datasets", { sort: "users" })}>all</a>}>
          <Answer of={used}>{(data) => <MostUsed datasets={data} />}</Answer>
        </Section>
      </div>
    </>
  );
}

export function Home({ address }: { address: Address }) {
  const overview = useGet("/v1/overview", {});
  return (
    <>
      <h1 class="welcome" tabIndex={-1}>
        Who uses which data here, and how?
      </h1>
      <Search address={address}>
        <Answer of={overview}>{(data) => <Whole overview={data} />}</Answer>
      </Search>
    </>
  );
}
