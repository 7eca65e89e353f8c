#pragma once
/// The delayed weights as factors. Momenta are driven by outer products g(s) y(s)^T alone, so that
///
///   W(t) = phi(t) W(0) + G X(t) Y^T,
///
/// with G and Y orthonormal bases of all g of the post- and all y of the pre-synaptic layer so far, and a small core X
/// that obeys the same equations as W itself (weight_path.hpp); phi = 1 without weight decay. Tangents of g and y have
/// bases of their own, and tangents of W a block of a core for every pair of the product rule (core_layout.hpp).
/// Products with W(t-T) at K times are then three matrix products, and no W(t) is ever stored. Projections that are
/// sparse, or so small that bases do not pay, are kept synapse by synapse instead, and so are thresholds.

#include "config/tangents.hpp"
#include "history/column_bases.hpp"
#include "history/core_layout.hpp"
#include "history/epoch_record.hpp"
#include "history/synapse_product.hpp"
#include "history/weight_history.hpp"
#include "history/weight_path.hpp"
#include "network/network.hpp"
#include "network/vector_archive.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace hjnet {

/// What an epoch did to the neurons, at the nodes of its mesh: blocks of [neuron][column][node].
struct EpochFactors {
  const double* y = nullptr;       ///< neuron vector
  const double* y_halo = nullptr;  ///< halo vector; may be null where none is needed
  const double* g = nullptr;       ///< neuron vector: P f'(net)/lambda with tangents, so that dM/dt = -g y^T
};

/// Sums over all synapses of this rank at the nodes; what all ranks hold alike is counted on rank 0.
struct SynapseSums {
  std::vector<double> momentum_squared, momentum_velocity, weight_squared;
  NodeData weight_squared_tangents;  ///< as in EpochRecord
};

class FactorWeights final : public WeightHistory {
public:
  /// @param factored   which projections are kept as bases and cores; must be dense ones
  /// @param tolerance  to which g and y are represented, relative to their largest norms so far
  FactorWeights(const Network& network, const LearningSettings& learning, std::size_t columns,
                const std::vector<bool>& factored, double tolerance);

  void apply(int projection, std::span<const double> phases, const double* own, const double* halo,
             double* net) override;
  void apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                       double* own) override;
  void apply_overlapped(int projection, std::span<const double> phases, const double* own, const double* halo,
                        double* net, const Handover& arrived) override;
  void apply_transpose_overlapped(int projection, std::span<const double> phases, const double* p, double* halo,
                                  double* own, const Handover& complete) override;
  void apply_thresholds(std::span<const double> phases, double* net) override;
  [[nodiscard]] std::int64_t bytes() const override;

  /// Whether advance() needs the halo vector: some projection is kept synapse by synapse.
  [[nodiscard]] bool needs_halo() const;
  /// Drops directions that the cores do not use to the tolerance, of bases that have grown; before an epoch, since M at
  /// the start of the one before, which nothing follows from, is not looked at. Collective.
  void compress();
  /// Takes in an epoch. Collective. @throws numerical_error where weight decay has no solution
  SynapseSums advance(const Mesh& mesh, const EpochFactors& factors);

  /// W at the end of the last epoch taken, M there and at its start. Collective; the readers are not, and hold until
  /// the next epoch is taken.
  [[nodiscard]] SynapseReader end_weights() const;
  [[nodiscard]] SynapseReader end_momenta() const;
  [[nodiscard]] SynapseReader starting_momenta() const;
  const std::vector<double>& weights(double phase) override;
  const std::vector<double>& velocity(double phase) override;
  void multiply(int projection, WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) override;
  void multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) override;
  void add_thresholds(WeightMoment moment, double* out) override;

  /// Directions kept of a layer's y or g and their tangents: the most of any.
  [[nodiscard]] std::size_t largest_rank() const;

  void save(VectorArchive& out, const std::string& group) const;
  void load(const VectorArchive& in, const std::string& group);
  [[nodiscard]] std::int64_t saved_bytes() const { return bytes(); }

