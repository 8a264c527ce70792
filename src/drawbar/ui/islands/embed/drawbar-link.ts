// What a vendor's page loads: opens Link in a dialog or a popup, checks who answers, hands over the code.
// <script src="https://hub.example/link/drawbar-link.js"></script>, then DrawbarLink.open({…}).

/** What was connected: give `code` to your own server, which exchanges it at /oauth/token. */
export interface Connected {
  code: string;
  state: string;
  /** Only with `pkce: true`: send it along as `code_verifier`. */
  codeVerifier?: string;
}

/** `code` is one of: access_denied and other OAuth errors, foreign_origin, forged_state, popup_blocked. */
export interface LinkError {
  code: string;
  message: string;
}

export interface LinkOptions {
  clientId: string;
  /** One of the application's registered redirect URIs, on this page's own origin. */
  redirectUri: string;
  onConnected: (connected: Connected) => void;
  onClose?: () => void;
  onError?: (error: LinkError) => void;
  mode?: "iframe" | "popup";
  /** Slug of the system, to skip the choice. */
  system?: string;
  /** The token of a magic link, or its whole address. */
  magic?: string;
  /** S256 challenge of a verifier that your server keeps. */
  codeChallenge?: string;
  /** Make the verifier here instead, and hand it to `onConnected`. */
  pkce?: boolean;
  /** Address of Drawbar, when it is not where this script came from. */
  host?: string;
  /** Language of the page, such as "de"; default the browser's. */
  language?: string;
  /** Name of the dialog for screen readers. */
  title?: string;
}

export interface LinkHandle {
  close: () => void;
}

interface Said {
  source?: unknown;
  type?: unknown;
  code?: unknown;
  state?: unknown;
  error?: unknown;
  message?: unknown;
}

interface Surface {
  window: () => Window | null;
  go: (address: string) => void;
  remove: () => void;
}

const WATCH_MS = 400;
const STYLE =
  ".drawbar-link{width:min(460px,100vw);height:min(720px,100dvh);max-width:none;max-height:none;padding:0;border:0;" +
  "border-radius:14px;overflow:hidden;background:Canvas;box-shadow:0 12px 48px rgb(0 0 0/.35)}" +
  ".drawbar-link::backdrop{background:rgb(12 18 24/.55)}" +
  ".drawbar-link iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark}" +
  "@media(max-width:480px){.drawbar-link{width:100vw;height:100dvh;border-radius:0}}";

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

function dialogSurface(title: string, closed: () => void): Surface {
  const sheet = new CSSStyleSheet(); // not a <style>: the page's own content policy may forbid that
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const before = document.activeElement;
  const dialog = document.createElement("dialog");
  dialog.className = "drawbar-link";
  dialog.setAttribute("aria-label", title);
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.allow = "clipboard-read; clipboard-write";
  frame.referrerPolicy = "no-referrer";
  dialog.append(frame);
  document.body.append(dialog);
  // Modal: the browser keeps the focus inside and everything else out of reach, also of screen readers.
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    closed();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) closed();
  });
  frame.addEventListener("load", () => frame.focus());
  return {
    window: () => frame.contentWindow,
    go: (address) => {
      frame.src = address;
    },
    remove: () => {
      dialog.close();
      dialog.remove();
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
      if (before instanceof HTMLElement) before.focus();
    },
  };
}

function popupSurface(closed: () => void): Surface | null {
  // At once, inside the click: a browser blocks a window that opens later.
  const left = Math.max(0, window.screenX + (window.outerWidth - 480) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - 760) / 2);
  const popup = window.open("about:blank", "drawbar-link", `popup,width=480,height=760,left=${left},top=${top}`);
  if (!popup) return null;
  const watch = window.setInterval(() => {
    if (popup.closed) closed();
  }, WATCH_MS);
  return {
    window: () => popup,
    go: (address) => {
      popup.location.replace(address);
    },
    remove: () => {
      window.clearInterval(watch);
      popup.close();
    },
  };
}

/** Open Link. Call it from a click. Exactly one of `onConnected` and `onClose` ends it. */
export function open(options: LinkOptions): LinkHandle {
  const host = new URL(options.host ?? (script || window.location.href));
  const state = randomText();
  const verifier = options.pkce ? randomText() : undefined;
  const report = (code: string, message: string): void => options.onError?.({ code, message });
  let surface: Surface | null = null;
  let open = true;

  function end(): boolean {
    if (!open) return false;
    open = false;
    window.removeEventListener("message", hear);
    surface?.remove();
    return true;
  }

  function closed(): void {
    if (end()) options.onClose?.();
  }

  function hear(event: MessageEvent<unknown>): void {
    const said = event.data as Said | null;
    if (typeof said !== "object" || said === null || said.source !== "drawbar-link") return;
    if (event.origin !== host.origin || event.source !== surface?.window()) {
      report("foreign_origin", `A message that claims to be Link's came from ${event.origin}; it was ignored.`);
    } else if (said.state !== state) {
      report("forged_state", "A message with another state was ignored: it does not belong to this visit.");
    } else if (said.type === "connected" && typeof said.code === "string") {
      if (end()) options.onConnected({ code: said.code, state, ...(verifier && { codeVerifier: verifier }) });
    } else if (said.type === "error") {
      report(String(said.error), String(said.message ?? ""));
    } else if (said.type === "closed") {
      closed();
    }
  }

  const registered = new URL(options.redirectUri, window.location.href).origin;
  if (registered !== window.location.origin) {
    // The browser would show an empty frame: Link may stand only where its answer may be read.
    open = false;
    report(
      "origin_mismatch",
      `This page is at ${window.location.origin}, but redirectUri at ${registered}: register one of this page's origin.`,
    );
    return { close: () => undefined };
  }
  surface = options.mode === "popup" ? popupSurface(closed) : dialogSurface(options.title ?? "Connect", closed);
  if (!surface) {
    open = false;
    report("popup_blocked", "The browser blocked the window: open Link from a click, or allow popups.");
    return { close: () => undefined };
  }
  window.addEventListener("message", hear);
  void (verifier ? challengeOf(verifier) : Promise.resolve(options.codeChallenge)).then((challenge) => {
    const address = new URL("/link/authorize", host);
    const wanted: Record<string, string | undefined> = {
      client_id: options.clientId,
      redirect_uri: options.redirectUri,
      response_type: "code",
      response_mode: "web_message",
      state,
      code_challenge: challenge,
      code_challenge_method: challenge && "S256",
      system: options.system,
      magic: options.magic?.split("/").pop(),
      lang: options.language,
    };
    for (const [name, value] of Object.entries(wanted)) if (value) address.searchParams.set(name, value);
    if (open) surface?.go(address.href);
  });
  return { close: closed };
}
