"""What an answer of the next hop means for a letter, or for us (RFC 5321 section 4.2, RFC 3463)."""

from __future__ import annotations

from mailtickets.errors import Permanent, Temporary
from mailtickets.relay.replies import Answer

# Answers about us, not about the letter: we are out of step, or must authenticate (RFC 4954).
_OURS = frozenset({500, 502, 503, 530, 534, 535, 538})

_DEFAULT = {
    421: "3.2",
    450: "2.0",
    451: "3.0",
    452: "3.1",
    455: "5.4",
    501: "5.4",
    551: "1.6",
    552: "2.2",
    553: "1.3",
    555: "5.4",
    556: "1.10",
}


def about_host(answer: Answer) -> bool:
    """Whether a refusal is no answer about the letter: the next letter will have the same one.

    The next hop closes, is full (RFC 3463 section 3.4: X.3), or is out of step with us.
    """
    if 400 <= answer.code < 500:
        return answer.code == 421 or answer.status.startswith("3.")
    return answer.code in _OURS or not 500 <= answer.code < 600


def trouble(answer: Answer, host: str, stage: str) -> Permanent | Temporary:
    """The failure that a refusal at MAIL, RCPT, DATA or the dot is.

    Only an answer about the letter is permanent (the second law of the design).
    """
    text = f"{host} said: {answer.words}"
    code = answer.code
    if 400 <= code < 500:
        return Temporary(answer.status or _DEFAULT.get(code, "0.0"), text)
    if code in _OURS:
        return Temporary(answer.status or "5.0", text, loud=True)
    if not 500 <= code < 600:
        return Temporary("5.0", f"{host} gave an answer that does not fit: {answer.words}")
    if code == 552 and stage == "RCPT" and not answer.status:
        return Temporary("5.3", text)  # too many recipients (RFC 5321 section 4.5.3.1.10)
    status = answer.status or _DEFAULT.get(code, "0.0")
    if not answer.status and code == 550:
        status = "1.1" if stage == "RCPT" else "7.1"
    if not answer.status and code == 552 and stage != "RCPT":
        status = "3.4"
    return Permanent(status, text)


def refused(answer: Answer, host: str, stage: str, *, loud: bool = False) -> Temporary:
    """What a refusal before any letter is: always ours, whatever its code."""
    status = answer.status or ("3.2" if stage in {"greeting", "EHLO"} else "7.0")
    return Temporary(status, f"{host} said to {stage}: {answer.words}", loud=loud)
