// Takes a toast away on its button, or by itself unless it reports a failure or is being read.
const SHOWN_MS = 8000;

function isBeingRead(toast: Element): boolean {
  return toast.matches(":hover, :focus-within");
}

function dismissLater(toast: Element): void {
  window.setTimeout(() => (isBeingRead(toast) ? dismissLater(toast) : toast.remove()), SHOWN_MS);
}

export function startToasts(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-dismiss]");
    button?.closest(".toast, .banner")?.remove();
  });
  const region = document.getElementById("toasts");
  if (!region) return;
  region.querySelectorAll(".toast:not([data-tone=bad])").forEach(dismissLater);
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node instanceof Element && node.matches(".toast:not([data-tone=bad])")) dismissLater(node);
    }
  }).observe(region, { childList: true });
}
