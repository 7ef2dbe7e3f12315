/* Addresses of the page: "#/datasets/ID?sort=size".  Behind the hash, because then they are the same
 * under every path prefix, and none of them reaches the server's log. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useState } from "preact/hooks";

export interface Address {
  parts: string[];
  query: URLSearchParams;
}

export function parse(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  return { parts: path.split("/").filter((p) => p !== "").map(decode), query: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export type Query = Record<string, string | number | boolean | undefined>;

/* The address of a part of the page; members that are empty or undefined are left out. */
export function to(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "" && value !== false) search.set(name, String(value));
  const text = search.toString();
  return `#${path}${text === "" ? "" : `?${text}`}`;
}

export function go(address: string): void {
  location.hash = address;
}

/* While one types, the address follows without filling the history. */
export function replace(address: string): void {
  history.replaceState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useAddress(): Address {
  const [address, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const follow = (): void => set(parse(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return address;
}

/* The same place with some members of its query changed; the page of a list begins anew. */
export function withQuery(address: Address, changes: Query): string {
  const query: Query = Object.fromEntries(address.query);
  delete query["page_token"];
  return to(`/${address.parts.map(encodeURIComponent).join("/")}`, { ...query, ...changes });
}
