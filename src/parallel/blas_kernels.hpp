#pragma once
/// Makes BLAS use this processor as it should.

namespace hjnet {

/// One BLAS thread a rank, unless OPENBLAS_NUM_THREADS or OMP_NUM_THREADS say otherwise. Where OpenBLAS does not know
/// the processor (one younger than itself, a virtual one) it falls back to kernels several times slower than need be:
/// the program is then started over with OPENBLAS_CORETYPE set to what the processor can do, unless that is set
/// already. To be called first in main(), before MPI.
void fit_blas_to_processor(char** argv);

}  // namespace hjnet
