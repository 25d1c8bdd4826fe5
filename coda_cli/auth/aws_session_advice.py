"""What AWS's words about a role's session mean, and what to do next.

Owns the refusals that are about how long a session shall last, and about the MFA code it was asked for with.
Who may assume the role is another matter, of ``aws_failures``.
"""

from __future__ import annotations


def session_advice(message: str) -> tuple[str, ...]:
    """Return the next step for a refusal that is about the session; nothing for any other."""
    said = message.lower()
    if "multifactorauthentication failed" in said:
        return (
            "The MFA code was mistyped, or used already, or is another device's:",
            "run the command again, with the next code that the device shows.",
        )
    if "durationseconds" not in said:
        return ()
    if "chaining" in said:
        return (
            "The credentials that the role is assumed with are a role's themselves (those of SSO are, too).",
            "AWS ends such a session after one hour: leave out --duration (in a profile, duration_seconds),",
            "or give 3600 seconds at most. It is replaced before its end, however long the run is.",
        )
    if "maxsessionduration" in said:
        return (
            "The role's own maximum is less: raise it (aws iam update-role --max-session-duration),",
            "or ask for less by --duration (in a profile, duration_seconds).",
        )
    return ("A session lasts from 900 to 43200 seconds.",)
