#pragma once
/// Commutators of Pauli coefficients in the processor's vectors: -i[X, Y] is a sum of 15 permutations of Y, each by
/// the exclusive or with an index of X. For functions that are compiled for several processors; all is inlined.

#include "quantum/pauli.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace hjnet {

using PackedHalf [[gnu::vector_size(64)]] = double;

/// 16 coefficients.
struct Packed {
  std::array<PackedHalf, 2> half;
};

[[gnu::always_inline]] inline Packed packed(const double* x) {
  Packed out;
  std::memcpy(out.half.data(), x, sizeof out.half);
  return out;
}

inline PauliVector unpacked(const Packed& x) {
  PauliVector out;
  std::memcpy(out.data(), x.half.data(), sizeof x.half);
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

/// What a commutator with X multiplies by: x_A times the signs of P_A's permutation, [A - 1][half of the result].
struct CommutatorFactors {
  std::array<std::array<PackedHalf, 2>, 15> value;
};

/// Y under the eight permutations within its halves, [mask][half of Y].
struct Permutations {
  std::array<std::array<PackedHalf, 2>, 8> value;
};

template <int A, int h>
[[gnu::always_inline]] inline void set_factor(double x, CommutatorFactors& out) {
  constexpr int first = 8 * h;
  constexpr PackedHalf sign{structure_constant(A, A ^ first),       structure_constant(A, A ^ (first + 1)),
                            structure_constant(A, A ^ (first + 2)), structure_constant(A, A ^ (first + 3)),
                            structure_constant(A, A ^ (first + 4)), structure_constant(A, A ^ (first + 5)),
                            structure_constant(A, A ^ (first + 6)), structure_constant(A, A ^ (first + 7))};
  out.value[A - 1][h] = x * sign;
}

template <int... I>
[[gnu::always_inline]] inline void set_factors(const double* x, double factor, CommutatorFactors& out,
                                               std::integer_sequence<int, I...> /*indices*/) {
  ((set_factor<I + 1, 0>(factor * x[I + 1], out), set_factor<I + 1, 1>(factor * x[I + 1], out)), ...);
}

/// Of X = factor * sum x_A P_A.
[[gnu::always_inline]] inline void set_factors(const double* x, double factor, CommutatorFactors& out) {
  set_factors(x, factor, out, std::make_integer_sequence<int, 15>());
}

template <int... M>
[[gnu::always_inline]] inline void permute(const Packed& y, Permutations& out,
                                           std::integer_sequence<int, M...> /*masks*/) {
  ((out.value[M][0] = __builtin_shufflevector(y.half[0], y.half[0], M, 1 ^ M, 2 ^ M, 3 ^ M, 4 ^ M, 5 ^ M, 6 ^ M, 7 ^ M),
    out.value[M][1] =
        __builtin_shufflevector(y.half[1], y.half[1], M, 1 ^ M, 2 ^ M, 3 ^ M, 4 ^ M, 5 ^ M, 6 ^ M, 7 ^ M)),
   ...);
}

[[gnu::always_inline]] inline void permute(const Packed& y, Permutations& out) {
  permute(y, out, std::make_integer_sequence<int, 8>());
}

/// In four sums, which the processor adds up at the same time.
template <int... I>
[[gnu::always_inline]] inline void add_commutator(const CommutatorFactors& x, const Permutations& y, Packed& z,
                                                  std::integer_sequence<int, I...> /*indices*/) {
  std::array<Packed, 4> part{};
  ((part[I % 4].half[0] += x.value[I][0] * y.value[(I + 1) % 8][(I + 1) / 8],
    part[I % 4].half[1] += x.value[I][1] * y.value[(I + 1) % 8][1 ^ ((I + 1) / 8)]),
   ...);
  for (std::size_t h = 0; h < 2; ++h) {
    z.half[h] += (part[0].half[h] + part[1].half[h]) + (part[2].half[h] + part[3].half[h]);
  }
}

/// z += the coefficients of -i[X, Y].
[[gnu::always_inline]] inline void add_commutator(const CommutatorFactors& x, const Permutations& y, Packed& z) {
  add_commutator(x, y, z, std::make_integer_sequence<int, 15>());
}

/// Sum of the products.
[[gnu::always_inline]] inline double dot(const Packed& x, const Packed& y) {
  const PackedHalf s = x.half[0] * y.half[0] + x.half[1] * y.half[1];
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

}  // namespace hjnet
