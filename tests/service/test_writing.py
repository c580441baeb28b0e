"""What a queue says of how its letters look."""

import pytest

from mailtickets.errors import SettingsError
from mailtickets.service import finding
from mailtickets.service.settings import from_options


def style(tmp_path, text, top=""):
    """The style of a queue with these settings."""
    file = tmp_path / "mailtickets.toml"
    file.write_text(f'{top}\n[[queue]]\nname = "support"\n{text}\n')
    settings = from_options({"config": str(file)}, finding.kind_keys)
    return settings.styles["support"]


def test_what_a_newcomer_has(tmp_path):
    """Letters are dressed, in the requester's language, in the agent's name; nothing is quoted."""
    found = style(tmp_path, "")
    assert found.templates is not None
    assert (found.language, found.fallback, found.from_name) == ("auto", "en", "agent")
    assert (found.marked, found.quoted) == (True, 0)
    alone = from_options({"domain": "example.org"}, finding.kind_keys).styles["support"]
    assert alone.templates is not None


def test_everything_can_be_said(tmp_path):
    """Each key does what it says."""
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "answer.txt").write_text("{{ text }}")
    (letters / "answer.it.txt").write_text("{% include '_foot.txt' %}")
    (letters / "_foot.txt").write_text("{{ ticket }}")
    (letters / "README").write_text("not a template")
    found = style(
        tmp_path,
        f'templates = "{letters}"\nlanguage = "it"\nfallback_language = "pt-BR"\n'
        'from_name = "queue"\nmarker = false\nquote_history = 5',
    )
    assert (found.language, found.fallback, found.marked, found.quoted) == ("it", "pt-BR", False, 5)
    assert found.author("Ana") == "support"
    assert found.templates.render("answer", "txt", "it", {"ticket": "S-1"}) == "S-1"
    assert style(tmp_path, "quote_history = true").quoted == 3
    assert style(tmp_path, "plain = true").templates is None
    assert style(tmp_path, 'sender_name = "Help"').author("Ana") == "Ana (Help)"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('language = "xx"', "queue.language: one of de, en, es, fr, pt"),
        ('language = "no language"', "queue.language: one of"),
        ('fallback_language = "auto"', "queue.fallback_language: one of"),
        ('templates = "/nowhere"', "queue.templates: there is no directory /nowhere"),
        ("quote_history = 21", "queue.quote_history: true, false, or how many"),
        ("quote_history = 1.5", "queue.quote_history: true, false, or how many"),
        ('marker = "no"', "queue.marker: this is true or false"),
        ('plain = true\ntemplates = "."', "queue.plain: a plain queue has no templates"),
    ],
)
def test_what_cannot_be(tmp_path, text, complaint):
    """A line names file, line and key, and what would do."""
    with pytest.raises(SettingsError) as caught:
        style(tmp_path, text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("name", "octets", "complaint"),
    [
        ("answer.txt", b"one\n{{ text }\n", "answer.txt, line 2: unexpected '}'"),
        ("answer.txt", b"one\n\xff\n", "answer.txt, line 2: a template is UTF-8"),
        ("answr.txt", b"", "answr.txt: a template is named answer.txt"),
        ("answer.txt", b"x" * 300_000, "answer.txt: the template is too large"),
        ("_foot.txt", b"{% if %}", "_foot.txt, line 1: "),
        ("opened.de.txt", b"{{ subject }}", "opened.de.txt, line 1: 'subject' is undefined"),
    ],
)
def test_a_template_that_cannot_be(tmp_path, name, octets, complaint):
    """The start names the file and the line."""
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / name).write_bytes(octets)
    with pytest.raises(SettingsError) as caught:
        style(tmp_path, f'templates = "{letters}"')
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "address", ["help.example.org", "https://x y", "https://x/?a=b", "ftp://x"]
)
def test_the_web_address(tmp_path, address):
    """It is where others reach us, and nothing else."""
    with pytest.raises(SettingsError):
        style(tmp_path, "", f'web_address = "{address}"')
    file = tmp_path / "mailtickets.toml"
    file.write_text('web_address = "https://help.example.org/mail/"\n')
    found = from_options({"config": str(file)}, finding.kind_keys)
    assert found.web_address == "https://help.example.org/mail"