private:
  /// One projection's history.
  struct Part {
    bool factored = false;
    std::size_t from = 0, to = 0;  ///< layers
    CoreLayout layout;
    WeightPath path;                           ///< cores as in the layout, then phi with decay; or [column][synapse]
    std::vector<std::vector<double>> product;  ///< with decay: W(0) Y_r of overlap_columns(), local rows x rank each
    std::vector<double> overlap;               ///< with decay: G_l^T W(0) Y_r, laid out as the cores
    double initial_squared = 0.0;              ///< |W(0)|^2 of all ranks
  };
  /// Orthonormal directions in a basis that the cores use: old rank x count, row-major.
  struct Turn {
    std::vector<double> matrix;
    std::size_t count = 0;
  };
  /// One layer's bases: of y where it is pre-synaptic, of g where it is post-synaptic to a factored projection.
  struct Layer {
    bool is_pre = false, is_post = false;
    ColumnBases y, g;
    std::vector<double> y_gram, g_gram;  ///< while an epoch is taken in and tangents of |W|^2 are asked for
    std::vector<std::optional<Turn>> y_turns, g_turns;  ///< of the columns to be turned, while it is compressed
  };
  /// A layer's factors in its bases: [rank][node] for every column.
  struct Coefficients {
    std::vector<std::vector<double>> y, g;
  };

  /// Prehistory, with these projections as factors.
  void begin(const std::vector<bool>& factored);
  enum class Side { post, pre };  ///< a core's rows (g), or its columns (y)
  /// One basis: of a layer's g (post) or y (pre), for one column.
  struct BasisPlace {
    std::size_t layer = 0;
    Side side = Side::post;
    std::size_t column = 0;
  };
  [[nodiscard]] const Basis& basis(BasisPlace place) const;
  /// The basis of a place that this block of a factored part stands in, if it does.
  [[nodiscard]] static bool uses(const Part& part, const CoreBlock& block, BasisPlace place) {
    const bool post = place.side == Side::post;
    return (post ? part.to : part.from) == place.layer && (post ? block.left : block.right) == place.column;
  }
  /// A random combination of the rows (columns) of all cores of the last epoch: rank x width, row-major.
  [[nodiscard]] std::vector<double> sketch(BasisPlace place, std::size_t width) const;
  [[nodiscard]] Turn directions(BasisPlace place) const;
  void turn_cores(Part& part);
  [[nodiscard]] std::size_t core_items(const Part& part) const { return part.layout.size() + (decays() ? 1 : 0); }
  [[nodiscard]] bool decays() const { return learning_.weight_decay > 0.0; }
  [[nodiscard]] bool sums_tangents() const { return decays() && columns_ > first_mixed; }
  /// For how many columns of y, from the first on, a projection has W(0) Y.
  [[nodiscard]] std::size_t overlap_columns() const { return !decays() ? 0 : sums_tangents() ? columns_ : 1; }
  /// Makes room in the cores for new directions, in which nothing has happened yet.
  void grow(Part& part);
  /// W(0) Y for what came to the `known` numbers of vectors of y, then G^T W(0) Y anew.
  void extend_overlap(Part& part, std::size_t projection, std::vector<std::size_t> known);
  /// g y^T at the nodes, [node][items]: of a factored projection, of one that is not.
  void core_force(std::size_t projection, const std::vector<Coefficients>& coefficients, std::size_t nodes,
                  double* force) const;
  void synapse_force(std::size_t projection, const EpochFactors& factors, std::size_t nodes, double* force) const;
  /// Takes a part through the epoch, and adds its sums where they are `counted` on this rank.
  void advance_part(Part& part, std::size_t value_items, double* force, bool counted, SynapseSums& sums);
  /// <A, B> of two sets of cores that stand for phi_a W(0) + G A Y^T, and likewise b.
  [[nodiscard]] double inner(const Part& part, const double* a, const double* b, std::size_t value_items) const;
  /// The same of two columns of one such set; of cores by the inner products of their bases' vectors.
  [[nodiscard]] double inner(const Part& part, const double* w, std::size_t value_items, ColumnPair columns) const;
  [[nodiscard]] double inner_cores(const Part& part, const double* w, ColumnPair columns) const;
  /// W(0) x or its transpose; with a handover the columns of this rank's own neurons apart, so that it comes between.
  void multiply_initial(std::size_t projection, std::size_t width, const double* own, const double* halo, double* net,
                        const Handover& arrived) const;
  void multiply_initial_transpose(std::size_t projection, std::size_t width, const double* p, double* halo, double* own,
                                  const Handover& complete) const;
  void multiply_path(const WeightPath& path, const Synapses& synapses, std::span<const double> phases,
                     Direction direction, const double* in, double* out) const;
  /// u = X z and tangents, X at the phases: z as ColumnBases::project() gives it, u as expand() takes it.
  [[nodiscard]] std::vector<double> multiply_cores(const Part& part, std::span<const double> phases,
                                                   Direction direction, const std::vector<double>& z) const;
  /// phi at the phases; empty without decay.
  [[nodiscard]] std::vector<double> phi(const Part& part, std::span<const double> phases) const;
  /// The vectors of a layer's y from number first[column] on, of as many columns, one column after the other, as a halo
  /// block: [neuron][vector]. Collective.
  [[nodiscard]] std::vector<double> gathered(std::size_t layer, const std::vector<std::size_t>& first) const;
  /// Y of the pre-synaptic layers as halo blocks, one a projection: [pre-synaptic neuron][vector]. Collective.
  [[nodiscard]] std::vector<std::vector<double>> gathered_bases() const;
  using EndValues = const std::vector<double>& (WeightPath::*)() const;
  using PhaseValues = const double* (WeightPath::*)(double, std::vector<double>&) const;
  [[nodiscard]] SynapseReader reader(EndValues values, bool with_initial) const;
  /// Rows of column c of a factored projection whose cores are `items`; `pre` is its part of gathered_bases().
  void form_rows(std::size_t projection, const double* items, std::size_t c, const std::vector<double>& pre,
                 bool with_initial, std::int64_t row, std::int64_t rows, double* out) const;
  void form(PhaseValues values, bool with_initial, double phase, std::vector<double>& out) const;
  void save_path(VectorArchive& out, const std::string& path, const WeightPath& items,
                 const std::function<void(const std::string&, std::size_t, std::span<const double>)>& write) const;
  using ReadStack = std::function<void(const std::string&, std::size_t, std::span<double>)>;
  void load_path(const Mesh& mesh, const std::string& path, WeightPath& items, std::size_t size,
                 const ReadStack& read) const;
  [[nodiscard]] const ColumnBases& pre_bases(const Part& part) const { return layers_[part.from].y; }
  [[nodiscard]] const ColumnBases& post_bases(const Part& part) const { return layers_[part.to].g; }
  [[nodiscard]] const double* initial(std::size_t projection) const;

  const Network& network_;
  LearningSettings learning_;
  std::size_t columns_;
  ProductColumns product_columns_;
  double tolerance_;
  std::optional<WeightRule> rule_;  ///< of the last mesh: with decay it holds a factorisation
  std::vector<Part> parts_;
  std::vector<Layer> layers_;
  std::vector<double> force_;                             ///< scratch of advance()
  std::vector<double> formed_weights_, formed_velocity_;  ///< what weights() and velocity() gave last
  Part thresholds_;
};

}  // namespace hjnet
