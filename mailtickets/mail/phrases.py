"""What our own letters say by themselves, in the languages of those who read them."""

from __future__ import annotations

from attrs import frozen


@frozen
class Phrases:
    """One language's sentences. Braces are filled in by whoever writes the letter."""

    language: str
    ticket: str
    wrote: str
    opened_subject: str
    opened: str
    failed_subject: str
    failed: str
    reason: str
    given_up: str
    unattached: str
    too_large: str
    gone: str
    unsubscribe: str
    leave: str
    left: str
    again: str
    back: str


ENGLISH = Phrases(
    language="en",
    ticket="Ticket {ticket}. Just reply to this letter to answer.",
    wrote="{name} wrote on {date}:",
    opened_subject="We have your letter",
    opened=(
        "Your letter has reached us and is now ticket {ticket}. We will answer it.\n"
        "To add something, just reply to this letter."
    ),
    failed_subject="Your letter could not be delivered",
    failed="Your letter could not be delivered to",
    reason="The reason: {reason}",
    given_up=(
        "It will not be tried again. Please check the address. If you think that this is a\n"
        "mistake, write to {postmaster} and name this letter: {trace}"
    ),
    unattached="These files could not be attached:",
    too_large="too large to be mailed",
    gone="not to be had any more",
    unsubscribe="Stop receiving letters about this ticket",
    leave="You, {address}, receive the answers to ticket {ticket}.",
    left="{address} receives no more letters about ticket {ticket}.",
    again="Receive them again",
    back="{address} receives the answers to ticket {ticket} again.",
)
GERMAN = Phrases(
    language="de",
    ticket="Ticket {ticket}. Antworten Sie einfach auf diese Nachricht.",
    wrote="{name} schrieb am {date}:",
    opened_subject="Ihre Nachricht ist angekommen",
    opened=(
        "Ihre Nachricht ist bei uns angekommen und hat die Nummer {ticket}. Wir antworten Ihnen.\n"
        "Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Nachricht."
    ),
    failed_subject="Ihre Nachricht konnte nicht zugestellt werden",
    failed="Ihre Nachricht konnte nicht zugestellt werden an",
    reason="Der Grund: {reason}",
    given_up=(
        "Es wird nicht noch einmal versucht. Bitte prüfen Sie die Adresse. Wenn Sie das für einen\n"
        "Irrtum halten, schreiben Sie an {postmaster} und nennen Sie diese Nachricht: {trace}"
    ),
    unattached="Diese Dateien konnten nicht angehängt werden:",
    too_large="zu groß für eine E-Mail",
    gone="nicht mehr vorhanden",
    unsubscribe="Keine Nachrichten mehr zu diesem Ticket erhalten",
    leave="Sie, {address}, erhalten die Antworten zu Ticket {ticket}.",
    left="{address} erhält keine Nachrichten mehr zu Ticket {ticket}.",
    again="Wieder erhalten",
    back="{address} erhält die Antworten zu Ticket {ticket} wieder.",
)
FRENCH = Phrases(
    language="fr",
    ticket="Ticket {ticket}. Pour répondre, répondez simplement à ce message.",
    wrote="{name} a écrit le {date} :",
    opened_subject="Nous avons reçu votre message",
    opened=(
        "Votre message nous est parvenu sous le numéro {ticket}. Nous y répondrons.\n"
        "Pour ajouter quelque chose, répondez simplement à ce message."
    ),
    failed_subject="Votre message n'a pas pu être remis",
    failed="Votre message n'a pas pu être remis à",
    reason="La raison : {reason}",
    given_up=(
        "Il n'y aura pas d'autre tentative. Veuillez vérifier l'adresse. S'il s'agit d'une\n"
        "erreur, écrivez à {postmaster} en indiquant ce message : {trace}"
    ),
    unattached="Ces fichiers n'ont pas pu être joints :",
    too_large="trop volumineux pour un courriel",
    gone="plus disponible",
    unsubscribe="Ne plus recevoir de messages au sujet de ce ticket",
    leave="Vous, {address}, recevez les réponses au ticket {ticket}.",
    left="{address} ne reçoit plus de messages au sujet du ticket {ticket}.",
    again="Les recevoir à nouveau",
    back="{address} reçoit à nouveau les réponses au ticket {ticket}.",
)
SPANISH = Phrases(
    language="es",
    ticket="Ticket {ticket}. Para contestar, responda a este mensaje.",
    wrote="{name} escribió el {date}:",
    opened_subject="Hemos recibido su mensaje",
    opened=(
        "Su mensaje nos ha llegado y tiene el número {ticket}. Le contestaremos.\n"
        "Para añadir algo, responda a este mensaje."
    ),
    failed_subject="Su mensaje no se ha podido entregar",
    failed="Su mensaje no se ha podido entregar a",
    reason="El motivo: {reason}",
    given_up=(
        "No se intentará de nuevo. Compruebe la dirección, por favor. Si cree que es un error,\n"
        "escriba a {postmaster} e indique este mensaje: {trace}"
    ),
    unattached="Estos archivos no se han podido adjuntar:",
    too_large="demasiado grande para un correo",
    gone="ya no está disponible",
    unsubscribe="No recibir más mensajes sobre este ticket",
    leave="Usted, {address}, recibe las respuestas al ticket {ticket}.",
    left="{address} ya no recibe mensajes sobre el ticket {ticket}.",
    again="Recibirlos de nuevo",
    back="{address} recibe de nuevo las respuestas al ticket {ticket}.",
)
PORTUGUESE = Phrases(
    language="pt",
    ticket="Ticket {ticket}. Para responder, basta responder a esta mensagem.",
    wrote="{name} escreveu em {date}:",
    opened_subject="Recebemos a sua mensagem",
    opened=(
        "A sua mensagem chegou e tem o número {ticket}. Vamos responder.\n"
        "Para acrescentar algo, basta responder a esta mensagem."
    ),
    failed_subject="A sua mensagem não pôde ser entregue",
    failed="A sua mensagem não pôde ser entregue a",
    reason="O motivo: {reason}",
    given_up=(
        "Não haverá nova tentativa. Verifique o endereço, por favor. Se achar que é um erro,\n"
        "escreva para {postmaster} e indique esta mensagem: {trace}"
    ),
    unattached="Estes ficheiros não puderam ser anexados:",
    too_large="demasiado grande para um e-mail",
    gone="já não está disponível",
    unsubscribe="Não receber mais mensagens sobre este ticket",
    leave="O endereço {address} recebe as respostas ao ticket {ticket}.",
    left="{address} já não recebe mensagens sobre o ticket {ticket}.",
    again="Receber de novo",
    back="{address} recebe de novo as respostas ao ticket {ticket}.",
)

LANGUAGES = {each.language: each for each in (ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE)}


def phrases(language: str) -> Phrases:
    """The sentences of a language, by its tag (RFC 5646); English where there are none.

    >>> phrases("pt-BR").language, phrases("xx").language
    ('pt', 'en')
    """
    return LANGUAGES.get(language.lower().replace("_", "-").partition("-")[0], ENGLISH)
