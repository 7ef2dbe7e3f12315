/* The frame of the page, and which part is shown for which address. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import { token } from "./api";
import { Icon } from "./icons";
import { Analyses } from "./pages/analyses";
import { ClusterPage } from "./pages/cluster";
import { ClustersPage } from "./pages/clusters";
import { DatasetPage } from "./pages/dataset";
import { Datasets } from "./pages/datasets";
import { Home } from "./pages/home";
import { LineagePage } from "./pages/lineage";
import { NewCluster } from "./pages/new-cluster";
import { NotebookAt, NotebookPage } from "./pages/notebook";
import { Notebooks } from "./pages/notebooks";
import { ScanPage } from "./pages/scan";
import { ScansPage } from "./pages/scans";
import { SearchPage } from "./pages/search";
import { Usage } from "./pages/usage";
import { to, useAddress } from "./router";
import type { Address } from "./router";
import { setTheme, theme, themes } from "./theme";
import { SignIn } from "./sign-in";
import { Empty, Heading } from "./ui";

interface Route {
  name: string;
  title?: string; /* in the navigation */
  list: (address: Address) => ComponentChild;
  one?: (id: string, address: Address) => ComponentChild;
}

const routes: Route[] = [
  { name: "", title: "Home", list: (a) => <Home address={a} /> },
  { name: "datasets", title: "Datasets", list: (a) => <Datasets address={a} />, one: (id) => <DatasetPage key={id} id={id} /> },
  { name: "notebooks", title: "Notebooks", list: (a) => <Notebooks address={a} />, one: (id, a) => <NotebookPage key={id} id={id} address={a} /> },
  { name: "notebook", list: (a) => <NotebookAt address={a} /> },
  { name: "search", list: (a) => <SearchPage address={a} /> },
  { name: "lineage", title: "Lineage", list: (a) => <LineagePage address={a} /> },
  { name: "analyses", title: "Analyses", list: (a) => <Analyses address={a} /> },
  { name: "clusters", title: "Clusters", list: (a) => <ClustersPage address={a} />, one: (id) => <ClusterPage key={id} id={id} /> },
  { name: "new-cluster", list: () => <NewCluster /> },
  { name: "scans", title: "Scans", list: (a) => <ScansPage address={a} />, one: (id) => <ScanPage key={id} id={id} /> },
  { name: "usage", list: (a) => <Usage address={a} /> },
];

function Nothing() {
  return (
    <>
      <Heading title="There is no such page" />
      <Empty title="The address leads nowhere.">
        <p>
          <a href={to("/")}>Go to the first page</a>
        </p>
      </Empty>
    </>
  );
}

function shown(address: Address): ComponentChild {
  const [name = "", id] = address.parts;
  const route = routes.find((r) => r.name === name);
  if (!route || address.parts.length > 2) return <Nothing />;
  if (id === undefined) return route.list(address);
  return route.one ? route.one(id, address) : <Nothing />;
}

function ThemeSwitch() {
  const [now, set] = useState(theme());
  const icons = { auto: "auto", light: "sun", dark: "moon" } as const;
  const next = themes[(themes.indexOf(now) + 1) % themes.length] ?? "auto";
  return (
    <button
      type="button"
      class="icon-button"
      title={`Colours: ${now}`}
      aria-label={`Colours: ${now}. Change to ${next}`}
      onClick={() => {
        setTheme(next);
        set(next);
      }}
    >
      <Icon name={icons[now]} />
    </button>
  );
}

function Top({ address }: { address: Address }) {
  const name = address.parts[0] ?? "";
  return (
    <header class="top">
      <a class="brand" href={to("/")}>
        <Icon name="boat" /> Boathouse
      </a>
      <nav aria-label="Parts">
        {routes
          .filter((r) => r.title !== undefined && r.name !== "")
          .map((r) => (
            <a href={to(`/${r.name}`)} aria-current={r.name === name ? "page" : undefined}>
              {r.title}
            </a>
          ))}
      </nav>
      <div class="top-end">
        <SignIn />
        <ThemeSwitch />
      </div>
    </header>
  );
}

/* After a change of place the reader begins at its heading, as with a page that was loaded. */
function useArrival(path: string): void {
  const [first] = useState(path);
  useEffect(() => {
    if (path === first && document.activeElement === document.body) return;
    scrollTo(0, 0);
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [path]);
}

export function App() {
  const address = useAddress();
  const [session, setSession] = useState(token.get());
  useArrival(address.parts.join("/"));
  useEffect(() => {
    const follow = (): void => setSession(token.get());
    addEventListener("boathouse-token", follow);
    return () => removeEventListener("boathouse-token", follow);
  }, []);
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => { e.preventDefault(); document.querySelector<HTMLElement>("main h1")?.focus(); }}>
        To the content
      </a>
      <Top address={address} />
      <main id="content" key={session}>
        {shown(address)}
      </main>
      <footer class="foot soft">
        <a href="docs">API</a> <a href="openapi.json">openapi.json</a> <a href="metrics">metrics</a>
      </footer>
    </>
  );
}
