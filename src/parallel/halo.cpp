#include "parallel/halo.hpp"

#include <algorithm>
#include <map>

namespace hjnet {

namespace {

/// A block of `columns` doubles as an MPI datatype; made once a width and kept until MPI ends.
MPI_Datatype block_type(int columns) {
  static std::map<int, MPI_Datatype> types;
  const auto found = types.find(columns);
  if (found != types.end()) return found->second;
  MPI_Datatype type = MPI_DOUBLE;
  if (columns != 1) {
    MPI_Type_contiguous(columns, MPI_DOUBLE, &type);
    MPI_Type_commit(&type);
  }
  return types[columns] = type;
}

}  // namespace

Halo::Halo(MPI_Comm comm, const std::vector<std::int64_t>& offsets, const std::vector<std::int64_t>& needed)
    : needed_count_(static_cast<std::int64_t>(needed.size())) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  const auto self = static_cast<std::size_t>(rank);
  std::vector<PetscSFNode> remote(needed.size());
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const auto owner = std::upper_bound(offsets.begin(), offsets.end(), needed[i]) - offsets.begin() - 1;
    remote[i].rank = static_cast<PetscInt>(owner);
    remote[i].index = static_cast<PetscInt>(needed[i] - offsets[static_cast<std::size_t>(owner)]);
  }
  PetscCallAbort(comm, PetscSFCreate(comm, &forest_));
  PetscCallAbort(comm, PetscSFSetGraph(forest_, static_cast<PetscInt>(offsets[self + 1] - offsets[self]),
                                       static_cast<PetscInt>(needed.size()), nullptr, PETSC_OWN_POINTER, remote.data(),
                                       PETSC_COPY_VALUES));
  PetscCallAbort(comm, PetscSFSetUp(forest_));
}

Halo::~Halo() {
  if (forest_ != nullptr) PetscSFDestroy(&forest_);
}

Halo::Halo(Halo&& other) noexcept : forest_(other.forest_), needed_count_(other.needed_count_) {
  other.forest_ = nullptr;
}

void Halo::gather(const double* owned, double* needed, int columns) const {
  begin_gather(owned, needed, columns);
  end_gather(owned, needed, columns);
}

void Halo::begin_gather(const double* owned, double* needed, int columns) const {
  PetscCallAbort(MPI_COMM_WORLD, PetscSFBcastBegin(forest_, block_type(columns), owned, needed, MPI_REPLACE));
}

void Halo::end_gather(const double* owned, double* needed, int columns) const {
  PetscCallAbort(MPI_COMM_WORLD, PetscSFBcastEnd(forest_, block_type(columns), owned, needed, MPI_REPLACE));
}

void Halo::scatter_add(const double* needed, double* owned, int columns) const {
  begin_scatter_add(needed, owned, columns);
  end_scatter_add(needed, owned, columns);
}

void Halo::begin_scatter_add(const double* needed, double* owned, int columns) const {
  PetscCallAbort(MPI_COMM_WORLD, PetscSFReduceBegin(forest_, block_type(columns), needed, owned, MPI_SUM));
}

void Halo::end_scatter_add(const double* needed, double* owned, int columns) const {
  PetscCallAbort(MPI_COMM_WORLD, PetscSFReduceEnd(forest_, block_type(columns), needed, owned, MPI_SUM));
}

std::vector<std::int64_t> balanced_offsets(std::int64_t count, const std::function<double(std::int64_t)>& before,
                                           int parts) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(parts) + 1, 0);
  offsets.back() = count;
  for (int part = 1; part < parts; ++part) {
    const double goal = before(count) * part / parts;
    // An item goes to the lower part while most of it lies below the goal.
    const auto below = [&](std::int64_t item) { return 0.5 * (before(item) + before(item + 1)) < goal; };
    std::int64_t first = 0;
    for (std::int64_t last = count; first < last;) {
      const auto middle = first + (last - first) / 2;
      if (below(middle)) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    offsets[static_cast<std::size_t>(part)] = first;
  }
  return offsets;
}

}  // namespace hjnet
