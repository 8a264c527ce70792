"""What `/oauth` takes and answers, for the OpenAPI document."""

from typing import Any

from drawbar.kit.http.openapi import answering, posted_form

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
ID = {"type": "string", "format": "uuid"}
CLIENT = {
    "client_id": "Of a public client, or of one that sends its secret here.",
    "client_secret": "Unless it is in the Authorization header (Basic).",
}
TOKEN = {"token": "The access or refresh token.", "token_type_hint": "Not needed."}
REFUSAL = {
    "application/json": {
        "schema": {
            "type": "object",
            "description": "Refused in OAuth's own words (RFC 6749 §5.2).",
            "required": ["error", "error_description"],
            "properties": {"error": TEXT, "error_description": TEXT},
        }
    }
}


def _answer(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return answering({"type": "object", "required": required, "properties": properties})


TOKEN_OPERATION = {
    **posted_form(
        ["grant_type"],
        grant_type="authorization_code, refresh_token or client_credentials.",
        code="From Link.",
        redirect_uri="The one the code was sent to; with PKCE it may be left out.",
        code_verifier="The text behind the code_challenge Link was given (RFC 7636).",
        refresh_token="The newest of its family.",  # noqa: S106 - a sentence
        scope="Not needed: connection or admin, by grant_type.",
        **CLIENT,
    ),
    **_answer(
        ["access_token", "token_type", "expires_in", "expires_at", "scope"],
        access_token=TEXT,
        token_type={"const": "Bearer"},
        expires_in=NUMBER,
        expires_at=NUMBER,
        scope={"enum": ["connection", "admin"]},
        connection_id=ID,
        refresh_token=TEXT,
    ),
    "refusal": REFUSAL,
}
REVOKE_OPERATION = {**posted_form(["token"], **TOKEN, **CLIENT), **_answer([]), "refusal": REFUSAL}
INTROSPECT_OPERATION = {
    **posted_form(["token"], **TOKEN, **CLIENT),
    **_answer(
        ["active"],
        active={"type": "boolean"},
        scope={"enum": ["connection", "admin"]},
        client_id=TEXT,
        token_type={"const": "Bearer"},
        exp=NUMBER,
        iat=NUMBER,
        iss=TEXT,
        connection_id=ID,
    ),
    "refusal": REFUSAL,
}
