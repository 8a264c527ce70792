// Narrows the list of systems to the words in [data-search]; Enter takes the first, arrows walk the list.
const fits = (item: HTMLElement, words: string[]): boolean =>
  words.every((word) => (item.dataset.words ?? "").includes(word));

export function startSearch(): void {
  const input = document.querySelector<HTMLInputElement>("[data-search]");
  const list = document.getElementById("systems");
  if (!input || !list) return;
  const items = [...list.querySelectorAll<HTMLElement>("li")];
  const links = (): HTMLAnchorElement[] => [...list.querySelectorAll<HTMLAnchorElement>("li:not([hidden]) a")];
  const status = document.querySelector<HTMLElement>("[data-found]");
  const none = document.querySelector<HTMLElement>("[data-none]");

  function narrow(): void {
    const words = input!.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      item.hidden = !fits(item, words);
      delete item.dataset.meant;
    }
    const found = items.filter((item) => !item.hidden).length;
    if (none) none.hidden = found > 0;
    if (status) status.textContent = found === 1 ? (status.dataset.one ?? "") : (status.dataset.more ?? "").replace("{}", String(found));
    const meant = words.length > 0 ? links()[0]?.closest("li") : null;
    if (meant) meant.dataset.meant = "";
  }

  input.addEventListener("input", narrow);
  input.form?.addEventListener("submit", (event) => {
    const first = input.value.trim() ? links()[0] : undefined;
    event.preventDefault();
    first?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops: HTMLElement[] = [input, ...links()];
    const place = stops.indexOf(document.activeElement as HTMLElement);
    if (place < 0) return;
    event.preventDefault();
    stops[Math.min(Math.max(place + (event.key === "ArrowDown" ? 1 : -1), 0), stops.length - 1)]?.focus();
  });
  if (input.value) narrow();
}
