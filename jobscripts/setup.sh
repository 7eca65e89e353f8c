#!/usr/bin/env bash
# Installs the Debian packages that hjnet needs and that are not there yet.
#
#   bash jobscripts/setup.sh           to build, run and draw
#   bash jobscripts/setup.sh --tests   also what the tests need besides: GoogleTest, data sets, a Slurm, which they
#                                      start themselves, and ps
#   bash jobscripts/setup.sh --full    also what the `full` tests need (formatter, linter, fuzzer, another BLAS, an emulator, a
#                                      browser, what makes packages and the site, what reads results)
#   bash jobscripts/setup.sh --list    prints the package names, one a line, and installs nothing
#
# Where nothing is missing it touches nothing and needs no network.
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config # tools
  libopenmpi-dev openmpi-bin petsc-dev libsundials-dev libhdf5-openmpi-dev libopenblas-dev libfftw3-dev
  libeigen3-dev libtomlplusplus-dev libspdlog-dev libfmt-dev libcli11-dev librandom123-dev nlohmann-json3-dev
  python3-h5py python3-matplotlib python3-numpy python3-scipy # pictures
)
test_packages=(libgtest-dev python3-sklearn python3-jsonschema slurmctld slurmd slurm-client munge iproute2 procps)
# Only the runtime of Clang's sanitizers and fuzzer has no name without Clang's version: 14 in Debian 12, 19 in Debian 13.
clang_version=$(grep -q '^VERSION_ID="12"' /etc/os-release && echo 14 || echo 19)
full_packages=(clang "libclang-rt-$clang_version-dev" clang-format clang-tidy libblas3 liblapack3 qemu-user chromium dpkg-dev file help2man
  python3-xarray python3-h5netcdf python3-pandas python3-qutip python3-sphinx python3-myst-parser furo libjs-mathjax)

die() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

action=install
for argument in "$@"; do
  case "$argument" in
    --tests) packages+=("${test_packages[@]}") ;;
    --full) packages+=("${test_packages[@]}" "${full_packages[@]}") ;;
    --list) action=list ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) echo "setup: unknown option $argument; see --help" >&2 && exit 2 ;;
  esac
done
if [[ $action == list ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup: not a Debian system, so nothing is installed here; CMake will name what it does not find." \
    "Debian's names of what is needed: ${packages[*]}" >&2
  exit 0
fi

# dpkg-query exits 1 when it does not know a package, which is no error here: the package is then missing.
installed=" $(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
  awk '$2 == "installed" { print $1 }' | tr '\n' ' ' || true)"
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" $package "* ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: all ${#packages[@]} packages are there"
  exit 0
fi

echo "setup: missing: ${missing[*]}"
root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || die "this needs root: there is no sudo here and you are not root." \
    "Ask an administrator for: apt-get install --no-install-recommends ${missing[*]}"
  root=(sudo)
fi
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)

# A foreign repository that does not answer makes the update fail; what we need may be there all the same.
"${apt[@]}" update || echo "setup: apt-get update failed; trying with the package lists that are there" >&2
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
  die "apt-get could not install: ${missing[*]}" "its own message stands above; is this Debian 12 or 13, and is there a network?"
echo "setup: installed ${missing[*]}"
