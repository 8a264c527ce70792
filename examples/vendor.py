"""A software vendor's application in one file: its page opens Link, its server gets the token.

    python examples/vendor.py

Runs beside `make demo` with nothing but Python: reads the application's client id and secret from
var/demo.json, serves http://localhost:8901, and reads purchase orders with the token it was given.
"""

import base64
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PORT = 8901
ORIGIN = f"http://localhost:{PORT}"
REDIRECT_URI = f"{ORIGIN}/connected"
"""Registered for the demo's application; an application of yours registers its own."""
PATIENCE_S = 60

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Fleetwise</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
  button { font: inherit; padding: .5rem 1rem }
  table { border-collapse: collapse; width: 100% }
  td, th { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #8884 }
</style>
<h1>Fleetwise</h1>
<p>We read your purchase orders wherever you keep them.</p>
<p><button id="connect">Connect your system</button> <output id="told"></output></p>
<table id="orders"></table>
<script src="{hub}/link/drawbar-link.js"></script>
<script>
  const told = document.getElementById("told");
  document.getElementById("connect").onclick = () => DrawbarLink.open({
    clientId: "{client_id}", redirectUri: "{redirect_uri}", pkce: true,
    onConnected: async (connected) => {
      told.textContent = "Connected. Reading …";
      const answer = await fetch("/connected", { method: "POST", body: JSON.stringify(connected) });
      const { error, orders } = await answer.json();
      told.textContent = error ?? `The first ${orders.length} of your purchase orders:`;
      for (const order of orders ?? []) {
        const row = document.getElementById("orders").insertRow();
        for (const text of [order.display_id, order.status, order.gross_total, order.currency])
          row.insertCell().textContent = text ?? "–";
      }
    },
    onClose: () => { told.textContent = "Not connected."; },
    onError: (error) => { told.textContent = error.message; },
  });
</script>
</html>
"""


class Hub:
    """What the vendor's server asks of Drawbar."""

    def __init__(self, demo: dict[str, Any]) -> None:
        self.url = demo["url"]
        self.client_id = demo["admin"]["client_id"]
        self._secret = demo["admin"]["client_secret"]

    def token(self, code: str, verifier: str) -> str:
        """Exchange the code, once and within ten minutes, for the connection's token."""
        pair = base64.b64encode(f"{self.client_id}:{self._secret}".encode()).decode()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": REDIRECT_URI,
        }
        body = urlencode(form).encode()
        granted = self._ask("/oauth/token", {"Authorization": f"Basic {pair}"}, body)
        return str(granted["access_token"])

    def purchase_orders(self, token: str) -> list[Any]:
        """Return the first page, once the first sync has read them."""
        bearer = {"Authorization": f"Bearer {token}"}
        for _ in range(PATIENCE_S):
            status = self._ask("/api/v1/sync-status", bearer)
            if status["last_successful_sync_at"]:
                break
            time.sleep(1)
        page = self._ask("/api/v1/purchase-orders?limit=10", bearer)
        return list(page["data"])

    def _ask(self, path: str, headers: dict[str, str], body: bytes | None = None) -> Any:
        # The address is the one `make demo` printed.
        with urlopen(Request(self.url + path, body, headers), timeout=30) as answer:  # noqa: S310
            return json.load(answer)


class Vendor(BaseHTTPRequestHandler):
    """Two routes: the page, and what its script tells when a customer has connected."""

    hub: Hub

    def do_GET(self) -> None:
        """Show the page."""
        page = PAGE
        facts = {"hub": self.hub.url, "client_id": self.hub.client_id, "redirect_uri": REDIRECT_URI}
        for name, value in facts.items():
            page = page.replace(f"{{{name}}}", value)
        self._answer(page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """Take the code, keep the token on this side, and give the page what it shows."""
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            token = self.hub.token(said["code"], said["codeVerifier"])
            told = {"orders": self.hub.purchase_orders(token)}
        except HTTPError as error:
            problem = json.load(error)
            told = {"error": problem.get("detail") or problem.get("error_description")}
        self._answer(json.dumps(told).encode(), "application/json")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until Ctrl-C."""
    record = Path(sys.argv[1] if len(sys.argv) > 1 else "var/demo.json")
    if not record.exists():
        sys.exit(f"{record} is not there. Start the demo first: make demo")
    Vendor.hub = Hub(json.loads(record.read_text()))
    print(f"Open {ORIGIN}  (Ctrl-C stops it)")
    try:
        HTTPServer(("127.0.0.1", PORT), Vendor).serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
