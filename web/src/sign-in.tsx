/* The token: asked for when the server wants one, kept for the tab, forgotten on demand. */
/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useRef, useState } from "preact/hooks";
import { onUnauthenticated, token } from "./api";

function tell(): void {
  dispatchEvent(new Event("boathouse-token"));
}

export function SignIn() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [has, setHas] = useState(token.get() !== "");
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  useEffect(() => {
    onUnauthenticated(() => {
      if (token.get() !== "") setWrong(true);
      token.set("");
      setHas(false);
      if (!dialog.current?.open) dialog.current?.showModal();
    });
  }, []);
  const enter = (): void => {
    token.set(text.trim());
    setText("");
    setWrong(false);
    setHas(true);
    dialog.current?.close();
    tell();
  };
  const leave = (): void => {
    token.set("");
    setHas(false);
    tell();
  };
  return (
    <>
      {has && (
        <button type="button" class="small-button" onClick={leave}>
          Forget token
        </button>
      )}
      <dialog ref={dialog} class="dialog" aria-labelledby="token-title">
        <form method="dialog" onSubmit={(e) => { e.preventDefault(); enter(); }}>
          <h2 id="token-title">A token is needed</h2>
          <p>
            {isWrong ? "The server does not know that token. " : ""}
            <code>boathouse token new</code> makes one. It stays in this tab, until you close it.
          </p>
          <label class="field">
            <span>Token</span>
            <input type="password" autocomplete="off" required value={text} onInput={(e) => setText(e.currentTarget.value)} />
          </label>
          <button class="button">Use it</button>
        </form>
      </dialog>
    </>
  );
}
