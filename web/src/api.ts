/* The calls of the public API, with the types of its contract; and what went wrong with one. */
/* SPDX-License-Identifier: Apache-2.0 */
import type { Get, Problem, Send } from "./contract";

const TOKEN = "boathouse.token";

/* The page is at the root of the API, wherever a proxy puts that. */
const base = new URL(".", document.baseURI);

/* Who is told that a token is needed, or that the one sent is not known. */
let tellUnauthenticated = (): void => {};
export function onUnauthenticated(tell: () => void): void {
  tellUnauthenticated = tell;
}

export type Values = Record<string, string | number | boolean | undefined>;

/* A problem document (RFC 9457), or the like of one when no answer came. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly fix: string,
    readonly id: string,
    readonly faults: NonNullable<Problem["errors"]> = [],
  ) {
    super(detail);
  }
}

/* The token lives as long as the tab, and is sent in a header only: never in an address. */
export const token = {
  get: (): string => sessionStorage.getItem(TOKEN) ?? "",
  set: (text: string): void => {
    if (text === "") sessionStorage.removeItem(TOKEN);
    else sessionStorage.setItem(TOKEN, text);
  },
};

/* "/v1/datasets/{dataset_id}" with the values put in; the others become the query. */
export function addressOf(path: string, values: Values): string {
  const query = new URLSearchParams();
  let address = path;
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === "") continue;
    const place = `{${name}}`;
    if (address.includes(place)) address = address.replace(place, encodeURIComponent(value));
    else query.set(name, String(value));
  }
  const text = query.toString();
  return new URL(address.slice(1) + (text === "" ? "" : `?${text}`), base).href;
}

export function headersOf(more: Record<string, string> = {}): Headers {
  const headers = new Headers(more);
  const bearer = token.get();
  if (bearer !== "") headers.set("Authorization", `Bearer ${bearer}`);
  return headers;
}

export async function failureOf(response: Response): Promise<Failure> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  return new Failure(
    response.status,
    problem.code ?? "http",
    problem.title ?? `Status ${response.status}`,
    problem.detail ?? response.statusText,
    problem.fix ?? "",
    problem.instance?.replace("/requests/", "") ?? response.headers.get("X-Request-Id") ?? "",
    problem.errors,
  );
}

/* One request; fails with a Failure, or an AbortError when signal says so. */
export async function request(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { ...init, credentials: "same-origin" });
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new Failure(0, "offline", "No answer", "The server did not answer.", "Is it running? Try again in a moment.", "");
  }
  if (response.ok) return response;
  if (response.status === 401) tellUnauthenticated();
  throw await failureOf(response);
}

export async function get<P extends keyof Get>(path: P, values: Get[P]["params"], signal?: AbortSignal): Promise<Get[P]["answer"]> {
  const init: RequestInit = { headers: headersOf() };
  if (signal) init.signal = signal;
  const response = await request(addressOf(path, values), init);
  return (await response.json()) as Get[P]["answer"];
}

export async function send<P extends keyof Send>(
  call: P,
  values: Send[P]["params"],
  body: Send[P]["body"],
  headers: Record<string, string> = {},
): Promise<Send[P]["answer"]> {
  const [method, path] = call.split(" ", 2) as [string, string];
  const init: RequestInit = { method, headers: headersOf(headers) };
  if (body !== undefined) {
    init.headers = headersOf({ ...headers, "Content-Type": "application/json" });
    init.body = JSON.stringify(body);
  }
  const response = await request(addressOf(path, values), init);
  return (await response.json()) as Send[P]["answer"];
}
