#pragma once
/// The error functional "lyapunov": Hopfield's energy of a symmetric recurrent network (model: section 4),
///
///   E = -1/2 y^T W y - sum (Y_i + theta_i) y_i + sum int_0^{y_i} f^-1,
///
/// with the current W(t). Of W only its symmetric part enters E, so that with the field
///
///   h_i = Y_i + theta_i + 1/2 sum_l (W_il + W_li) y_l
///
/// dE/dy = f^-1(y) - h, dE/dW_kl = -1/2 y_k y_l and dE/dtheta_k = -y_k. While W does not move it is symmetric, and h is
/// the argument of f: nothing has to be multiplied by W.

#include "config/settings.hpp"
#include "network/inverse_transfer.hpp"
#include "network/layout.hpp"

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

/// E and its first two derivatives with respect to all neurons. Arrays are blocks of this rank's neurons,
/// [neuron][column][time]: column 0 the value, columns 1.. the tangents.
class LyapunovEnergy {
public:
  LyapunovEnergy(const NetworkLayout& layout, const Settings& settings);

  /// gradient = dE/dy, tangents of it in the further columns: f^-1(y) - h and (f^-1)'(y) dy - dh.
  /// @param field  h with its tangents
  void gradient(const double* y, const double* field, std::size_t columns, std::size_t times, double* gradient) const;
  /// product = (f^-1)'(y) u, column by column: E_yy u but for the part that h has in it. y has `columns` too.
  void curvature(const double* y, const double* u, std::size_t columns, double* product) const;
  /// E of this rank's neurons at one time; the sum over all ranks is E.
  /// @param bias  Y + theta, the part of h that does not depend on y
  [[nodiscard]] double value(const double* y, const double* field, const double* bias, std::size_t columns) const;

  /// Collective. @throws numerical_error, on all ranks, where some y is not inside the range of its neuron's f, with
  /// neuron, value and time
  void require_inside(MPI_Comm comm, const double* y, std::size_t columns, std::size_t times,
                      const double* absolute_times) const;
  /// Collective. The same for y(0), [neuron]. @throws config_error, naming the key
  void require_inside_at_start(MPI_Comm comm, const double* y) const;

private:
  /// "neuron 3 (layer 'a', tanh) is at y = 1"; empty where y is inside.
  [[nodiscard]] std::string outside(std::size_t neuron, double y) const;

  std::vector<Transfer> transfer_;     ///< of every local neuron
  std::vector<std::int64_t> indices_;  ///< global
  std::vector<std::string> layers_;    ///< names, by layer
  std::vector<std::int64_t> ends_;     ///< of each layer, the first global index beyond it
  std::string source_;
};

}  // namespace hjnet
