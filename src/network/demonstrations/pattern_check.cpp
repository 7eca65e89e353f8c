#include "network/demonstrations/pattern_check.hpp"

#include "network/demonstrations/pattern_set.hpp"
#include "parallel/counts.hpp"

namespace hjnet {

void check_patterns(MPI_Comm comm, const Settings& settings) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  const auto& layers = settings.network.layers;
  const auto check = [&](const PatternSource& source, int layer) {
    const auto neurons = layers[as_size(layer)].neurons;
    const auto first = neurons * rank / ranks;
    const PatternSet set(comm, source, {first, neurons * (rank + 1) / ranks - first}, layers.back().neurons);
    if (settings.learning.error == ErrorKind::cross_entropy && set.has_targets()) set.require_probabilities();
  };
  if (settings.stimulus.patterns) check(settings.stimulus.patterns->source, settings.stimulus.patterns->layer);
  if (!settings.evaluate) return;
  for (const auto& set : settings.evaluate->sets) check(set.source, settings.evaluate->layer);
}

}  // namespace hjnet
