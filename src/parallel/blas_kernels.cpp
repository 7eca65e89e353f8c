#include "parallel/blas_kernels.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace hjnet {

namespace {

template <class Function>
Function* openblas(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// Kernels without AVX, by OpenBLAS's names.
bool is_fallback(const char* core) {
  constexpr std::array fallbacks{"Generic", "Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Atom"};
  for (const auto* name : fallbacks) {
    if (std::strcmp(core, name) == 0) return true;
  }
  return false;
}

}  // namespace

void fit_blas_to_processor(char** argv) {
  auto* set_threads = openblas<void(int)>("openblas_set_num_threads");
  if (set_threads != nullptr && std::getenv("OPENBLAS_NUM_THREADS") == nullptr &&
      std::getenv("OMP_NUM_THREADS") == nullptr) {
    set_threads(1);
  }
#if defined(__x86_64__)
  auto* core_name = openblas<char*()>("openblas_get_corename");
  if (core_name == nullptr || std::getenv("OPENBLAS_CORETYPE") != nullptr || !is_fallback(core_name())) return;
  const char* better = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") ? "SkylakeX"
                       : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")       ? "Haswell"
                                                                                               : nullptr;
  if (better == nullptr) return;
  std::array<char, 4096> program{};
  const auto length = readlink("/proc/self/exe", program.data(), program.size() - 1);
  if (length <= 0) return;
  setenv("OPENBLAS_CORETYPE", better, 1);
  execv(program.data(), argv);  // where it fails, the program goes on as it is
#endif
}

}  // namespace hjnet
