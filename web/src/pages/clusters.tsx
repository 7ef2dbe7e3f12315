/* The clusters: what runs, for how much, and for admins those that nobody knows of. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useCallback, useState } from "preact/hooks";
import { Failure, send } from "../api";
import type { Cluster, OrphanList } from "../contract";
import { Filters } from "../filters";
import { ago, count, money, moment } from "../format";
import { to, withQuery } from "../router";
import type { Address } from "../router";
import { Table } from "../table";
import { Answer, Empty, Heading, Pager, Section, Tag, Trouble } from "../ui";
import { asFailure, useEvery, useGet } from "../use";

const waiting = new Set(["requested", "uncertain", "provisioning", "bootstrapping", "hardening", "terminating"]);

export function PhaseTag({ phase }: { phase: Cluster["phase"] }) {
  const tone = phase === "ready" ? "good" : phase === "failed" ? "bad" : waiting.has(phase) ? "warn" : "quiet";
  return <Tag tone={tone}>{phase}</Tag>;
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/* The members of an object whose shape the contract leaves to the provider. */
export function part(of: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = of[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function Clusters({ clusters }: { clusters: Cluster[] }) {
  return (
    <Table
      caption="Clusters"
      rows={clusters}
      keyOf={(c) => c.id}
      columns={[
        { name: "Cluster", isHead: true, cell: (c) => <a href={to(`/clusters/${c.id}`)}>{c.name || c.id}</a> },
        { name: "State", cell: (c) => <PhaseTag phase={c.phase} /> },
        { name: "Owner", cell: (c) => c.owner || "–" },
        { name: "Workers", isNumber: true, cell: (c) => count(Number(part(c.spec, "size")["workers"] ?? 0)) },
        { name: "Began", cell: (c) => moment(text(c.timeline["requested_at"])) },
        { name: "Ends", cell: (c) => (text(c.timeline["ended_at"]) ? `ended ${ago(text(c.timeline["ended_at"]))}` : text(c.lifecycle["expires_at"]) ? ago(text(c.lifecycle["expires_at"])) : "when idle") },
        { name: "An hour", isNumber: true, cell: (c) => money(c.cost["hourly"], c.cost["currency"]) },
        { name: "So far", isNumber: true, cell: (c) => money(c.cost["accrued"], c.cost["currency"]) },
      ]}
    />
  );
}

function Budget() {
  const budget = useGet("/v1/budget", {});
  const b = budget.data;
  if (!b) return null;
  return (
    <p class="soft">
      {b.month}: {money(b.spent, b.currency)} spent{b.limit !== null && ` of ${money(b.limit, b.currency)}`}, {money(b.hourly, b.currency)} an hour now.
      {!b.complete && " Not all prices are known."}
    </p>
  );
}

const kinds = { lost: "made by this installation, and lost", other_deployment: "of another installation", unmanaged: "not made by Boathouse" };

function Orphans({ list, again }: { list: OrphanList; again: () => void }) {
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const end = async (id: string): Promise<void> => {
    if (!confirm(`End ${id}? What is not saved on it is lost.`)) return;
    try {
      await send("POST /v1/orphans/{emr_id}/terminate", { emr_id: id, confirm: id }, undefined);
      setFailure(undefined);
      again();
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  if (list.items.length === 0) return <p class="soft">None: every cluster of the provider has a row here.</p>;
  return (
    <>
      {failure && <Trouble failure={failure} />}
      <Table
        caption="Clusters without a row here"
        rows={list.items}
        keyOf={(o) => o.id}
        columns={[
          { name: "Cluster", isHead: true, cell: (o) => <code>{o.id}</code> },
          { name: "Name", cell: (o) => o.name },
          { name: "State", cell: (o) => o.state },
          { name: "Whose", cell: (o) => kinds[o.kind] },
          { name: "Made", cell: (o) => ago(o.created_at) },
          {
            name: "End",
            cell: (o) => (
              <button type="button" class="small-button" aria-label={`End it: ${o.id}`} onClick={() => void end(o.id)}>
                End it
              </button>
            ),
          },
        ]}
      />
    </>
  );
}

function OrphansPart() {
  const orphans = useGet("/v1/orphans", {});
  if (orphans.failure) return null; /* not an admin, or a provider without any */
  return (
    <Section title="Clusters that nobody knows of">
      <Answer of={orphans}>{(data) => <Orphans list={data} again={orphans.again} />}</Answer>
    </Section>
  );
}

export function ClustersPage({ address }: { address: Address }) {
  const list = useGet("/v1/clusters", {
    include_terminated: address.query.get("all") === "true",
    q: address.query.get("q") ?? "",
    limit: 50,
    page_token: address.query.get("page_token") ?? "",
  });
  useEvery(5000, useCallback(list.again, [list.again]));
  return (
    <>
      <Heading title="Clusters">
        Each is one person's JupyterHub with Spark, for a time. <a href={to("/new-cluster")}>Ask for a cluster</a>
      </Heading>
      <Budget />
      <Filters
        address={address}
        fields={[
          { name: "q", label: "Name", kind: "text" },
          { name: "all", label: "Also those that have ended", kind: "flag" },
        ]}
      />
      <Answer of={list}>
        {(data) => (
          <>
            {data.items.length === 0 ? (
              <Empty title="No cluster runs">
                <p>
                  <a href={to("/new-cluster")}>Ask for one</a>; it ends by itself.
                </p>
              </Empty>
            ) : (
              <Clusters clusters={data.items} />
            )}
            <Pager shown={data.items.length} next={data.next_page_token} address={(page_token) => withQuery(address, { page_token })} />
          </>
        )}
      </Answer>
      <OrphansPart />
    </>
  );
}
