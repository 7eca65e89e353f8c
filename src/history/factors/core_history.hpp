#pragma once
/// A dense projection as factors. Momenta are driven by outer products g(s) y(s)^T alone, so that
///
///   W(t) = phi(t) W(0) + G X(t) Y^T,
///
/// with G and Y orthonormal bases of all g of the post- and all y of the pre-synaptic layer so far, and a small core X
/// that obeys the same equations as W itself (weight_path.hpp); phi = 1 without weight decay. Tangents of g and y have
/// bases of their own, and tangents of W a block of a core for every pair of the product rule (core_layout.hpp).

#include "history/dense/synapse_product.hpp"
#include "history/factored_weights.hpp"
#include "history/factors/core_layout.hpp"
#include "history/factors/projection_history.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// Orthonormal directions in a basis that the cores use: old rank x count, row-major.
struct BasisTurn {
  std::vector<double> matrix;
  std::size_t count = 0;
};

/// A layer's bases of y or g, and what they go through.
struct SideBases {
  bool is_used = false;  ///< a core stands in them
  ColumnBases bases;
  /// While an epoch is taken in: its factors in the bases, [rank][node] for every column; and, where tangents of |W|^2
  /// are asked for, the inner products of all vectors.
  std::vector<std::vector<double>> factors;
  std::vector<double> gram;
  /// While they are compressed: of the columns to be turned.
  std::vector<std::optional<BasisTurn>> turns;
};

enum class Side { post, pre };  ///< a core's rows (g), or its columns (y)

class CoreHistory final : public ProjectionHistory {
public:
  /// @param g, y  of the post- and of the pre-synaptic layer; must outlive the object
  CoreHistory(const FactorContext& context, std::size_t projection, SideBases& g, SideBases& y);

  void apply(std::span<const double> phases, const double* own, const double* halo, double* net,
             const Handover& arrived) const override;
  void apply_transpose(std::span<const double> phases, const double* p, double* halo, double* own,
                       const Handover& complete) const override;
  void multiply(WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) const override;
  void multiply_transpose(WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) const override;
  void advance(const WeightRule& rule, const EpochFactors& factors, std::vector<double>& scratch,
               SynapseSums& sums) override;
  void read(EndValues values, bool with_initial, const std::vector<double>& pre, std::int64_t first,
            std::span<double> out) const override;
  void form(PhaseValues values, bool with_initial, double phase, const std::vector<double>& pre, std::size_t step,
            double* out) const override;
  void save(VectorArchive& out, const std::string& path) const override;
  void load(const VectorArchive& in, const std::string& path, const Mesh& mesh) override;
  [[nodiscard]] std::int64_t bytes() const override;

  /// W and M at the end of the last epoch, without tangents.
  [[nodiscard]] FactoredWeights factored() const;

  /// Its layer of y.
  [[nodiscard]] std::size_t from() const { return as_place(synapses().from); }

  /// Whether its cores stand in these bases.
  [[nodiscard]] bool stands_in(const SideBases& bases) const { return &bases == &g_ || &bases == &y_; }
  /// Adds to a sketch (rank x width, row-major) random combinations of the rows (columns) of all cores of the last
  /// epoch that stand in the basis of one column of g (y).
  /// @param random  fills a vector with random signs, the same on every rank
  void add_sketch(Side side, std::size_t column, std::size_t width,
                  const std::function<void(std::vector<double>&)>& random, std::vector<double>& sketch) const;
  /// Follows the turns of its bases, before these are turned.
  /// @param rule  on mesh()
  void turn(const WeightRule& rule);
  /// Of the last epoch.
  [[nodiscard]] const Mesh& mesh() const { return path_.mesh(); }

private:
  static std::size_t as_place(int layer) { return static_cast<std::size_t>(layer); }
  [[nodiscard]] std::size_t items() const { return layout_.size() + (context_.decays() ? 1 : 0); }
  /// For how many columns of y, from the first on, there is W(0) Y.
  [[nodiscard]] std::size_t overlap_columns() const {
    return !context_.decays() ? 0 : context_.sums_tangents() ? context_.columns : 1;
  }
  [[nodiscard]] const InitialWeights& initial() const { return context_.network.initial_weights(projection_); }
  /// This rank's neurons of the pre-synaptic layer in a neuron block of `width` numbers a neuron.
  template <class T>
  [[nodiscard]] T* pre_layer(T* block, std::size_t width) const {
    return block + static_cast<std::size_t>(context_.network.layers()[from()].first) * width;
  }

  /// W(0) x or its transpose; with a handover the columns of this rank's own neurons apart, so that it comes between.
  void multiply_initial(std::size_t width, const double* own, const double* halo, double* net,
                        const Handover& arrived) const;
  void multiply_initial_transpose(std::size_t width, const double* p, double* halo, double* own,
                                  const Handover& complete) const;
  /// u = X z and tangents, X at the phases: z as ColumnBases::project() gives it, u as expand() takes it.
  [[nodiscard]] std::vector<double> multiply_cores(std::span<const double> phases, Direction direction,
                                                   const std::vector<double>& z) const;
  /// Whether anything has been learned: the cores are not empty.
  [[nodiscard]] bool moved() const { return layout_.size() > 0; }
  /// out += the value's core times `in`, or its transpose, for `width` vectors of this rank's neurons of a layer.
  void add_core(Direction direction, const double* items, std::size_t width, const double* in, double* out) const;
  /// The factor of W(0) in W or V.
  [[nodiscard]] double initial_factor(WeightMoment moment, const double* items) const;
  /// phi at the phases; empty without decay.
  [[nodiscard]] std::vector<double> phi(std::span<const double> phases) const;

  /// Makes room in the cores for new directions, in which nothing has happened yet.
  void grow();
  /// W(0) Y for what came to the `known` numbers of vectors of y, then G^T W(0) Y anew.
  void extend_overlap(std::vector<std::size_t> known);
  /// Items that take an epoch together: with decay all, else a block after the other, which stays in the cache.
  [[nodiscard]] std::vector<ItemRange> ranges() const;
  /// g y^T at the nodes, in the bases: [node][item of the range].
  void find_force(std::size_t nodes, const ItemRange& range, double* force) const;
  /// Of two sets of cores that stand for phi_a W(0) + G A Y^T, and likewise b: <A, B>.
  [[nodiscard]] double inner(const double* a, const double* b) const;
  /// The same of two columns of one such set; of cores by the inner products of their bases' vectors.
  [[nodiscard]] double inner(const double* w, ColumnPair columns) const;
  [[nodiscard]] double inner_cores(const double* w, ColumnPair columns) const;
  /// Rows of column c of the matrix whose cores are `items`.
  void form_rows(const double* items, std::size_t c, const std::vector<double>& pre, bool with_initial,
                 std::int64_t row, std::int64_t rows, double* out) const;

  SideBases& g_;
  SideBases& y_;
  CoreLayout layout_;                         ///< of the path's items; with decay phi comes after them
  std::vector<std::vector<double>> product_;  ///< with decay: W(0) Y_r of overlap_columns(), local rows x rank each
  std::vector<double> overlap_;               ///< with decay: G_l^T W(0) Y_r, laid out as the cores
  double initial_squared_ = 0.0;              ///< with decay: |W(0)|^2 of all ranks
};

/// The vectors of a layer's y from number first[column] on, of as many columns, one column after the other, as a halo
/// block: [neuron][vector]. Collective.
std::vector<double> gathered_vectors(const Network& network, std::size_t layer, const ColumnBases& bases,
                                     const std::vector<std::size_t>& first);

}  // namespace hjnet
