"""The words of mailing lists: that one is a member, and how one leaves."""

# ruff: noqa: E501 - tables of sentences read best unwrapped

from __future__ import annotations

import re

MOST = 3000  # characters that are looked at
_LEAVING = re.compile(
    r"\W{0,4}(?:you(?: are|'re|’re)? (?:receiving|received|have received|get|got) this\b.{0,40}(?:because|since|as) you\b.{0,40}(?:subscribed|signed up)"
    r"|sie (?:erhalten|bekommen|haben) diese.{0,40}(?:weil|da) .{0,60}(?:abonn|angemeldet|eingetragen)"
    r"|vous (?:recevez|avez reçu) cet? .{0,40}(?:parce que|car|puisque) .{0,40}(?:abonn|inscrit)"
    r"|(?:has recibido|ha recibido|recibes?|está recibiendo) este .{0,30}(?:porque|ya que) .{0,40}suscri"
    r"|(?:hai ricevuto|ricevi|avete ricevuto) quest.{0,30}(?:perché|in quanto) .{0,40}iscritt"
    r"|você (?:está recebendo|recebeu|recebe) es[st]{1,2}a .{0,30}porque .{0,40}(?:inscrit|assin)"
    r"|(?:u|je) (?:ontvangt|krijgt|hebt|heeft) .{0,40}omdat .{0,40}(?:geabonneerd|ingeschreven)"
    r"|list-?unsubscribe ?:)",
    re.IGNORECASE,
)
_LEAVE = re.compile(
    r"\W{0,4}(?:you(?: are|'re|’re)? (?:receiving|received|have received|get|got) this\b.{0,40}(?:because|since|as) you\b.{0,40}(?:member|group|list)"
    r"|to (?:unsubscribe|un/subscribe)(?: from (?:this|our)\b.{0,40}?(?:[,:](?!//)|\b(?:and stop|send|visit|click|go|e-?mail|reply|write|please)\b)"
    r"| from the \S{1,30} (?:mailing )?list[,:]| or\b|\W{1,3}(?:send|visit|go|click|e-?mail|write|please|https?|mailto)\b| \S{1,30}@)"
    r"|to (?:view this discussion|post to this (?:group|list)|visit (?:this|your) group"
    r"|manage your (?:subscription|membership)s?\W{0,2}(?:[,:<(]|\b(?:or|and|go|visit|click|https?)\b))"
    r"|um sich (?:aus|von) .{0,60}abzumelden[,:]? (?:senden|schicken|klicken|besuchen|gehen|schreiben|bitte|<?https?|<?mailto)"
    r"|pour (?:se|vous) dés(?:abonner|inscrire)|se désabonner de (?:cette|la) liste ?[:<]"
    r"|para (?:cancelar (?:la|su|a|sua) (?:suscripción|inscrição|assinatura)|darse de baja|anular (?:la|su) suscripción)"
    r"|per (?:cancellar|disiscriver)\w{1,3})",
    re.IGNORECASE,
)
# A line that ends with the address to which one writes, or goes, to leave.
_COMMAND = re.compile(
    r"\W{0,4}(?:(?:to|for|list-\w{1,12}|unsubscribe|subscribe|abmelden|manage)\b.{0,100}[-+](?:unsubscribe|request|leave|help|owner)@\S{1,100}"
    r"|(?:unsubscribe|abmelden|désabonnement|désinscription) ?[:<] ?<?(?:https?://|mailto:)\S{1,300})\W*",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"://|@|mailto|\bsend |\bvisit|\bclick|klick|\bsenden|cliquez|envoyez|\bclic|envíe|invia",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\W{0,4}(?!the |our |your |this |my |a |die |unsere |la |notre |votre |nuestra )(?:\S{1,40} ){1,2}"
    r"(?:mailing ?list\w{0,3}|mailinglist|maillist|discussion list)(?: -{1,2} \S{1,80}@\S{1,80})?\W*",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\W{0,4}(?:\w{1,20} ?: ?)?<?(?:https?://|mailto:)?(?=\S*(?:[@/]list|listinfo|mailman|@))\S++\W*+"
)
_AHEAD = 3  # lines that a sentence of a list may be wrapped to


def _is_way(line: str) -> bool:
    """Whether a line is a list's page, or says how one leaves it."""
    return any(one.fullmatch(line) for one in (_PAGE, _COMMAND)) or _LEAVE.match(line) is not None


def lists(lines: list[str]) -> int:
    """Where the words of a mailing list begin in these lines, joined with blanks; -1 if nowhere."""
    place = 0
    for number, line in enumerate(lines):
        said = " ".join(lines[number : number + _AHEAD])[:400]
        if _LEAVING.match(said) or _COMMAND.fullmatch(line):
            return place
        if _LEAVE.match(said) and _WHERE.search(said):
            return place
        if _NAME.fullmatch(line) and any(map(_is_way, lines[number + 1 : number + 4])):
            return place
        place += len(line) + 1
        if place > MOST:
            break
    return -1
