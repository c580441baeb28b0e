#!/bin/bash
# Request Tracker 5 of Debian, for tests:  rt.sh installed | install | seed QUEUE | serve PORT
#
# `install` (root) may be run again. `seed` makes a queue of its own and prints, as JSON, what a
# client needs. `serve` becomes the server, on 127.0.0.1:PORT, until it is ended by its pid.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
own=/etc/request-tracker5/RT_SiteConfig.d/90-mailtickets-tests.pm

as_rt() { setpriv --reuid=www-data --regid=www-data --init-groups env HOME=/tmp "$@"; }

case ${1:-} in
installed) [[ -e $own && -x /usr/share/request-tracker5/libexec/rt-server ]] ;;
install)
    password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    {
        for pair in rtname:rt.example.test organization:rt.example.test \
            correspondaddress:rt@example.test commentaddress:rt-comment@example.test; do
            echo "request-tracker5 request-tracker5/${pair%%:*} string ${pair#*:}"
        done
        echo "request-tracker5 request-tracker5/initial-root-password password $password"
        echo "request-tracker5 request-tracker5/initial-root-password-again password $password"
        echo "request-tracker5 request-tracker5/install-cronjobs boolean false"
        echo "request-tracker5 request-tracker5/dbconfig-install boolean true"
        echo "request-tracker5 request-tracker5/database-type select sqlite3"
    } | debconf-set-selections
    apt-get install --yes --quiet --no-install-recommends \
        postfix request-tracker5 rt5-db-sqlite dbconfig-sqlite3 rt5-standalone </dev/null
    # The package leaves it to root alone, and the server runs as www-data.
    chmod 644 /etc/request-tracker5/RT_SiteConfig.pm
    cat >"$own" <<'PERL'
# Written for mailtickets' tests: served below /, on any port, and no mail leaves.
my $port = $ENV{RT_TEST_PORT} || 8101;
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, $port);
Set($WebBaseURL, "http://127.0.0.1:$port");
Set($BcryptCost, 10);    # tokens are hashed on each call; 12 would be most of the tests' time
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($MailCommand, 'testfile');
1;
PERL
    chmod 644 "$own"
    ;;
seed) as_rt perl "$here/rt_seed.pl" "$2" ;;
serve)
    cd /tmp
    exec setpriv --reuid=www-data --regid=www-data --init-groups \
        env HOME=/tmp RT_TEST_PORT="$2" /usr/share/request-tracker5/libexec/rt-server \
        --server Starlet --host 127.0.0.1 --port "$2" --max-workers 3
    ;;
*)
    echo "usage: rt.sh installed | install | seed QUEUE | serve PORT" >&2
    exit 2
    ;;
esac
