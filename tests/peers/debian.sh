#!/bin/bash
# Installs the Debian packages that tests use, each given as PACKAGE=PROBE, where it may.
#
# A probe is a program on the path or a file. As root on Debian what is missing is installed; else
# the command is told. It never fails: a test that needs what is not here says so by name, as a
# failure where CI is set and as a skip elsewhere (tests/needs.py).

PATH=$PATH:/usr/sbin:/sbin
missing=()
for pair in "$@"; do
    probe=${pair#*=}
    if [[ $probe == /* ]]; then [[ -e $probe ]]; else command -v "$probe" >/dev/null; fi ||
        missing+=("${pair%%=*}")
done
((${#missing[@]})) || exit 0

install=(apt-get install --yes --quiet --no-install-recommends)
if ! command -v apt-get >/dev/null || ((EUID)); then
    echo "Some tests want programs that are not here. On Debian, as root:"
    echo "    apt-get install --no-install-recommends ${missing[*]}"
    exit 0
fi

# Nothing that comes with a package shall start: neither Postfix nor PostgreSQL is for the machine.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
command -v debconf-set-selections >/dev/null &&
    debconf-set-selections <<<"postfix postfix/main_mailer_type select No configuration"
log=$(mktemp)
echo "Installing Debian packages for the tests: ${missing[*]}"
apt-get update --quiet </dev/null >"$log" 2>&1
if ! "${install[@]}" "${missing[@]}" </dev/null >>"$log" 2>&1; then
    # One that cannot be had must not keep the others away.
    for package in "${missing[@]}"; do
        "${install[@]}" "$package" </dev/null >>"$log" 2>&1 ||
            echo "$package could not be installed (see $log)"
    done
fi
exit 0
