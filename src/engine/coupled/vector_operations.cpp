#include "engine/coupled/vector_operations.hpp"

#include <nvector/nvector_petsc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <vector>

namespace hjnet {

namespace {

/// Elements of a block: the blocks of the vectors of a step together about fill a core's first-level cache.
constexpr std::int64_t block_size = 512;

enum class Kind {
  linear_sum,    ///< z = a x + b y
  scale,         ///< z = a x
  constant,      ///< z = a
  product,       ///< z = x y
  quotient,      ///< z = x/y
  magnitude,     ///< z = |x|
  inverse,       ///< z = 1/x
  add_constant,  ///< z = x + a
  weights,       ///< z = 1/(a |x| + b)
  square_sum,    ///< result += sum of (x y)^2
  maximum        ///< result = largest |x|
};

/// Operands are places in the queue's list of vectors; -1: none.
struct Operation {
  Kind kind;
  double a, b;
  int x, y, z;
};

/// Eight sums, so that additions do not wait for one another.
double square_sum(const double* x, const double* y, std::int64_t count) {
  constexpr std::int64_t lanes = 8;
  std::array<double, lanes> sums{};
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::int64_t k = 0; k < lanes; ++k) {
      const double product = x[i + k] * y[i + k];
      sums[static_cast<std::size_t>(k)] += product * product;
    }
  }
  double sum = 0.0;
  for (; i < count; ++i) sum += x[i] * y[i] * (x[i] * y[i]);
  for (const double part : sums) sum += part;
  return sum;
}

/// z_i = function(i); operands are the same array or do not overlap.
template <class Function>
void each(double* z, std::int64_t count, Function function) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) z[i] = function(i);
}

/// One operation on `count` elements from x, y, z on; reductions go on from `result`.
#ifdef __x86_64__
// In cache the width of the arithmetic counts. AVX2, without fused multiply-add, gives the same bits as plain x86-64.
[[gnu::target_clones("avx2", "default")]]
#endif
void perform(const Operation& op, const double* x, const double* y, double* z, std::int64_t count, double& result) {
  const double a = op.a;
  const double b = op.b;
  switch (op.kind) {
    case Kind::linear_sum:
      if (a == 1.0 && b == 1.0) {
        each(z, count, [=](std::int64_t i) { return x[i] + y[i]; });
      } else {
        each(z, count, [=](std::int64_t i) { return a * x[i] + b * y[i]; });
      }
      break;
    case Kind::scale:
      each(z, count, [=](std::int64_t i) { return a * x[i]; });
      break;
    case Kind::constant:
      std::fill_n(z, count, a);
      break;
    case Kind::product:
      each(z, count, [=](std::int64_t i) { return x[i] * y[i]; });
      break;
    case Kind::quotient:
      each(z, count, [=](std::int64_t i) { return x[i] / y[i]; });
      break;
    case Kind::magnitude:
      each(z, count, [=](std::int64_t i) { return std::abs(x[i]); });
      break;
    case Kind::inverse:
      each(z, count, [=](std::int64_t i) { return 1.0 / x[i]; });
      break;
    case Kind::add_constant:
      each(z, count, [=](std::int64_t i) { return x[i] + a; });
      break;
    case Kind::weights:
      each(z, count, [=](std::int64_t i) { return 1.0 / (a * std::abs(x[i]) + b); });
      break;
    case Kind::square_sum:
      result += square_sum(x, y, count);
      break;
    case Kind::maximum:
      for (std::int64_t i = 0; i < count; ++i) result = std::abs(x[i]) <= result ? result : std::abs(x[i]);
      break;
  }
}

/// The operations noted, and the vectors they work on.
class Queue {
public:
  void note(Kind kind, double a, N_Vector x, double b, N_Vector y, N_Vector z) {
    start_with(z != nullptr ? z : x);
    Operation op{kind, a, b, -1, -1, -1};
    if (x != nullptr) op.x = read(x);
    if (y != nullptr) op.y = read(y);
    if (z != nullptr) op.z = write(z);
    operations_.push_back(op);
    for (const N_Vector v : {x, y, z}) traffic_.called += v != nullptr ? size_ : 0;
  }

  /// The result of a reduction over this rank's elements, which was noted last.
  double settle() {
    double result = 0.0;
    for (std::int64_t first = 0; first < size_; first += block_size) {
      const auto count = std::min(block_size, size_ - first);
      const auto at = [&](int place) {
        return place < 0 ? nullptr : operands_[static_cast<std::size_t>(place)].data + first;
      };
      for (const auto& op : operations_) perform(op, at(op.x), at(op.y), at(op.z), count, result);
    }
    for (auto& operand : operands_) {
      traffic_.moved += size_ * ((operand.read ? 1 : 0) + (operand.written ? 1 : 0));
      VecRestoreArray(N_VGetVector_Petsc(operand.vector), &operand.data);
    }
    operations_.clear();
    operands_.clear();
    size_ = 0;
    return result;
  }

