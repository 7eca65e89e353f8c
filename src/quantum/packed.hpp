#pragma once
/// Commutators of Pauli coefficients in the processor's vectors: -i[X, Y] is a sum of 15 permutations of Y, each by
/// the exclusive or with an index of X. For functions that are compiled for several processors; all is inlined.

#include "quantum/pauli.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace hjnet {

using PackedHalf [[gnu::vector_size(64)]] = double;

/// 16 coefficients.
struct Packed {
  std::array<PackedHalf, 2> half;
};

inline Packed packed(const double* x, double factor = 1.0) {
  Packed out;
  for (std::size_t i = 0; i < 16; ++i) out.half[i / 8][i % 8] = factor * x[i];
  return out;
}

inline PauliVector unpacked(const Packed& x) {
  PauliVector out;
  for (std::size_t i = 0; i < 16; ++i) out[static_cast<int>(i)] = x.half[i / 8][i % 8];
  return out;
}

/// i^k of sigma_a sigma_b = i^k sigma_(a xor b).
constexpr int pauli_phase(int a, int b) {
  if (a == 0 || b == 0 || a == b) return 0;
  return (b - a + 3) % 3 == 1 ? 1 : 3;
}

/// s of -i[P_a, P_b] = s P_(a xor b): 2, -2, or 0 where they commute.
constexpr double structure_constant(int a, int b) {
  const int power = (pauli_phase(a / 4, b / 4) + pauli_phase(a % 4, b % 4)) % 4;
  return power % 2 == 0 ? 0.0 : (power == 1 ? 2.0 : -2.0);
}

/// Half h of z += x_A times the permutation of y that P_A makes.
template <int A, int h>
[[gnu::always_inline]] inline void add_permutation(double x, const Packed& y, Packed& z) {
  constexpr int m = A % 8, first = 8 * h;
  constexpr PackedHalf sign{structure_constant(A, A ^ first),       structure_constant(A, A ^ (first + 1)),
                            structure_constant(A, A ^ (first + 2)), structure_constant(A, A ^ (first + 3)),
                            structure_constant(A, A ^ (first + 4)), structure_constant(A, A ^ (first + 5)),
                            structure_constant(A, A ^ (first + 6)), structure_constant(A, A ^ (first + 7))};
  const PackedHalf& from = y.half[static_cast<std::size_t>(h ^ (A / 8))];
  z.half[static_cast<std::size_t>(h)] +=
      (x * sign) * __builtin_shufflevector(from, from, m, 1 ^ m, 2 ^ m, 3 ^ m, 4 ^ m, 5 ^ m, 6 ^ m, 7 ^ m);
}

template <int... A>
[[gnu::always_inline]] inline void add_permutations(const Packed& x, const Packed& y, Packed& z,
                                                    std::integer_sequence<int, A...> /*indices*/) {
  ((add_permutation<A + 1, 0>(x.half[(A + 1) / 8][(A + 1) % 8], y, z),
    add_permutation<A + 1, 1>(x.half[(A + 1) / 8][(A + 1) % 8], y, z)),
   ...);
}

/// z += the coefficients of -i[X, Y].
[[gnu::always_inline]] inline void add_commutator(const Packed& x, const Packed& y, Packed& z) {
  add_permutations(x, y, z, std::make_integer_sequence<int, 15>());
}

}  // namespace hjnet
