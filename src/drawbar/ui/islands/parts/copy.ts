// Copies the text of [data-copy] (its value, or the element it names by #id) and says so for a moment.
const SHOWN_MS = 1500;

async function copyFrom(button: HTMLElement): Promise<void> {
  const wanted = button.dataset.copy ?? "";
  const source = wanted.startsWith("#") ? document.querySelector(wanted) : null;
  await navigator.clipboard.writeText(source?.textContent?.trim() ?? wanted);
  button.dataset.copied = "";
  window.setTimeout(() => delete button.dataset.copied, SHOWN_MS);
}

export function startCopyButtons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (button) void copyFrom(button);
  });
}
