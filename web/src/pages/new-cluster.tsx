/* The form for a cluster, with what it would cost and what is wrong while one fills it in. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useMemo, useRef, useState } from "preact/hooks";
import { Failure, send } from "../api";
import type { ClusterFinding, ClusterPlan, ClusterRequest, Template } from "../contract";
import { money } from "../format";
import { go, to } from "../router";
import { Answer, Heading, Trouble } from "../ui";
import { asFailure, useGet, useSettled, useWork } from "../use";

interface Form {
  template: string;
  name: string;
  workers: string;
  idle: string /* hours */;
  lifetime: string /* hours */;
  limit: string /* dollars */;
}

const empty: Form = { template: "", name: "", workers: "", idle: "", lifetime: "", limit: "" };

const fields: { name: Exclude<keyof Form, "template">; label: string; hint: string; keys: "text" | "decimal" }[] = [
  { name: "name", label: "Name", hint: "ana-churn", keys: "text" },
  { name: "workers", label: "Workers", hint: "as set", keys: "decimal" },
  { name: "idle", label: "Ends when idle for (hours)", hint: "as set", keys: "decimal" },
  { name: "lifetime", label: "Lives at most (hours)", hint: "as set", keys: "decimal" },
  { name: "limit", label: "May cost at most ($)", hint: "as set", keys: "decimal" },
];

/* What is left empty is left out: the settings and the template say it. */
export function requestOf(form: Form): ClusterRequest {
  const out: ClusterRequest = {};
  const lifecycle: NonNullable<ClusterRequest["lifecycle"]> = {};
  if (form.template !== "") out.template = form.template;
  if (form.name.trim() !== "") out.name = form.name.trim();
  if (form.workers !== "") out.size = { workers: Number(form.workers) };
  if (form.idle !== "") lifecycle.idle_timeout_s = Math.round(3600 * Number(form.idle));
  if (form.lifetime !== "") lifecycle.max_lifetime_s = Math.round(3600 * Number(form.lifetime));
  if (form.limit !== "") lifecycle.max_usd = form.limit;
  if (Object.keys(lifecycle).length > 0) out.lifecycle = lifecycle;
  return out;
}

async function planOf(request: ClusterRequest): Promise<ClusterPlan> {
  return (await send("POST /v1/clusters", { dry_run: true }, request)) as ClusterPlan;
}

function Findings({ title, list, tone }: { title: string; list: ClusterFinding[]; tone: string }) {
  if (list.length === 0) return null;
  return (
    <div class={`notice ${tone}`}>
      <p>
        <strong>{title}</strong>
      </p>
      <ul>
        {list.map((f) => (
          <li>
            {f.message}. {f.fix}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Plan({ plan }: { plan: ClusterPlan }) {
  const { hourly, currency, complete } = plan.estimate;
  return (
    <>
      <p role="status">
        About <strong>{money(hourly, currency)}</strong> an hour{complete === false && ", as far as the prices are known"}.
      </p>
      <Findings title="It would be refused" list={plan.errors} tone="trouble" />
      <Findings title="To be considered" list={plan.warnings} tone="warn" />
      {plan.request !== null && (
        <details>
          <summary>What the provider would be asked</summary>
          <pre class="block" tabIndex={0}>
            <code>{JSON.stringify(plan.request, null, 2)}</code>
          </pre>
        </details>
      )}
    </>
  );
}

function Templates({ items, value, choose }: { items: Template[]; value: string; choose: (name: string) => void }) {
  if (items.length === 0) return null;
  const chosen = items.find((t) => t.name === value);
  return (
    <label class="field">
      <span>Template</span>
      <select value={value} onChange={(e) => choose(e.currentTarget.value)}>
        <option value="">none: the settings</option>
        {items.map((t) => (
          <option value={t.name}>{t.name}</option>
        ))}
      </select>
      {chosen && <span>{chosen.description}</span>}
    </label>
  );
}

export function NewCluster() {
  const [form, setForm] = useState<Form>(empty);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const [isSent, setSent] = useState(false);
  const key = useRef(crypto.getRandomValues(new Uint32Array(4)).join("-")); /* the same until it is answered */
  const templates = useGet("/v1/cluster-templates", {});
  const settled = useSettled(form, 300);
  const wanted = useMemo(() => requestOf(settled), [settled]);
  const plan = useWork(JSON.stringify(wanted), () => planOf(wanted));
  const ask = async (): Promise<void> => {
    setSent(true);
    try {
      const made = await send("POST /v1/clusters", {}, requestOf(form), { "Idempotency-Key": key.current });
      if ("id" in made) go(to(`/clusters/${made.id}`));
    } catch (e) {
      const why = asFailure(e);
      /* An answer that never came may have been a yes: the same key finds it. */
      if (why.status >= 400 && why.status < 500) key.current = crypto.getRandomValues(new Uint32Array(4)).join("-");
      setFailure(why);
      setSent(false);
    }
  };
  return (
    <>
      <Heading title="Ask for a cluster" over={<a href={to("/clusters")}>Clusters</a>}>
        Exactly one is made, whatever happens to the connection.
      </Heading>
      <form class="filters" aria-label="The cluster" onSubmit={(e) => { e.preventDefault(); void ask(); }}>
        <Templates items={templates.data?.items ?? []} value={form.template} choose={(template) => setForm({ ...form, template })} />
        {fields.map((f) => (
          <label class="field">
            <span>{f.label}</span>
            <input inputMode={f.keys} placeholder={f.hint} value={form[f.name]} onInput={(e) => setForm({ ...form, [f.name]: e.currentTarget.value })} />
          </label>
        ))}
        <button class="button main" disabled={isSent || (plan.data?.errors.length ?? 0) > 0}>
          {isSent ? "Asking …" : "Ask for it"}
        </button>
      </form>
      {failure && <Trouble failure={failure} />}
      <Answer of={plan}>{(data) => <Plan plan={data} />}</Answer>
    </>
  );
}
