// The form of a system: each field is checked as it is left, a check shows that it runs, and a system that
// grants access on a page of its own gets a window of its own when this page stands in a frame.
const LATE_MS = 6000;
const ASK_MS = 1500;
const APART = "drawbar-consent";
const SVG = "http://www.w3.org/2000/svg";

function tell(input: HTMLInputElement, message: string): void {
  const field = input.closest(".field");
  const id = `${input.id}-error`;
  document.getElementById(id)?.remove();
  input.removeAttribute("aria-invalid");
  const described = (input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((one) => one && one !== id);
  if (message && field) {
    const error = document.createElement("p");
    error.className = "error";
    error.id = id;
    const sign = document.createElement("span");
    sign.className = "sign";
    sign.append(drawn());
    const words = document.createElement("span");
    words.textContent = message;
    error.append(sign, words);
    field.append(error);
    input.setAttribute("aria-invalid", "true");
    described.unshift(id);
  }
  if (described.length) input.setAttribute("aria-describedby", described.join(" "));
  else input.removeAttribute("aria-describedby");
}

function drawn(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", "12");
  svg.setAttribute("height", "12");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M12 5v9 M12 18.5h.01");
  svg.append(path);
  return svg;
}

async function check(form: HTMLFormElement, input: HTMLInputElement): Promise<void> {
  const typed = input.value;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  body.set("field", input.name);
  const answer = await fetch(form.dataset.access ?? "", { method: "POST", body, credentials: "omit" });
  if (!answer.ok || input.value !== typed) return;
  tell(input, ((await answer.json()) as { message: string }).message);
}

function showProgress(form: HTMLFormElement): void {
  const progress = form.querySelector<HTMLElement>("[data-progress]");
  form.setAttribute("aria-busy", "true");
  // After the form was sent: a button disabled before would not send it.
  window.setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
  if (!progress) return;
  progress.hidden = false;
  const words = progress.querySelector("[data-late-words]");
  window.setTimeout(() => {
    if (words) words.textContent = progress.dataset.late ?? "";
  }, LATE_MS);
}

function goApart(form: HTMLFormElement): void {
  const waiting = document.querySelector<HTMLFormElement>("[data-apart]");
  const mark = document.createElement("input");
  mark.type = "hidden";
  mark.name = "apart";
  mark.value = "true";
  form.append(mark);
  form.target = APART;
  form.addEventListener("submit", () => {
    window.open("about:blank", APART, "popup,width=560,height=720");
    if (!waiting) return;
    waiting.hidden = false;
    const asking = window.setInterval(async () => {
      const answer = await fetch(form.dataset.grants ?? "", { credentials: "omit" });
      if (answer.ok && !((await answer.json()) as { granted: boolean }).granted) return;
      window.clearInterval(asking);
      waiting.submit();
    }, ASK_MS);
  });
}

export function startAccess(): void {
  const form = document.querySelector<HTMLFormElement>("[data-access]");
  for (const waiting of document.querySelectorAll<HTMLFormElement>("[data-waits]")) {
    waiting.addEventListener("submit", () => showProgress(waiting));
  }
  if (!form) return;
  // Our own words stand beside the field, in the page's language; the browser's would cover it.
  form.noValidate = true;
  for (const input of form.querySelectorAll<HTMLInputElement>("[data-checks]")) {
    let changed = false;
    input.addEventListener("input", () => {
      changed = true;
      tell(input, "");
    });
    input.addEventListener("blur", () => {
      if (changed && input.value) void check(form, input);
    });
  }
  form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  if (form.dataset.grants && window.self !== window.top) goApart(form);
  else form.addEventListener("submit", () => showProgress(form));
  // A page brought back by the browser's Back button must not look busy.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
