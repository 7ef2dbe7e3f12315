/* Starts the page. */
/* SPDX-License-Identifier: Apache-2.0 */
import "./style.css";
import "./parts.css";
import { render } from "preact";
import { App } from "./app";
import { applyTheme } from "./theme";

applyTheme();
const place = document.getElementById("page");
if (place) render(<App />, place);
