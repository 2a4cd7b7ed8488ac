"""Headers of every answer below /console/ (security: content policy, no storing, no referrer)."""

from flask import Response, request

from handlers.console.cookies import ROOT

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def protect(response: Response) -> Response:
    """Sets the headers on the console's answers, refusals and errors included."""
    if not request.path.startswith(ROOT):
        return response
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    is_asset = request.path.startswith(f"{ROOT}static/") and response.status_code in (200, 304)
    headers["Cache-Control"] = "no-cache" if is_asset else "no-store"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
