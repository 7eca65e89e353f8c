#pragma once
/// Operator valuation of the learning potential (after (98), (106), (107)): partial sums of the 16 coefficients c_alpha
/// of H_int over the neurons of one rank, at one sample time; the caller sums them over the ranks.
///
/// Delta_k and F_k are linear in the Stokes components s_a, a = A1..A3, B1..B3, and become operators
/// X^ = X + sum_a d_a X (O_a - s_a), with O_A mu = sigma_mu (x) 1 and O_B nu = 1 (x) sigma_nu. Arrays are neuron-major
/// with seven columns, [k][7]: the value, d/ds_A1..A3, d/ds_B1..B3. `stokes` is s_A1..s_A3, s_B1..s_B3.
/// Every function adds to `c`, alpha = 4 mu + nu; c[0], the multiple of the identity, is never touched.

#include "config/settings.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace hjnet {

/// Adds the parts of H_int that come from sum_k Delta_k F_k and, with a gauge field, from c sum_k A_k F_k^2.
///
/// Closure::bilinear, mean_field and Closure::full: the symmetrised product of the operators Delta^_k and F^_k, and c
/// A_k F^_k^2 (the operator-valued E of `full` is added by add_error_coefficients()). Closure::backpropagation (107):
/// F_k is a number and only Delta_k an operator, c_mu0 += F_k d_A mu Delta_k and c_0nu likewise. The gauge term c A_k
/// F_k^2 then contains no operator at all, so `gauge` does not enter.
///
/// @param n      neurons of this rank
/// @param delta  n x 7
/// @param f      n x 7
/// @param gauge  n values of c A_k(t), or nullptr where there is no gauge field
void add_coefficients(Closure closure, std::span<const double, 6> stokes, std::size_t n, const double* delta,
                      const double* f, const double* gauge, std::span<double, 16> c);

/// Adds the operator part of E(y^) to second order in the tangents, for Closure::full, from `n` outputs.
///
/// @param y          n x 7
/// @param gradient   n values of E_i = dE/dy_i
/// @param hessian_y  n x 6, sum_j E_ij d_a y_j with j over all outputs, those of other ranks too
void add_error_coefficients(std::span<const double, 6> stokes, std::size_t n, const double* y, const double* gradient,
                            const double* hessian_y, std::span<double, 16> c);

/// Derivatives of a sum with respect to the states fed in, in the columns of config/tangents.hpp; [0] is not used.
using StateDerivatives = std::array<double, 16>;

/// Adds those of sum_k weight_k x_k y_k over `n` neurons, from n x 16 numbers each.
/// @param weight  n numbers; null: 1
void add_product_derivatives(std::size_t n, const double* x, const double* y, const double* weight,
                             StateDerivatives& sum);

/// Adds those of E(y) from `n` outputs.
/// @param y         n x 16
/// @param gradient  n x 16: E_i with its own derivatives
void add_error_derivatives(std::size_t n, const double* y, const double* gradient, StateDerivatives& sum);

/// Closure::mixed. H_int is a function of the two states fed in; with the operators of one qubit, whose squares are 1,
/// it is linear in each: c_mu nu = d2 H_int/ds_A mu ds_B nu, and c_mu 0 = dH_int/ds_A mu - sum_nu s_B nu c_mu nu.
void add_mixed_coefficients(std::span<const double, 6> stokes, const StateDerivatives& derivatives,
                            std::span<double, 16> c);

/// Closure::branches. H_int is `h` where A is in the state +n_A or -n_A and B likewise: H = sum_ab h_ab Pi_a (x) Pi_b
/// with projectors Pi_+- = (1 +- n.sigma)/2.
/// @param h  of ++, +-, -+, --, A first
void add_branch_coefficients(const std::array<std::array<double, 3>, 2>& axes, std::span<const double, 4> h,
                             std::span<double, 16> c);

}  // namespace hjnet
