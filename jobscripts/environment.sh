# shellcheck shell=bash disable=SC2034
# Sourced by the scripts that build and run hjnet on one machine: where things are, and what MPI needs to know.
# Not for clusters: there the batch system's launcher and the site's modules decide.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# CMake's search for HDF5 builds a test program, and fails without a reason where the path has a blank.
if [[ $root == *[[:space:]]* ]]; then
  echo "hjnet cannot be built below a path with a blank: $root" >&2
  exit 2
fi

# Before OMP_NUM_THREADS below is set, which nproc takes for the number of cores.
cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)

# Open MPI refuses to start as root, and to start more ranks than cores, unless it is told otherwise; without the
# binding policy all jobs on a machine share its first core. From Open MPI 5 on these are PRRTE's business, under names
# of its own. Ranks of one machine need shared memory alone; looking for networks takes a second or more at every start.
# Threads inside BLAS would only fight with the ranks.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe PRTE_MCA_hwloc_default_binding_policy=none
export OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

# Modules for Python are Debian's: another python3 that comes first in PATH would not have them.
python=/usr/bin/python3
[[ -x $python ]] || python=python3

# As many compilers as there are cores, but no more than memory allows at 1.5 GB each.
parallel_jobs() {
  local memory_kb fit
  memory_kb=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  fit=$((${memory_kb:-3000000} / 1500000))
  ((fit < 1)) && fit=1
  echo $((fit < cores ? fit : cores))
}

# configure PRESET [OPTION...]: into build/PRESET, through ccache where it is there. A folder that was configured
# elsewhere (the clone has been moved since) is configured afresh.
configure() {
  local cache=$root/build/$1/CMakeCache.txt options=("${@:2}")
  mkdir -p "$root/build/$1"
  if [[ ! -w $root/build/$1 ]]; then
    echo "cannot write to $root/build/$1 (made by another user?)" >&2
    return 1
  fi
  if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then options+=(--fresh); fi
  if command -v ccache >/dev/null; then
    options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  (cd "$root" && cmake --preset "$1" "${options[@]}")
}

# build PRESET [TARGET]: everything, or one target.
build() {
  (cd "$root" && cmake --build --preset "$1" --parallel "$(parallel_jobs)" ${2:+--target "$2"})
}
