#pragma once
/// The exchange of neuron quantities between the ranks that own neurons and the ranks whose synapses need them.

#include <mpi.h>
#include <petscsf.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace hjnet {

/// One layer's exchange: values of owned neurons go to every rank that listed them as needed (gather), and
/// contributions to needed neurons are summed on their owners (scatter_add). Values are blocks of `columns` doubles a
/// neuron, neuron-major. All calls are collective over the communicator.
class Halo {
public:
  /// @param offsets  size + 1 entries: rank r owns the layer's neurons offsets[r] .. offsets[r + 1] - 1.
  /// @param needed   layer-local indices of the neurons whose values this rank needs, ascending.
  Halo(MPI_Comm comm, const std::vector<std::int64_t>& offsets, const std::vector<std::int64_t>& needed);
  ~Halo();
  Halo(Halo&& other) noexcept;
  Halo(const Halo&) = delete;
  Halo& operator=(const Halo&) = delete;
  Halo& operator=(Halo&&) = delete;

  /// needed[i] = owned value of the i-th needed neuron.
  void gather(const double* owned, double* needed, int columns) const;
  /// owned[k] += sum over ranks of what they hold for neuron k; fixed order of summation.
  void scatter_add(const double* needed, double* owned, int columns) const;

  /// The same in two calls with work in between, of the same arguments: until the second, `owned` of a gather and
  /// `needed` of a sum must not change.
  void begin_gather(const double* owned, double* needed, int columns) const;
  void end_gather(const double* owned, double* needed, int columns) const;
  void begin_scatter_add(const double* needed, double* owned, int columns) const;
  void end_scatter_add(const double* needed, double* owned, int columns) const;

  [[nodiscard]] std::int64_t needed_count() const { return needed_count_; }

private:
  PetscSF forest_ = nullptr;
  std::int64_t needed_count_ = 0;
};

/// Splits `count` consecutive items into `parts` runs of nearly equal total weight.
/// @param before  the total weight of the items before one; ascending
/// @return parts + 1 offsets, ascending, from 0 to count
std::vector<std::int64_t> balanced_offsets(std::int64_t count, const std::function<double(std::int64_t)>& before,
                                           int parts);

}  // namespace hjnet
