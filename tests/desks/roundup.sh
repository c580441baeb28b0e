#!/bin/bash
# Roundup 2.6 from PyPI, for tests:  roundup.sh installed | install | seed NAME | serve PORT TRACKER
#
# Needs no root: it lives in a venv of its own in the cache. `seed` makes a tracker, as
# docs/desks/roundup.md tells to, and prints, as JSON, what a client needs. `serve` becomes the
# server of that tracker, on 127.0.0.1:PORT, until it is ended by its pid.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${XDG_CACHE_HOME:-$HOME/.cache}/mailtickets-tests/roundup
version=2.6.0

# The blocks of Python in the page, in their order: the lines of the schema.
lines_of() { awk -v want="$1" '/^```python/ {n++; on = n == want; next} /^```/ {on = 0} on' \
    "$here/../../docs/desks/roundup.md"; }

case ${1:-} in
installed) [[ -e $home/installed-$version ]] ;;
install)
    rm -rf "$home"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check "roundup==$version"
    touch "$home/installed-$version"
    ;;
seed)
    tracker=$home/trackers/$2
    admin="$home/venv/bin/roundup-admin -i $tracker"
    mkdir -p "$home/trackers"
    {
        $admin install classic sqlite \
            "tracker_web=http://127.0.0.1:1/trk/,mail_domain=example.test,mail_host=127.0.0.1,tracker_email=tracker@example.test"
        # Before the classes that use messages, and after everything else.
        sed -i 's/^                inreplyto=String())$/                inreplyto=String(),\n                private=Boolean())/' \
            "$tracker/schema.py"
        lines_of 2 >>"$tracker/schema.py"
        # Each call proves the password anew; so many rounds would be most of the tests' time.
        sed -i -e 's/^password_pbkdf2_default_rounds = .*/password_pbkdf2_default_rounds = 1000/' \
            -e 's/^add_author = .*/add_author = no/' \
            -e "s#^debug = *\$#debug = $tracker/mail.txt#" "$tracker/config.ini"
        $admin initialise "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')"
        for who in mailtickets:Mail ann:User; do
            $admin create user "username=${who%:*}" password=s3cretpass \
                "address=${who%:*}@agents.test" "roles=${who#*:}"
        done
    } >&2
    echo "{\"words\": [\"$tracker\"], \"user\": \"mailtickets\", \"agent\": \"ann\", \"password\": \"s3cretpass\"}"
    ;;
serve)
    sed -i "s#^web = .*#web = http://127.0.0.1:$2/trk/#" "$3/config.ini"
    exec "$home/venv/bin/python" "$here/roundup_serve.py" "$3" "$2"
    ;;
*)
    echo "usage: roundup.sh installed | install | seed NAME | serve PORT TRACKER" >&2
    exit 2
    ;;
esac
