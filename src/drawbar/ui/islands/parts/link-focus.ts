// Begins in [data-focus]. Not the attribute autofocus: browsers refuse it, and complain, in a frame of another
// site; and there a field gets the focus only once the page around has given it to the frame.
export function startFocus(): void {
  const first = document.querySelector<HTMLElement>("[data-focus]");
  const begin = (): void => {
    if (document.activeElement === document.body || document.activeElement === null) first?.focus();
  };
  begin();
  window.addEventListener("focus", begin, { once: true });
}
