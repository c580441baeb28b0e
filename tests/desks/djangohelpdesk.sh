#!/bin/bash
# django-helpdesk 2.6 from PyPI, for tests:
#   djangohelpdesk.sh installed | install | seed NAME | serve PORT DIRECTORY
#
# Needs no root: it lives in a venv of its own in the cache. `seed` makes a directory with a database
# and prints, as JSON, what a client needs. `serve` becomes its server, on 127.0.0.1:PORT, until it is
# ended by its pid.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${XDG_CACHE_HOME:-$HOME/.cache}/mailtickets-tests/djangohelpdesk
version=2.6.1

case ${1:-} in
installed) [[ -e $home/installed-$version ]] ;;
install)
    rm -rf "$home"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check "django-helpdesk==$version"
    touch "$home/installed-$version"
    ;;
seed)
    mkdir -p "$home/projects/$2"
    HELPDESK_HOME=$home/projects/$2 "$home/venv/bin/python" "$here/djangohelpdesk_project.py" seed
    ;;
serve)
    export HELPDESK_HOME=$3
    exec "$home/venv/bin/python" "$here/djangohelpdesk_project.py" serve "$2"
    ;;
*)
    echo "usage: djangohelpdesk.sh installed | install | seed NAME | serve PORT DIRECTORY" >&2
    exit 2
    ;;
esac
