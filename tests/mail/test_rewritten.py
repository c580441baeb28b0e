"""Who wrote, where a mailing list names itself in From."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import read
from mailtickets.tickets.values import Person

ANNA = Person("Anna Berg", "anna@yahoo.example")
LIST = "List-Id: <help.firm.example>\n"
GROUP = "From: \"'Anna Berg' via Help\" <help@firm.example>\n"


@pytest.mark.parametrize(
    "head",
    [
        f"{GROUP}{LIST}X-Original-From: Anna Berg <anna@yahoo.example>\n",
        f"{GROUP}{LIST}X-Original-Sender: anna@yahoo.example\n",
        f'{GROUP}{LIST}Reply-To: "Berg, Anna" <anna@yahoo.example>\n',
        f"{GROUP}{LIST}Reply-To: Anna <anna@yahoo.example>\n",
        f"From: Anna Berg via Help <help@firm.example>\n{LIST}Reply-To: anna@yahoo.example\n",
        f"{GROUP}{LIST}Reply-To: Everybody <all@x.example>\nCc: Anna Berg <anna@yahoo.example>\n",
        f"From: Anna Berg über Help <h@x.org>\n{LIST}Cc: B <b@x>, Anna Berg <anna@yahoo.example>\n",
    ],
)
def test_who_wrote_is_found_behind_the_list(head: str) -> None:
    """Groups and Mailman name the writer beside themselves; From stays what it is."""
    message = read(f"{head}\nHello\n".encode())
    assert message.written_by is not None
    assert message.written_by.address == ANNA.address
    assert {"Anna"} <= set(message.written_by.name.replace(",", " ").split()) <= {"Anna", "Berg"}
    assert message.author.address in {"help@firm.example", "h@x.org"}


@pytest.mark.parametrize(
    "head",
    [
        f"{GROUP}X-Original-From: Anna Berg <anna@yahoo.example>\n",
        f"From: Help <help@firm.example>\n{LIST}X-Original-From: anna@yahoo.example\n",
        f"{GROUP}{LIST}Reply-To: help@firm.example\n",
        f"{GROUP}{LIST}Reply-To: a@x.example, b@x.example\n",
        f"{GROUP}{LIST}Cc: Bo <bo@x.example>\n",
        f"{GROUP}{LIST}Cc: bob@other.example\n",
        f"{LIST}Reply-To: anna@yahoo.example\n",
        f"{GROUP}List-Id:\nReply-To: anna@yahoo.example\n",
        f"{GROUP}{LIST}Reply-To: help-owner@firm.example\n",
        f"{GROUP}{LIST}Reply-To: Help desk <support@desk.example>\n",
    ],
)
def test_nobody_else_is_put_in_the_writers_place(head: str) -> None:
    """Without a list, without its name beside the writer's, or with nobody named, From counts."""
    assert read(f"{head}\nHello\n".encode()).written_by is None
