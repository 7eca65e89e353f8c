# The libraries that hjnet stands on. Each becomes one imported target that the libraries in src/ link.
find_package(MPI REQUIRED COMPONENTS C)
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 REQUIRED COMPONENTS C)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "HDF5 was found at ${HDF5_INCLUDE_DIRS} but is not a parallel build; point HDF5_ROOT at one")
endif()
find_package(SUNDIALS 6.4 REQUIRED COMPONENTS cvode nvecpetsc)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PETSC REQUIRED IMPORTED_TARGET PETSc)
# Debian's PETSc.pc carries compile options that are the package's own business, not ours.
set_property(TARGET PkgConfig::PETSC PROPERTY INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(FFTW3 REQUIRED IMPORTED_TARGET fftw3)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(BLAS REQUIRED)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)

add_library(hjnet_mpi INTERFACE)
target_link_libraries(hjnet_mpi INTERFACE MPI::MPI_C)
# The C++ bindings of MPI are long gone from the standard; Open MPI's headers still offer them.
target_compile_definitions(hjnet_mpi INTERFACE OMPI_SKIP_MPICXX)

add_library(hjnet_hdf5 INTERFACE)
target_include_directories(hjnet_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
target_link_libraries(hjnet_hdf5 INTERFACE ${HDF5_LIBRARIES} hjnet_mpi)
