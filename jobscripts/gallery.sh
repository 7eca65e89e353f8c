#!/usr/bin/env bash
# Makes docs/gallery.md and its pictures again: installs what is missing, builds hjnet, runs the shipped inputs on two MPI
# ranks, draws them, and writes the page with the figures that it finds in the run files. Less than an hour on two cores.
#
#   bash jobscripts/gallery.sh --overwrite             all of it
#   bash jobscripts/gallery.sh --page meaning --overwrite    docs/meaning.md instead
#   bash jobscripts/gallery.sh --resume --overwrite    keeps the runs that are there, if program and inputs are the same
#   bash jobscripts/gallery.sh --only torus-pendulum --output results/page    one case, into a folder of its own
#   bash jobscripts/gallery.sh --list                  the names of the cases
#
# Other options are those of postprocess/hjgallery, which --help prints. Run files and logs stay in results/gallery. A case
# that fails does not stop the others: it is named at the end, and the exit status is then 1.
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case " $* " in
  *' -h '* | *' --help '* | *' --list '*) exec "$python" -B "$root/postprocess/hjgallery" "$@" ;;
esac

bash "$root/jobscripts/setup.sh"
configure release
build release hjnet
exec "$python" -B "$root/postprocess/hjgallery" --hjnet "$root/build/release/apps/hjnet" "$@"
