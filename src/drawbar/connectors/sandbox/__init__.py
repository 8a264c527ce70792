"""The sandbox: a made-up plant that answers inside this process, to try Drawbar and test clients.

Its API (`server.py`) is spoken to like any vendor's, over requests and answers; nothing is stored.
What it shows is computed from the address and the moment (`plant/`), how it misbehaves from the
connection's switches (`switches.py`).
"""
