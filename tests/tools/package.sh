#!/usr/bin/env bash
# Makes the Debian package of a build, unpacks it, and takes the README's first steps with what is in it.
#
#   bash tests/tools/package.sh BUILD
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../jobscripts/environment.sh"
build=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

rm -f "$build"/hjnet_*.deb
cmake "$build" >/dev/null # help2man may be newer than the build
cmake --build "$build" --target man
cmake --build "$build" --target package
packages=("$build"/hjnet_*.deb)
dpkg-deb --info "${packages[0]}"
for library in libpetsc libsundials libhdf5 libopenmpi libfftw3 openmpi-bin python3-h5py; do
  dpkg-deb --field "${packages[0]}" Depends | grep -q "$library" || {
    echo "package: it does not depend on $library" >&2
    exit 1
  }
done
dpkg-deb --extract "${packages[0]}" "$folder"
for file in bin/hjnet bin/hjplot bin/hjdata share/man/man1/hjnet.1 share/man/man1/hjnet-scan.1 share/man/man1/hjplot.1 \
  share/bash-completion/completions/hjnet share/hjnet/input/entangle.toml share/hjnet/jobscripts/run.sbatch share/doc/hjnet/README.md; do
  [[ -s $folder/usr/$file || -s $folder/usr/$file.gz ]] || {
    echo "package: /usr/$file is not in it" >&2
    exit 1
  }
done
cd "$folder"
export PATH=$folder/usr/bin:$PATH
hjnet init first
mpiexec -n 2 hjnet run first.toml
MPLBACKEND=Agg hjplot entanglement first.h5 -o first.png
[[ -s first.png ]]
! command -v man >/dev/null || man -l usr/share/man/man1/hjnet-scan.1* | grep 'every combination' >/dev/null
