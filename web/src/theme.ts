/* Light or dark: as the system has it, until somebody says otherwise. */
/* SPDX-License-Identifier: Apache-2.0 */
const KEY = "boathouse.theme";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return themes.find((t) => t === kept) ?? "auto";
}

export function applyTheme(): void {
  const t = theme();
  if (t === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = t;
}

export function setTheme(t: Theme): void {
  localStorage.setItem(KEY, t);
  applyTheme();
}
