// Opens <dialog id> from [data-opens="id"]; without JavaScript the same link leads to a page.
export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    } else if (target instanceof HTMLDialogElement) {
      target.close();
    }
  });
}
