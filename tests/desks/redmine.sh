#!/bin/bash
# Redmine 5 of Debian, for tests:  redmine.sh installed | install | seed PROJECT | serve PORT
#
# `install` (root) may be run again. `seed` makes a project of its own and prints, as JSON, what a
# client needs. `serve` becomes the server, on 127.0.0.1:PORT, until it is ended by its pid.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Ruby's own bundler, newer than Debian's patched one, does not find Debian's gems.
export BUNDLER_VERSION=2.3.15
root=/usr/share/redmine
database=/etc/redmine/default/database.yml

as_redmine() {
    cd "$root"
    exec setpriv --reuid=www-data --regid=www-data --init-groups \
        env HOME=/tmp REDMINE_INSTANCE=default X_DEBIAN_SITEID=default RAILS_ENV=production \
        "$@"
}

case ${1:-} in
installed) [[ -s $root/Gemfile.local ]] && grep -q '^  timeout:' $database ;;
install)
    for line in "redmine/instances/default/dbconfig-install boolean true" \
        "redmine/instances/default/database-type select sqlite3" \
        "redmine/instances/default/default-language select en" \
        "redmine/current-instances string default"; do
        echo "redmine $line"
    done | debconf-set-selections
    # Before Redmine's gems are locked: a server that is not among them cannot be loaded.
    mkdir -p "$root"
    echo 'gem "puma"' >"$root/Gemfile.local"
    apt-get install --yes --quiet --no-install-recommends \
        redmine redmine-sqlite dbconfig-sqlite3 puma </dev/null
    # Milliseconds: without it a second writer is answered 500 at once.
    grep -q '^  timeout:' $database || echo '  timeout: 30000' >>$database
    ;;
seed) REDMINE_PROJECT=$2 as_redmine bundle exec bin/rails runner "$here/redmine_seed.rb" ;;
serve)
    # One request at a time: of two that read and then write, SQLite lets one fail, however patient.
    as_redmine bundle exec puma -b "tcp://127.0.0.1:$2" -e production -t 1:1 config.ru
    ;;
*)
    echo "usage: redmine.sh installed | install | seed PROJECT | serve PORT" >&2
    exit 2
    ;;
esac
