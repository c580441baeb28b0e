"""The warnings that gateways put above letters from outside."""

# ruff: noqa: E501 - tables of sentences read best unwrapped

from __future__ import annotations

import re

_EXTERNAL = r"external(?: (?:sender|source|e-?mail|address|party|network|domain|organi[sz]ation|user|contact|account|system)\w{0,2})?(?:\W{0,3}$|[.!,;])"
_THIS = (
    r"(?:this (?:e-?mail|message|mail) (?:is (?:from )?(?:an? )?|(?:(?:has been|has|was|is being|is) )?(?:originat|com|came|sen[td]|receiv|arriv)\w{0,5} (?:\S{1,20} ){0,3}?)"
    rf"(?:outside|{_EXTERNAL})"
    r"|diese (?:e-?mail|nachricht|mail) (?:kommt|stammt|wurde|ist) (?:\S{1,20} ){0,3}?(?:extern(?:en? (?:absender|sender|e-?mail|quelle|adresse|server|domain)|\W|$)|au(?:ß|ss)erhalb)"
    r"|cet? (?:message|courriel|e-?mail|mail|courrier) (?:provient|vient|est|a été|émane) (?:\S{1,20} ){0,4}?(?:\S{1,2}['’])?(?:extern|extérieur)"
    r"|este (?:correo|mensaje|e-?mail)(?: electrónico)? (?:proviene|viene|procede|se originó|fue|ha sido|es) (?:\S{1,20} ){0,4}?(?:extern|fuera)"
    r"|quest[oa] (?:e-?mail|messaggio|mail) (?:proviene|arriva|è) (?:\S{1,20} ){0,4}?(?:\S{1,5}['’])?estern"
    r"|est[ae] (?:mensagem|e-?mail) (?:veio|provém|foi|é|tem) (?:\S{1,20} ){0,4}?(?:extern|fora)"
    r"|(?:dit|deze) (?:e-?mail|bericht|mail) (?:komt|is|werd) (?:\S{1,20} ){0,3}?(?:extern|buiten)"
    r"|(?:denne|dette|detta) (?:e-?mail|mail|e-post\w{0,3}|besked|meddelande\w{0,2}|melding\w{0,2}) (?:kommer|er|är|stammer|skickades) (?:\S{1,20} ){0,3}?(?:e[kx]stern|ut[ea]nfor|udenfor|utanför)"
    r"|ta wiadomość (?:pochodzi|została|jest) (?:\S{1,20} ){0,3}?(?:zewn|spoza))"
)
_CAUTION = re.compile(
    r"^\W{0,4}(?:(?:caution|warning|achtung|attention|external(?: e-?mail| sender| message)?|vorsicht"
    r"|let op|varning|advarsel|uwaga|attenzione|atención|precaución|cuidado|atenção)\b\W{0,4}(?:external(?: e-?mail)?\W{1,4})?(?:the sender of )?"
    + _THIS
    + r"|this message (?:is|came) from an external sender"
    r"|(?:(?:caution|warning|achtung|attention|vorsicht)\W{1,4})?extern(?:al|er?)? (?:e-?mail|sender|message|absender)\W*"
    r"(?:(?:please )?(?:use|do not|don't|don’t|be (?:care|caut|aware|sus)|exercise|think|treat (?:this|it|with|links)|verify)[^?]{0,300})?$)",
    re.IGNORECASE,
)
# What Exchange says of whoever has not written before: it names his address, and where one learns
# why that matters.
_SELDOM = re.compile(
    r"\W{0,4}(?:(?:you|some people who received this message) (?:don['’]t|do not) often get e-?mails? from ADDRESS learn why this is important"
    r"|(?:sie|einige personen, die diese nachricht (?:erhalten haben|erhielten),) erhalten nicht (?:oft|häufig) (?:eine )?e-?mails? von ADDRESS (?:erfahren sie|weitere informationen),? warum dies wichtig ist"
    r"|(?:vous n['’]obtenez pas|vous ne recevez pas|certaines personnes (?:ayant|qui ont) reçu ce message ne reçoivent pas|certaines personnes (?:ayant|qui ont) reçu ce message n['’]obtiennent pas) souvent (?:de |d['’])?(?:e-?mails?|courriers?(?: électroniques?)?|courriels?|messages?)"
    r" (?:de la part de|à partir de|provenant de|de) ADDRESS (?:découvr\w{1,3} |savoir |en savoir plus sur )?pourquoi (?:c['’]est|cela est|ceci est|cela peut être) important"
    r"|(?:(?:usted )?no suele recibir|(?:algunas personas|algunos contactos) que (?:recibieron|han recibido) este mensaje no suelen recibir|no recibe) (?:correos? electrónicos?|correos?|mensajes)(?: a menudo)?(?: con frecuencia)? de ADDRESS"
    r" (?:(?:descubra|obtenga información sobre|más información sobre|información sobre|sepa) )?por qué (?:esto )?es (?:esto )?importante"
    r"|(?:non (?:si riceve|si ricevono|ricevi|riceve) spesso|alcune persone che hanno ricevuto questo messaggio non ricevono spesso) (?:un |dei )?(?:messagg\w{1,2}(?: di posta elettronica)?|e-?mail|posta elettronica) da ADDRESS"
    r" (?:informazioni sul|scopri|scoprire|ulteriori informazioni sul|per saperne di più sul) ?perché (?:questo |ciò )?è importante"
    r"|(?:u (?:ontvangt|krijgt)|sommige (?:mensen|personen) die dit bericht hebben ontvangen,? (?:ontvangen|krijgen)) niet vaak e-?mails?(?:berichten)? van ADDRESS (?:meer informatie over|lees|ontdek|leer) waarom dit belangrijk is"
    r"|(?:(?:você )?não (?:costuma receber|recebe|obtém)|algumas pessoas que receberam est[ae] mensagem não costumam receber) (?:frequentemente )?(?:e-?mails?|mensagens)(?: com frequência| frequentemente)? de ADDRESS (?:saiba|descubra) (?:por ?qu[eê]|por que motivo|porque) (?:isso|isto) é importante"
    r"|(?:du får|vissa som har fått det här meddelandet får) inte ofta e-?post från ADDRESS (?:läs|ta reda på|lär dig|läs mer om)(?: om)? varför det(?: här|ta)? är viktigt"
    r"|(?:du får|nogle personer, der har modtaget denne (?:meddelelse|mail), får) ikke ofte (?:mails?|e-?mails?) fra ADDRESS (?:få mere at vide om|find ud af|læs)?,? ?hvorfor (?:dette|det) er vigtigt"
    r"|(?:du får|noen som har mottatt denne meldingen, får) ikke ofte e-?post fra ADDRESS (?:finn ut|lær|les)(?: mer om)? hvorfor dette er viktig"
    r"|(?:et saa|jotkin tämän viestin vastaanottaneet eivät saa) usein sähköpostia (?:lähettäjältä|osoitteesta) ADDRESS (?:lue lisätietoja siitä|lisätietoja siitä|lue|tietoja siitä),? miksi tämä on tärkeää"
    r"|(?:nie otrzymujesz często|niektóre osoby, które otrzymały tę wiadomość, nie otrzymują często|nieczęsto otrzymujesz) wiadomości(?: e-?mail)? (?:z adresu|od|z) ADDRESS dowiedz się, dlaczego (?:jest to|to jest) ważne"
    r"|e-?maily od ADDRESS? ?nedostáváte (?:moc )?často\W{1,3}(?:zjistěte, )?proč je to důležité|вы нечасто получаете (?:электронные письма|письма|сообщения(?: электронной почты)?) от ADDRESS (?:узнайте, )?почему это важно"
    r"|ADDRESS? ?からメールを(?:受け取ることはあまりありません|頻繁に受け取っていません|受け取ることがあまりありません|受け取る頻度は高くありません)\W{0,3}(?:これが|この点が|このことが)重要(?:である|な)理由(?:について|の)?(?:は|を|に)?(?:こちら|確認|学習|詳細|説明)?\w{0,8}"
    r"|(?:你|您)(?:通常不会|不常|不經常|不经常|通常不會)收到来?來?自 ?ADDRESS? ?的电?電?子?(?:邮件|郵件)\W{0,3}了解(?:为什么|為什麼|為何|为何)?(?:这一点|這|这)?(?:为什么|為什麼|為何|为何)?很?重要"
    r")(?: (?:at|à l['’]adresse|en|auf|unter|su|op|på|em|pod adresem))?\W{0,4}(?:https?://\S{1,200}\W{0,4})?$".replace(
        "ADDRESS?", r"\S{1,64}@\S{1,100}"
    ).replace("ADDRESS", r"\W{0,2}\S{1,64}@\S{1,100}\W{1,4}"),
    re.IGNORECASE,
)


def cautions(line: str, sender: str = "") -> bool:
    """Whether it is the warning that a gateway puts before every letter from outside.

    `sender` is the letter's own, in lower case: Exchange names it, people paste another's.
    """
    if _CAUTION.match(line) is not None:
        return True
    if "@" not in line or _SELDOM.match(line) is None:
        return False
    return not sender or sender in line.lower()
