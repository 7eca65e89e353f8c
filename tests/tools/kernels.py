#!/usr/bin/python3
"""The tests that depend on a BLAS, once for every kernel of OpenBLAS, with the reference BLAS, and without AVX.

    tests/tools/kernels.py BUILD [--tests REGEX] [KERNEL ...]      default: all kernels, the tests of CHOSEN

Prints a table of kernels and how many tests passed and failed with each. A kernel that this processor, or machine, does
not have is named, and left out. Exit status: 0 where no test failed.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

# OpenBLAS's names, each with the flag of /proc/cpuinfo that it needs.
OPENBLAS = {"SkylakeX": "avx512bw", "Haswell": "avx2", "Zen": "avx2", "Sandybridge": "avx", "Prescott": "pni"}
REFERENCE = "reference"
EMULATED = "Nehalem"  # by qemu: what chooses its own instructions, besides BLAS, then has no AVX either
# One and two ranks; what reads and writes files, or counts, does not multiply matrices.
CHOSEN = (
    r"^(unit\.(basis|constraints|dense_weights|engine_.*|environment|epoch_operators|family|fit|gauge_.*|initial_weights|"
    r"integrator|network|quantum_.*|torus_.*|transfer_array|vector_operations|waveform_agreement|weight_.*)_test(\.1)?|"
    r"mpi\.(boltzmann_modes|engine_ranks|feedback|gauge_ranks|lyapunov|network_potential|path_kernel)_test\.2|"
    r"restart\.engine_restart_test\.1|reference\.[^.]*\.(coupled|waveform)\.2)$"
)
BY_QEMU = ("constraints_test", "epoch_operators_test", "gauge_threshold_test", "initial_weights_test",
           "quantum_boltzmann_test", "weight_path_test")


def libraries(multiarch="/usr/lib"):
    """The reference BLAS and LAPACK, where the system has them."""
    names = (f"*/{part}/lib{part}.so.3" for part in ("lapack", "blas"))
    return [str(path) for name in names for path in sorted(pathlib.Path(multiarch).glob(name))]


def environment_of(kernel):
    """What a test is given to run on a kernel; a reason (a string) where that cannot be."""
    if kernel == REFERENCE:
        found = libraries()
        return {"LD_PRELOAD": ":".join(found)} if len(found) == 2 else "needs libblas3 and liblapack3"
    if OPENBLAS[kernel] not in pathlib.Path("/proc/cpuinfo").read_text().split():
        return f"this processor has no {OPENBLAS[kernel]}"
    return {"OPENBLAS_CORETYPE": kernel}


def by_ctest(build, tests, environment):
    """(passed, names of those that failed). In a folder of its own: a CTest may be running in `build`."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "CTestTestfile.cmake").write_text(f'subdirs("{build}")\n')
        results = pathlib.Path(folder, "results.xml")
        done = subprocess.run(
            ["ctest", "--test-dir", folder, "-R", tests, "--no-tests=error", "--output-on-failure", "--output-junit",
             results, "--parallel", str(len(os.sched_getaffinity(0)))],
            env=os.environ | environment, capture_output=True, text=True, check=False)
        cases = list(xml.etree.ElementTree.parse(results).iter("testcase"))
    failed = [case.get("name") for case in cases if case.get("status") != "run"]
    if failed or not cases:
        print(done.stdout)
    return len(cases) - len(failed), failed


def by_qemu(build, qemu):
    """The same of programs under an emulated processor."""
    failed = []
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    for name in BY_QEMU:
        done = subprocess.run([qemu, "-cpu", EMULATED, build / "tests" / "unit" / name], capture_output=True, text=True,
                              env=environment, check=False)
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout + done.stderr)
    return len(BY_QEMU) - len(failed), failed


def results(build, tests, kernels):
    """Yields kernel and (passed, failed), or kernel and why not."""
    for kernel in kernels:
        if kernel == EMULATED:
            qemu = shutil.which("qemu-x86_64")
            yield kernel, by_qemu(build, qemu) if qemu else "needs qemu-user"
            continue
        environment = environment_of(kernel)
        yield kernel, environment if isinstance(environment, str) else by_ctest(build, tests, environment)


def main():
    every = [*OPENBLAS, REFERENCE, EMULATED]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("kernels", nargs="*", metavar="KERNEL", help=", ".join(every))
    parser.add_argument("--tests", default=CHOSEN, metavar="REGEX")
    arguments = parser.parse_intermixed_args()
    if unknown := set(arguments.kernels) - set(every):
        parser.error(f"no such kernel: {', '.join(sorted(unknown))}; expected some of {', '.join(every)}")
    bad = 0
    print(f"{'kernel':12} {'passed':>6} {'failed':>6}")
    for kernel, result in results(arguments.build.resolve(), arguments.tests, arguments.kernels or every):
        if isinstance(result, str):
            print(f"{kernel:12} left out: {result}", flush=True)
            continue
        passed, failed = result
        bad += len(failed) + (passed == 0)
        print(f"{kernel:12} {passed:6} {len(failed):6}  {' '.join(failed)}".rstrip(), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
