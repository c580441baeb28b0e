"""Which language a text is written in, by its script and its commonest words."""

from __future__ import annotations

import re

_STOPWORDS = {
    "en": "the and you for that have this with not are your was can from please would will",
    "de": "und die der das ich nicht ist mit sie ein auf bitte wir auch haben für eine den zu",
    "fr": "le la les et vous je pour une que dans est pas nous votre avec des sur ne bonjour",
    "es": "el los que por para una con las del como pero está hola gracias su se lo usted todavía",
    "it": "il che non per una sono con mi della questo ho come anche grazie ciao buongiorno gli",
    "pt": "que não para uma com os por como mais você obrigado olá meu do da em ao foi",
    "nl": "nog er het een van ik niet dat en is op te voor met zijn heb deze maar wij mijn",
    "sv": "och att det jag inte är en på som för med har till kan mitt hej den av",
    "da": "og at det jeg ikke er en på som for med har til kan hej den af jer mig",
    "nb": "og at det jeg ikke er en på som for med har til kan hei den av dere meg",
    "fi": "ja on ei että se hän olen mutta kun niin voi minun hei ovat jos olla ole vielä onko",
    "pl": "nie się na że do jest to jak proszę mam czy dzień dobry już ale dziękuję jestem",
    "cs": "se na je že to jsem ale prosím dobrý den mi jak by pro není děkuji jsme už",
    "tr": "bir ve bu için ben çok ne ama değil merhaba var mı daha gibi lütfen olarak ile",
    "ru": "не что на как это по но мы вы за так для если уже меня здравствуйте",
}
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _STOPWORDS.items():
    for _one in _words.split():
        _LANGUAGES.setdefault(_one, []).append(_language)
# Signs that hardly any other of these languages is written with.
_SIGNS = {
    **dict.fromkeys("¿¡ñ", "es"),
    **dict.fromkeys("ığ", "tr"),
    **dict.fromkeys("ãõ", "pt"),
    **dict.fromkeys("łżśę", "pl"),
    **dict.fromkeys("řěů", "cs"),
    "ß": "de",
    "œ": "fr",
}
_WORD = re.compile(r"[^\W\d_]+")
_SIGNED = re.compile(r"[^\W\d_]+|[¿¡]")
_SAMPLE = 800


def language_of(text: str) -> str:
    """The likeliest language of `text` as a tag of BCP 47, empty when there is no telling."""
    sample = text[:_SAMPLE]
    if not sample.isascii():
        script = _script(sample)
        if script:
            return script
    scores = dict.fromkeys(_STOPWORDS, 0)
    for word in _WORD.findall(sample.lower()):
        for language in _LANGUAGES.get(word, ()):
            scores[language] += 1
    if not sample.isascii():
        for word in _SIGNED.findall(sample):
            if word[0].isupper():
                continue  # a name may be from anywhere
            for language in {_SIGNS[sign] for sign in word if sign in _SIGNS}:
                scores[language] += 1
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= 2 else ""


def _script(sample: str) -> str:
    letters = [letter for letter in sample if letter.isalpha()][:400]
    if not letters:
        return ""
    kana = sum("\u3040" <= one <= "\u30ff" for one in letters)
    hangul = sum("\uac00" <= one <= "\ud7a3" for one in letters)
    han = sum("\u4e00" <= one <= "\u9fff" for one in letters)
    share = len(letters) // 4
    if hangul > share:
        return "ko"
    if kana and kana + han > share:
        return "ja"
    return "zh" if han > share else ""
