#!/bin/bash
# Znuny 6.5 of Debian's non-free, for tests:  znuny.sh installed | install | seed QUEUE | serve PORT
#
# `install` (root) may be run again: it has a PostgreSQL cluster of its own, named znuny. `seed` makes
# a queue and prints, as JSON, what a client needs. `serve` becomes the server, on 127.0.0.1:PORT,
# until it is ended by its pid; the cluster stays.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=/usr/share/otrs
done=/etc/otrs/mailtickets-tests
password=znuny-for-tests # of a cluster that listens on loopback, and holds what tests wrote

as_otrs() { setpriv --reuid=otrs --regid=www-data --init-groups env HOME=/tmp "$@"; }
cluster() { pg_lsclusters --no-header | awk '$2 == "znuny" {print $1, $3, $4}'; }

# Whoever seeds and whoever serves may want it at the same time: the second waits for the first.
up() {
    exec 9>/run/lock/mailtickets-tests-znuny
    flock 9
    read -r version port status <<<"$(cluster)"
    mkdir -p /run/postgresql
    chown postgres: /run/postgresql
    # Not to the server: it would keep the lock for as long as it runs.
    [[ $status == online* ]] || pg_ctlcluster "$version" znuny start 9>&-
    for _ in {1..100}; do
        PGPASSWORD=$password psql -qAt -h 127.0.0.1 -p "$port" -U postgres -c 'select 1' \
            >/dev/null 2>&1 && break
        pg_isready -q -h 127.0.0.1 -p "$port" && break
        sleep 0.2
    done
    exec 9>&-
}

install() {
    sources=$(mktemp -d)
    # A list of its own, with non-free beside main; the machine's stays as it is.
    for one in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [[ -s $one ]] || continue
        sed -e 's/^Components: main.*$/Components: main contrib non-free/' \
            -e 's/^\(deb .* main\)\( .*\)*$/\1 contrib non-free/' "$one" >"$sources/${one##*/}"
    done
    chmod -R a+rX "$sources"
    apt() { apt-get -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$sources" "$@"; }
    apt update --quiet </dev/null
    echo "otrs2 otrs2/dbconfig-install boolean false" | debconf-set-selections
    # Beside what the package asks for: what its generic interface needs, and a server.
    apt install --yes --quiet --no-install-recommends dbconfig-no-thanks otrs2 postgresql \
        libplack-perl starlet libcgi-emulate-psgi-perl libmodule-refresh-perl \
        librest-client-perl libdbd-pg-perl libjson-xs-perl libyaml-libyaml-perl </dev/null
    rm -rf "$sources"
    if [[ -z $(cluster) ]]; then
        version=$(ls /usr/lib/postgresql | sort -n | tail -1)
        pg_createcluster "$version" znuny -- --auth-local=peer --auth-host=scram-sha-256 -E UTF8
        printf "listen_addresses = '127.0.0.1'\nfsync = off\nshared_buffers = 64MB\n" \
            >>"/etc/postgresql/$version/znuny/postgresql.conf"
    fi
    up
    as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups psql -q -p "$port" "$@"; }
    (cd /tmp && as_postgres -c "drop database if exists znuny" -c "drop role if exists znuny" \
        -c "create role znuny login password '$password'" -c "create database znuny owner znuny")
    for one in schema initial_insert schema-post; do
        PGPASSWORD=$password psql -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U znuny znuny \
            -f "$root/scripts/database/$one.postgresql.sql" >/dev/null
    done
    printf '%s\n' 'package Kernel::Config;' \
        "\$dbtype='pgsql'; \$dbname='znuny'; \$dbuser='znuny'; \$dbpass='$password';" \
        "\$dbserver='127.0.0.1'; \$dbport='$port';" '1;' >/etc/otrs/database.pm
    marker='# mailtickets-tests'
    grep -q "$marker" /etc/otrs/Kernel/Config.pm || sed -i "/{SecureMode} = 1;/a\\
    \$Self->{FQDN} = '127.0.0.1'; \$Self->{HttpType} = 'http'; \$Self->{CheckMXRecord} = 0;\\
    \$Self->{CheckEmailAddresses} = 0;\\
    \$Self->{SendmailModule} = 'Kernel::System::Email::Test'; $marker" /etc/otrs/Kernel/Config.pm
    cd "$root"
    as_otrs bin/otrs.Console.pl Maint::Config::Rebuild
    # Whoever Znuny runs as may not be let into this tree.
    service=$(mktemp --suffix .yml)
    cp "$here/../../mailtickets/desks/znuny.yml" "$service"
    chmod 644 "$service"
    as_otrs bin/otrs.Console.pl Admin::WebService::Add --name mailtickets \
        --source-path "$service"
    rm "$service"
    touch "$done"
}

case ${1:-} in
installed) [[ -e $done && -x $root/bin/otrs.Console.pl ]] ;;
install) install ;;
seed)
    up
    cd "$root"
    as_otrs perl - "$2" <"$here/znuny_seed.pl"
    ;;
serve)
    up
    cd "$root"
    exec setpriv --reuid=otrs --regid=www-data --init-groups env HOME=/tmp \
        plackup -s Starlet --host 127.0.0.1 --port "$2" --max-workers 3 \
        -E production bin/cgi-bin/app.psgi
    ;;
*)
    echo "usage: znuny.sh installed | install | seed QUEUE | serve PORT" >&2
    exit 2
    ;;
esac
