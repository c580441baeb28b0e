#!/bin/bash
# Installs the ticketing systems that tests run against, where it may; what is here is left alone.
#
# It never fails: a test whose system is not here says so by name, as a failure where CI is set and
# as a skip elsewhere (tests/desks/systems.py).
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
policy=/usr/sbin/policy-rc.d
for script in "$here"/*.sh; do
    name=$(basename "$script" .sh)
    [[ $name == install ]] && continue
    "$script" installed 2>/dev/null && continue
    # A script that needs no root installs into a directory of the tree, and says so here.
    if ! grep -q '^# Needs no root' "$script"; then
        if ((EUID)) || ! command -v apt-get >/dev/null; then
            echo "$name is not here. On Debian, as root: tests/desks/$name.sh install"
            continue
        fi
        # Nothing that comes with a package shall start.
        if [[ ! -e $policy ]]; then
            printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
            trap 'rm -f $policy' EXIT
        fi
        [[ -n ${updated:-} ]] || apt-get update --quiet </dev/null >/dev/null 2>&1
        updated=yes
    fi
    log=$(mktemp)
    echo "Installing $name for the tests"
    "$script" install >"$log" 2>&1 || echo "$name could not be installed (see $log)"
done
exit 0
