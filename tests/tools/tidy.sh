#!/usr/bin/env bash
# Runs clang-tidy, as .clang-tidy says, over our sources: in the batches of a unity build, which reads the headers of
# others once for a dozen sources.
#
#   bash tests/tools/tidy.sh [FOLDER] [REGEX]     default: configures build/tidy, everything
#
# REGEX is of paths from the top of the tree, such as '^(src|apps)/' or '^src/run/'.
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../jobscripts/environment.sh"
build=${1:-$root/build/tidy}
command -v run-clang-tidy >/dev/null || {
  echo "tidy: clang-tidy is missing; bash jobscripts/setup.sh --full installs it" >&2
  exit 1
}
# Headers that GCC has compiled are none of Clang's.
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON \
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 >/dev/null
cmake --build "$build" --target hjnet_version >/dev/null
mapfile -t batches < <("$python" - "$build" "$root" "${2:-}" <<'END'
import json, pathlib, re, sys
build, root = (pathlib.Path(folder).resolve() for folder in sys.argv[1:3])
for entry in json.loads((build / "compile_commands.json").read_text()):
    file = pathlib.Path(entry["file"])  # a batch below the build folder, or a source that is in none
    if re.search(sys.argv[3], str(file.relative_to(build if file.is_relative_to(build) else root))):
        print(re.escape(entry["file"]) + "$")
END
)
if [[ ${#batches[@]} -eq 0 ]]; then
  echo "tidy: no source is named ${2:-anything}" >&2
  exit 1
fi
run-clang-tidy -quiet -p "$build" -j "$cores" "${batches[@]}"
echo "tidy: ${#batches[@]} batches of sources are clean"
