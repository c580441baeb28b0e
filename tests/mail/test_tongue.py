"""Which language a short text is in."""

from __future__ import annotations

import pytest

from mailtickets.mail.tongue import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hola, todavía no he recibido mi pedido. ¿Pueden ayudarme?", "es"),
        ("Siparişim hâlâ gelmedi, yardımcı olur musunuz? Bağlantı kırık.", "tr"),
        ("Hei, en ole vielä saanut tilaustani. Onko ongelma?", "fi"),
        ("Der Drucker ist kaputt, große Probleme", "de"),
        ("Olá, não recebi a encomenda", "pt"),
        ("Señor Müller", ""),
        ("Thanks, Michał Świątek", ""),
        ("Please call Işık Doğan and São João", "en"),
        ("Cc: Świątek, Dąbrowski, Łódź", ""),
        ("ok", ""),
    ],
)
def test_words_and_signs_tell(text: str, language: str) -> None:
    """Common words tell, and signs that no other language is written with; one alone does not."""
    assert language_of(text) == language
