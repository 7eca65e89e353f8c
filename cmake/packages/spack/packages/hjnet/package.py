# A recipe for Spack, from a checkout: there is no release archive yet.
#
#   spack repo add cmake/packages/spack
#   spack dev-build --source-path . hjnet@main
#
# Not built by us: no Spack was at hand. Its syntax, its dependencies against CMake's and those of jobscripts/setup.sh are
# checked by tests/tools/recipes_test.py.
from spack.package import *


class Hjnet(CMakePackage):
    """Follows a classical neural network as a Hamiltonian system, turns its learning potential into an operator on two
    external particles, and answers whether and when the network entangles them."""

    license("BSD-3-Clause")

    version("main")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("petsc+mpi+double~complex~int64")
    depends_on("sundials@6.4:7 +mpi+petsc~int64")
    depends_on("hdf5+mpi+hl")
    depends_on("blas")
    depends_on("lapack")
    depends_on("fftw@3:")
    depends_on("eigen@3.4:3")
    depends_on("tomlplusplus@3.3:")
    depends_on("fmt@9:")
    depends_on("spdlog@1.10:")
    depends_on("cli11")
    depends_on("random123")
    depends_on("nlohmann-json@3.11:")
    depends_on("googletest", type="test")
    for python_package in ("py-h5py", "py-matplotlib", "py-numpy", "py-scipy"):
        depends_on(python_package, type="run")

    generator("ninja")
