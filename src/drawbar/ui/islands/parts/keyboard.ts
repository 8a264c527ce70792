// "/" goes to the search box, "?" shows the keys, "g" then a letter follows the [data-key] link.
const CHORD_MS = 1000;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function follow(key: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`a[data-key="${CSS.escape(key)}"]`);
  link?.click();
  return link !== null;
}

export function startKeyboard(): void {
  let chordUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (Date.now() < chordUntil) {
      chordUntil = 0;
      if (follow(event.key)) event.preventDefault();
    } else if (event.key === "g") {
      chordUntil = Date.now() + CHORD_MS;
    } else if (event.key === "/") {
      event.preventDefault();
      document.querySelector<HTMLInputElement>("#search")?.focus();
    } else if (event.key === "?") {
      document.querySelector<HTMLDialogElement>("#keyboard-help")?.showModal();
    }
  });
}
