"""A Django project with django-helpdesk and nothing else, run by the Python of its own venv.

`seed` makes the database of $HELPDESK_HOME and prints JSON; `serve PORT` serves it on 127.0.0.1.
"""

# ruff: noqa: T201, E402, PLC0415 - Django wants its settings before it is imported

# mypy: ignore-errors

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.modules.setdefault("djangohelpdesk_project", sys.modules[__name__])
HOME = Path(os.environ["HELPDESK_HOME"])

from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="of a database that lives for one run",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="djangohelpdesk_project",
    USE_TZ=True,
    TIME_ZONE="UTC",
    SITE_ID=1,
    STATIC_URL="/static/",
    MEDIA_ROOT=str(HOME / "media"),
    MEDIA_URL="/media/",
    LOGIN_URL="/login/",
    EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
    EMAIL_FILE_PATH=str(HOME / "mail"),
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "db.sqlite3"),
            "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
        }
    },
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.sites",
        "django.contrib.staticfiles",
        "django.contrib.humanize",
        "rest_framework",
        "rest_framework.authtoken",
        "helpdesk",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]
    },
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    HELPDESK_VALID_EXTENSIONS=[".txt", ".png", ".pdf", ".bin"],
    HELPDESK_TEAMS_MODE_ENABLED=False,
    HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
    DATA_UPLOAD_MAX_MEMORY_SIZE=50_000_000,
)

import django

django.setup()

from django.urls import include, path, re_path
from django.views.static import serve as serve_file

urlpatterns = [
    path("helpdesk/", include("helpdesk.urls", namespace="helpdesk")),
    re_path("^media/(?P<path>.*)$", serve_file, {"document_root": settings.MEDIA_ROOT}),
]


def seed() -> None:
    """Make what mailtickets needs: users with tokens, queues, the field of our key."""
    from django.contrib.auth import get_user_model
    from django.contrib.sites.models import Site
    from django.core.management import call_command
    from helpdesk.models import CustomField, EmailTemplate, Queue
    from rest_framework.authtoken.models import Token

    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate", verbosity=0)
    # The requester is written to by mailtickets alone.
    EmailTemplate.objects.filter(template_name__endswith="_submitter").delete()
    Site.objects.update_or_create(id=1, defaults={"domain": "127.0.0.1", "name": "tests"})
    told = {"words": [str(HOME)]}
    for name in ("mailtickets", "ann"):
        user, _ = get_user_model().objects.get_or_create(
            username=name,
            defaults={"is_staff": True, "is_superuser": True, "email": f"{name}@agents.test"},
        )
        told[name] = Token.objects.get_or_create(user=user)[0].key
    queue, _ = Queue.objects.get_or_create(
        slug="support",
        defaults={"title": "Support", "email_address": "support@example.test"},
    )
    for name, length in (("mailtickets_key", 64), ("mailtickets_requester", 254)):
        CustomField.objects.get_or_create(
            name=name,
            defaults={
                "label": name,
                "data_type": "varchar",
                "max_length": length,
                "required": False,
                "staff_only": True,
            },
        )
    print(json.dumps({**told, "queue": queue.id}))


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1] == "seed":
        seed()
        return
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from django.core.wsgi import get_wsgi_application

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = 64

    class Handler(WSGIRequestHandler):
        def log_message(self, *words):
            pass

    make_server(
        "127.0.0.1",
        int(sys.argv[2]),
        get_wsgi_application(),
        server_class=Server,
        handler_class=Handler,
    ).serve_forever()


if __name__ == "__main__":
    main()
