/* Kinds of analysis by month, library, owner or dataset; each bar opens the list that it counts. */
/* SPDX-License-Identifier: Apache-2.0 */
import { Bars, kindOrder, toneOf } from "../bars";
import type { Bar } from "../bars";
import type { AnalysisList } from "../contract";
import { bucketOf } from "../format";
import { to, withQuery } from "../router";
import type { Address, Query } from "../router";
import { Answer, Empty, Heading, Pager } from "../ui";
import { useGet } from "../use";

const axes = ["month", "library", "owner", "dataset"] as const;
type Axis = (typeof axes)[number];
type Item = AnalysisList["items"][number];

/* The filters of the list of notebooks that a group is. */
const filters: Record<Axis, (group: string) => Query> = {
  month: (group) => ({ modified_since: `${group}-01`, modified_before: `${nextMonth(group)}-01` }),
  library: (library) => ({ library }),
  owner: (owner) => ({ owner }),
  dataset: (uses) => ({ uses }),
};

/* "2025-12" -> "2026-01" */
function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

function barOf(item: Item, axis: Axis, only: string): Bar {
  const group = item.group ?? "";
  const of = (kind: string): string => to("/notebooks", { ...filters[axis](group), kind });
  const kinds = item.kinds ?? {};
  const parts = kindOrder.filter((k) => (only === "" || k === only) && kinds[k] !== undefined).map((k) => ({ name: k, n: kinds[k] ?? 0, href: of(k) }));
  return { name: axis === "dataset" ? group.replace(`s3://${bucketOf(group)}/`, `${bucketOf(group)}/`) : group || "(none)", href: of(only), parts };
}

function Chart({ list, axis, only }: { list: AnalysisList; axis: Axis; only: string }) {
  const rows = list.items.map((item) => barOf(item, axis, only)).filter((row) => row.parts.length > 0);
  const shown = kindOrder.filter((kind) => rows.some((row) => row.parts.some((p) => p.name === kind)));
  if (rows.length === 0) return <Empty title="No notebook of a known kind is there yet." />;
  return (
    <>
      <ul class="legend">
        {shown.map((kind) => (
          <li>
            <i class={toneOf(kind)} />
            {kind}
          </li>
        ))}
      </ul>
      <Bars rows={rows} label={`Kinds of analysis by ${axis}`} />
    </>
  );
}

function Choice({ address, name, words, now, none }: { address: Address; name: string; words: readonly string[]; now: string; none: string }) {
  return (
    <nav class="choices" aria-label={name}>
      {words.map((word) => (
        <a class="choice" href={withQuery(address, { [name]: word === none ? "" : word })} aria-current={word === now ? "true" : undefined}>
          {word}
        </a>
      ))}
    </nav>
  );
}

export function Analyses({ address }: { address: Address }) {
  const axis = axes.find((a) => a === address.query.get("by")) ?? "month";
  const only = kindOrder.find((k) => k === address.query.get("kind")) ?? "";
  const list = useGet("/v1/analyses", { by: axis, kind: only, limit: 60, page_token: address.query.get("page_token") ?? "" });
  return (
    <>
      <Heading title="Analyses">Which kinds of analysis there are. A notebook may be of several, so it may be counted more than once.</Heading>
      <Choice address={address} name="by" words={axes} now={axis} none="month" />
      <Choice address={address} name="kind" words={["all kinds", ...kindOrder]} now={only === "" ? "all kinds" : only} none="all kinds" />
      <Answer of={list}>
        {(data) => (
          <>
            <Chart list={data} axis={axis} only={only} />
            <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => withQuery(address, { page_token })} />
          </>
        )}
      </Answer>
    </>
  );
}
