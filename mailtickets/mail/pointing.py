"""Who answers within the older letter says so above it: "see my answers below", "in red"."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

# For each language what it points by, which few lines have, and the whole sentence.
_TABLE: tuple[tuple[str, str], ...] = (
    (
        "below|line|in red|in blue|in green|in yellow|in bold|in colo|in cap|with *|insert|after each|under|in the body|in your|in the|next to|interspersed|between|typed into|see -|blw|purple|highlighted|notes to|scroll|further down|embedded|within your|mine in",
        (r"\b(?:answers?|answered|comment(?:s|ed)?|repl(?:y|ies|ied)|respon(?:se|ses|d|ded)|remarks?|marked)\b.{0,40}\b(?:below|in ?-?line|in (?:red|blue|green|yellow|bold|colou?r|capitals|caps)|with \*+|inserted|(?:after|under) each|underneath|in the body|in (?:your|the) (?:e-?mail|mail|text|message))"
        r"|\b(?:answers?|comments?|repl(?:y|ies)|notes?) (?:are )?embedded\b(?! in (?:the|an?|that|this) )|\b(?:answer|comment|repl|respon|note)\w{0,6}\b.{0,30}\b(?:further down(?! the)|within your (?:e-?mail|mail|text|message))|\bmine in (?:red|blue|green|bold)\b"
        r"|\b(?:see|my|please see)\b.{0,20}\bin-?line\b|\b(?:see|below|text) in (?:red|blue|green|bold|colou?r)\b|\bsee\b.{0,30}\bbelow\b|\banswered in your\b"
        r"|\b(?:repl(?:y|ies)|answers?|comments?) (?:are )?interspersed|\b(?:answers?|replies|comments?|responses?)\b.{0,20}\b(?:between \*|in between|in (?:purple|orange|yellow))"
        r"|\b(?:typed|wrote|written|put (?:it|them|my answers?)|filled) (?:it |them |this )?in(?:to|side) your (?:e-?mail|mail|letter|text|message)|\bsee ?[-=]{1,3}>|\b(?:below|blw)\b.{0,12}\b(?:answers?|replies)"
        r"|\bpls see blw\b|\b(?:additions?|answers?|changes?|notes?) (?:are )?(?:highlighted|marked)\b|\badded my (?:notes|answers|comments) (?:to|in) (?:your|the)\b|\bscroll down for my\b|\bbetween your lines\b"
        r"|\b(?:filled (?:it |them )?(?:in|out)|completed? (?:form|list|table))\b.{0,20}\bbelow\b"
        r"|\b(?:under|after|below|next to) (?:each|every|all|the|your)(?: of (?:your|the))? questions?\b"),
    ),
    (
        "unten|rot|blau|grün|fett|farbig|im text|in der mail|geschrieben|ausgefüllt|frage|unter |siehe|s.u|s. u|dazwischen|gelb|unterhalb|ihrem mail|deinem mail|in ihre|in deine|in eure|kommentare",
        (r"\b(?:antwort\w{0,12}|anmerkung\w{0,12}|kommentar\w{0,12}|ergänzung\w{0,12}|markiert|beantwortet|eingetragen|siehe).{0,40}(?:\bunten\b|\bin (?:rot|blau|grün|fett)\b|im text|in der mail|farbig)"
        r"|(?:hinein|rein|dazu|drunter|darunter)geschrieben|(?:unter|neben) (?:der|den|die|jeder|ihre[rn]?) fragen?\b|siehe ihre mail"
        r"|\b(?:unten|drunter)\b.{0,30}(?:ausgefüllt|ergänzt|eingetragen|beantwortet|geschrieben)|ausgefüllt (?:zurück|retour)|ausgefüllte[nrs]? (?:formular|fragebogen|liste|tabelle)|(?:^|[,!.] ?)\W*s\. ?u\.|\bunten (?:ge|be)antwortet|\bunterhalb\b.{0,20}antwort|\bsiehe (?:rot|blau|gelb|grün)\b|\b(?:antwort\w{0,3}|alles|anmerkung\w{0,3})\b.{0,20}(?:dazwischen|gelb|darunter)\b|\bin ihrem mail\b|\b(?:geantwortet|antworte|kommentiere?|kommentiert|geschrieben)\b.{0,20}\bin (?:ihre[rm]?|deine[rm]?|eure[rm]?) (?:e-?mail|mail|nachricht)|\bin (?:ihre|deine|eure) (?:e-?mail|mail|nachricht) (?:hinein)?(?:geantwortet|geschrieben)|\bsiehe (?:auch )?meine kommentare\b(?! (?:im|in|am|zu)\b)|\bfett darunter\b|\bantworten \((?:fett|rot|blau|grün|farbig)\)"
        r"|\bantwort\w{0,3}\b.{0,20}\bunter (?:ihre[rm]|deine[rm]|eure[rm]|der) (?:e-?mail|mail|nachricht|frage)"),
    ),
    (
        "dessous|après|infra|plus bas|rouge|bleu|vert|gras|majuscules|dans l|dans t|dans v",
        r"\bcf\.? infra\b|\b(?:répond\w{0,3}|réponses?|commentaires?|remarques?|cf\.?|voir).{0,40}(?:ci-dessous|ci-après|plus bas|en (?:rouge|bleu|vert|gras|majuscules)|dans (?:le|ton|votre) (?:texte|corps|mail|message|courriel))",
    ),
    (
        "abajo|debajo|rojo|azul|verde|negrit|líneas|línea|mayúsculas|en tu|en su|en el",
        (r"\b(?:respuestas?|comentarios?|respondo|contest\w{1,4}|ver).{0,40}(?:\babajo\b|más abajo|debajo de cada|en (?:rojo|azul|verde|negrita)|en (?:tu|su|el) (?:mismo )?(?:correo|e-?mail|mensaje|texto))"
        r"|\b(?:rellenad|completad)[oa]s?\b.{0,30}\babajo\b|entre líneas|respuestas? en línea|en mayúsculas|\b(?:véase|vea|mire)\b.{0,20}\babajo\b"),
    ),
    (
        "sotto|seguito|rosso|blu|verde|grassetto|nel |nella|in linea",
        r"\brispondo in linea\b|\bin (?:rosso|blu|verde)\b.{0,15}\brispost|\b(?:rispost[aeo]|comment[oi]|rispondo|ved(?:i|ere)).{0,40}(?:\bsotto\b|di seguito|in (?:rosso|blu|verde|grassetto)|nel (?:testo|corpo)|nella (?:tua|sua|vostra) (?:e-?mail|mail))",
    ),
    (
        "baixo|vermelho|azul|verde|negrit|corpo do|no seu|no teu|no vosso",
        (r"\b(?:respostas?|comentários?|respond\w{1,2}|segue\w{0,2}|ver).{0,40}(?:\babaixo\b|\bem baixo\b|(?:em|a) (?:vermelho|azul|verde|negrito)|no (?:seu|teu|vosso) (?:e-?mail|mail))"
        r"|no corpo do e-?mail"),
    ),
    (
        "hieronder|onder|ertussen|beneden|rood|blauw|groen|vet|tekst|in je|in jouw|in uw|in de mail|antwoorden",
        (r"\b(?:antwoord\w{0,12}|opmerking\w{0,12}|reactie\w{0,12}|gereageerd|geantwoord|zie).{0,40}(?:hieronder|in (?:het )?(?:rood|blauw|groen|vet)\b|in (?:de|je|jouw|uw) (?:e-?mail|mail|bericht|tekst))"
        r"|\bantwoord\w{0,3}\b.{0,20}\bertussen\b|\bzie (?:onder|beneden|mijn antwoorden)|onder (?:je|uw) vragen"),
    ),
    (
        "nedan|nedenfor|under|rött|rødt|med rø|blått|blåt|i text|i tekst|i ditt|i din|i mailen|i meldingen|i mejlet",
        (r"\b(?:svar\w{0,12}|besvar\w{0,3}|kommentar\w{0,5}).{0,40}(?:\bnedan\b|\bnedenfor\b|\bunder\b(?=\W*$)|i (?:rött|rødt|blått|blåt)|i (?:texten|teksten|mailen|meldingen|mejlet|ditt? (?:mejl|mail|e-post)|din (?:mail|e-post)))"
        r"|\bmed (?:rødt|rött|blåt|blått)\b|\bse (?:mina svar |mine svar )?(?:nedan|nedenfor|under)\b|svar(?:er|a)? i te[xk]sten"),
    ),
    (
        "alla|alle|punaisella|sinisellä|seassa|tekstissä",
        r"\b(?:vasta\w{1,14}|kommen\w{1,10}|katso).{0,40}(?:\balla\b|\balle\b|punaisella|sinisellä|seassa|tekstissä)",
    ),
    (
        "poniżej|niżej|czerwon|niebiesk|zielon|w treści|w tekście|w mailu",
        r"\b(?:odpowie\w{1,8}|odpowiad\w{1,6}|komentarz\w{0,3}|patrz|zob\.?|zobacz).{0,40}(?:poniżej|niżej|na (?:czerwono|niebiesko|zielono)|w (?:treści|tekście|mailu))",
    ),
    (
        "níže|červen|modř|zelen|v text|do text",
        r"\b(?:odpov\w{1,8}|koment\w{1,8}|viz).{0,40}(?:níže|červen\w{1,2}|modř\w{1,2}|zelen\w{1,2}|v text\w{1,2}|do textu)",
    ),
    (
        "ниже|красн|синим|зелен|зелён|в тексте|письме|внутри",
        r"\b(?:ответ\w{0,10}|отвеча\w{1,5}|комментари\w{1,3}|см\.?|смотри(?:те)?).{0,40}(?:ниже|красным|синим|зел[её]ным|в тексте|в (?:вашем|тво[её]м) письме|внутри)",
    ),
    (
        "нижче|червоним|синім|тексті",
        r"\b(?:відповід\w{0,6}|відповім|коментар\w{0,4}|див\.?).{0,40}(?:нижче|червоним|синім|[ув] тексті)",
    ),
    (
        "aşağı|kırmızı|mavi|yeşil|metin|altta|altın",
        r"\b(?:cevap|yanıt)\w{0,12}.{0,40}(?:aşağı|kırmızı|mavi|yeşil|metin|altta|altında|altına)|aşağı\w{0,3}.{0,20}(?:cevap|yanıt|bak)",
    ),
    ("lent|lejjebb|pirossal|kékkel|szövegben", r"\bválasz\w{0,12}.{0,30}(?:lent|lejjebb|pirossal|kékkel|szövegben)"),
    ("παρακάτω|κόκκινο", r"(?:απαντ|δείτε|βλ).{0,20}(?:παρακάτω|κόκκινο)"),
    ("למטה|אדום|בגוף", r"(?:עני|תשוב|ראה|ראו).{0,20}(?:למטה|אדום|בגוף ה)"),
    ("أدناه|الأحمر|نص رسالت", r"(?:رد|إجاب|أجب|جواب|تعليق|انظر).{0,30}(?:أدناه|الأحمر|نص رسالت)"),
    ("در متن|در زیر|قرمز", r"(?:پاسخ|جواب).{0,30}(?:در متن|در زیر|قرمز)"),
    ("bên dưới|phía dưới|màu đỏ", r"(?:trả lời|phản hồi|câu trả lời).{0,30}(?:bên dưới|phía dưới|màu đỏ)"),
    ("ด้านล่าง|ข้างล่าง|สีแดง", r"(?:ตอบ|คำตอบ|ดู).{0,30}(?:ด้านล่าง|ข้างล่าง|สีแดง)"),
    ("mai jos|cu roșu|cu roşu|în text", r"\b(?:răspuns\w{0,4}|comentari\w{0,3}|vezi).{0,30}(?:mai jos|cu ro[șş]u|în text)"),
    (
        "见下|見下|如下|下面|下方|下文|红|紅|蓝色|藍色|原文|文中|正文",
        (r"(?:回复|回覆|答复|答覆|回答|解答).{0,20}(?:见下|見下|如下|下面|下方|下文|红|紅|蓝色|藍色|原文|文中|正文)"
        r"|(?:原文|文中|正文|下面|下方).{0,20}(?:回复|回覆|答复|答覆|回答|解答)|(?:见|見)下|(?:看|参|參)(?:下面|下方)|(?:红|紅)(?:色)?(?:字|部分)|(?:蓝|藍)(?:色)?(?:字|部分)"),
    ),
    (
        "赤字|青字|下記|以下|本文|文中|行間|インライン|】",
        r"(?:赤字|青字|下記|以下|本文中|文中|行間).{0,20}(?:回答|返信|コメント|記入|お答え)|(?:回答|返信|コメント).{0,20}(?:赤字|青字|下記に|以下に|本文中)|インライン|】(?:で|に|として)回答",
    ),
    (
        "아래|빨간|파란|본문|밑",
        r"(?:본문|아래|빨간|파란|밑).{0,20}(?:답변|답장|답 |회신|적었|적어)|답변.{0,20}(?:아래|본문|밑|빨간|파란)",
    ),
)  # fmt: skip
# A few words that end in one of these: "Completed below, thanks".
_BELOW = re.compile(
    r"(?:\b(?:below|underneath|in-?line|unten|drunter|ci-dessous|plus bas|abajo|(?:qui )?sotto|di seguito|abaixo|em baixo|hieronder|onderaan|nedan|nedenfor|nedenunder"
    r"|alla|alle|alapuolella|poniżej|niżej|níže|nižšie|ниже|нижче|aşağıda|lent|alább|lejjebb)|见下|見下|如下|下面|下方|下記|以下|下に|아래에?)"
    r"[\s,.!;)。！-]*(?:(?:please|thanks?|thank you|thx|danke|bitte|vielen dank|merci|gracias|grazie|obrigad[oa]|dank|tack|tak|takk|kiitos|dzięki|díky|спасибо|teşekkürler)[\s.!]*)?$",
    re.IGNORECASE,
)
_THING = re.compile(  # "I agree with the points below": that is no answer
    r"\b(?:the|these|those|this|that|der|die|das|den|dem|diese\w?|les?|la|las|los|el|il|lo|gli|i|os?|as?|de|het)\s+(?:\w+\s+){1,3}\w+[\s.,!:;)]*$",
    re.IGNORECASE,
)
_FEW = 8
"""Words of a line that says no more than that."""

_ROWS = [(tuple(by.split("|")), re.compile(said, re.IGNORECASE)) for by, said in _TABLE]


def points_down(text: str) -> bool:
    """Whether one of these lines says that its writer's answers stand in the older letter below."""
    small = text.lower()
    for line in small.split("\n"):
        if len(line.split()) <= _FEW and _BELOW.search(line) and not _THING.search(line):
            return True
    for by, said in _ROWS:
        found = [word for word in by if word in small]
        if found:
            for line in small.split("\n"):
                if any(word in line for word in found) and said.search(line):
                    return True
    return False
