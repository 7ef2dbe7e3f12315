/* Hooks: an answer of the API while a part of the page is shown; a value that settles. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useCallback, useEffect, useState } from "preact/hooks";
import { Failure, get } from "./api";
import type { Values } from "./api";
import type { Get } from "./contract";

export interface Loaded<T> {
  data: T | undefined; /* of the last address that answered, until the next one does */
  failure: Failure | undefined;
  isLoading: boolean;
  again: () => void;
}

/* What work() gives, asked for anew whenever key changes; work is told when nobody waits any more. */
export function useWork<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, set] = useState<Omit<Loaded<T>, "again">>({ data: undefined, failure: undefined, isLoading: true });
  const [n, setN] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    set((old) => ({ ...old, isLoading: true }));
    work(controller.signal).then(
      (data) => controller.signal.aborted || set({ data, failure: undefined, isLoading: false }),
      (e: unknown) => controller.signal.aborted || set({ data: undefined, failure: asFailure(e), isLoading: false }),
    );
    return () => controller.abort();
  }, [key, n]);
  return { ...state, again: useCallback(() => setN((i) => i + 1), []) };
}

export function asFailure(e: unknown): Failure {
  if (e instanceof Failure) return e;
  return new Failure(0, "page", "The page failed", e instanceof Error ? e.message : String(e), "Load it again.", "");
}

export function useGet<P extends keyof Get>(path: P, values: Get[P]["params"]): Loaded<Get[P]["answer"]> {
  return useWork(path + JSON.stringify(values as Values), (signal) => get(path, values, signal));
}

/* The value once it has stayed the same for so long: typing is not answered letter by letter. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/* Call work every ms while the page is looked at. */
export function useEvery(ms: number, work: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => document.hidden || work(), ms);
    return () => clearInterval(timer);
  }, [ms, work]);
}