  [[nodiscard]] VectorTraffic traffic() const { return traffic_; }

private:
  struct Operand {
    N_Vector vector = nullptr;
    double* data = nullptr;
    bool read = false;  ///< before it is written
    bool written = false;
  };

  /// Operations that wait together are on vectors of one size.
  void start_with(N_Vector vector) {
    PetscInt size = 0;
    VecGetLocalSize(N_VGetVector_Petsc(vector), &size);
    if (!operations_.empty() && size != size_) settle();
    size_ = size;
  }
  int place(N_Vector vector) {
    const auto found = std::find_if(operands_.begin(), operands_.end(),
                                    [&](const Operand& operand) { return operand.vector == vector; });
    if (found != operands_.end()) return static_cast<int>(found - operands_.begin());
    Operand& added = operands_.emplace_back(Operand{vector});
    VecGetArray(N_VGetVector_Petsc(vector), &added.data);
    return static_cast<int>(operands_.size()) - 1;
  }
  int read(N_Vector vector) {
    const int at = place(vector);
    auto& operand = operands_[static_cast<std::size_t>(at)];
    operand.read = operand.read || !operand.written;
    return at;
  }
  int write(N_Vector vector) {
    const int at = place(vector);
    operands_[static_cast<std::size_t>(at)].written = true;
    return at;
  }

  std::vector<Operation> operations_;
  std::vector<Operand> operands_;
  std::int64_t size_ = 0;
  VectorTraffic traffic_;
};

/// One for the process: an operation is given vectors and nothing else.
Queue& queue() {
  static Queue queue;
  return queue;
}

MPI_Comm comm_of(N_Vector vector) {
  return PetscObjectComm(reinterpret_cast<PetscObject>(N_VGetVector_Petsc(vector)));
}

sunrealtype weighted_rms(N_Vector x, N_Vector w) {
  queue().note(Kind::square_sum, 0.0, x, 0.0, w, nullptr);
  double sum = queue().settle();
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm_of(x));
  return std::sqrt(sum / static_cast<double>(N_VGetLength_Petsc(x)));
}

sunrealtype max_norm(N_Vector x) {
  queue().note(Kind::maximum, 0.0, x, 0.0, nullptr, nullptr);
  double maximum = queue().settle();
  MPI_Allreduce(MPI_IN_PLACE, &maximum, 1, MPI_DOUBLE, MPI_MAX, comm_of(x));
  return maximum;
}

void destroy(N_Vector vector) {
  settle();
  N_VDestroy_Petsc(vector);
}

}  // namespace

void use_own_operations(N_Vector vector) {
  const auto& old = *vector->ops;
  _generic_N_Vector_Ops ops{};
  ops.nvgetvectorid = old.nvgetvectorid;
  ops.nvclone = old.nvclone;
  ops.nvcloneempty = old.nvcloneempty;
  ops.nvspace = old.nvspace;
  ops.nvgetlength = old.nvgetlength;
  ops.nvgetcommunicator = old.nvgetcommunicator;
  ops.nvdestroy = destroy;
  ops.nvlinearsum = [](sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z) {
    queue().note(Kind::linear_sum, a, x, b, y, z);
  };
  ops.nvscale = [](sunrealtype c, N_Vector x, N_Vector z) { queue().note(Kind::scale, c, x, 0.0, nullptr, z); };
  ops.nvconst = [](sunrealtype c, N_Vector z) { queue().note(Kind::constant, c, nullptr, 0.0, nullptr, z); };
  ops.nvprod = [](N_Vector x, N_Vector y, N_Vector z) { queue().note(Kind::product, 0.0, x, 0.0, y, z); };
  ops.nvdiv = [](N_Vector x, N_Vector y, N_Vector z) { queue().note(Kind::quotient, 0.0, x, 0.0, y, z); };
  ops.nvabs = [](N_Vector x, N_Vector z) { queue().note(Kind::magnitude, 0.0, x, 0.0, nullptr, z); };
  ops.nvinv = [](N_Vector x, N_Vector z) { queue().note(Kind::inverse, 0.0, x, 0.0, nullptr, z); };
  ops.nvaddconst = [](N_Vector x, sunrealtype b, N_Vector z) {
    queue().note(Kind::add_constant, b, x, 0.0, nullptr, z);
  };
  ops.nvwrmsnorm = weighted_rms;
  ops.nvmaxnorm = max_norm;
  *vector->ops = ops;
}

void error_weights(double relative, double absolute, N_Vector x, N_Vector w) {
  queue().note(Kind::weights, relative, x, absolute, nullptr, w);
}

void settle() {
  queue().settle();
}

VectorTraffic vector_traffic() {
  return queue().traffic();
}

}  // namespace hjnet
