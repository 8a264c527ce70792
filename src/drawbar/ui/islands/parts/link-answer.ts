// Tells the page that opened Link what came of it, and nobody else: the target is its registered origin.
export function startAnswer(): void {
  const answer = document.querySelector<HTMLElement>("[data-answer]");
  const target = answer?.dataset.target;
  if (answer && target) {
    const receiver: Window | null = window.opener ?? (window.parent === window ? null : window.parent);
    receiver?.postMessage(JSON.parse(answer.dataset.answer ?? "{}"), target);
  }
  if (document.querySelector("[data-closes-itself]")) window.close();
}

/** Escape closes, as in any dialog; a page in a frame gets the key, the dialog around it does not. */
export function startClosing(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-closes]");
  if (!form || !("posted" in document.body.dataset)) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const search = document.activeElement?.closest<HTMLInputElement>("[data-search]");
    if (search?.value) return; // the browser empties the field
    form.requestSubmit();
  });
}
