// What of a path kernel a checkpoint holds, below /kernel.
#include "observe/path_kernel/path_kernel.hpp"

#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <utility>

namespace hjnet {

template <class Self>
auto PathKernel::numbers(Self& self) {
  return std::array{std::pair{"path", &self.path_.full},
                    std::pair{"path_half", &self.path_.half},
                    std::pair{"chain_rule", &self.chain_rule_.full},
                    std::pair{"chain_rule_half", &self.chain_rule_.half},
                    std::pair{"two_time", &self.two_time_},
                    std::pair{"tangent", &self.tangent_},
                    std::pair{"force", &self.force_},
                    std::pair{"outputs", &self.outputs_},
                    std::pair{"loss_derivative", &self.loss_derivative_},
                    std::pair{"first", &self.first_},
                    std::pair{"last", &self.last_}};
}

void PathKernel::save(VectorArchive& out) const {
  out.create_group("/kernel");
  out.write_attribute("/kernel", "epoch", std::int64_t{epoch_});
  out.write_attribute("/kernel", "past", static_cast<std::int64_t>(past_.size()));
  for (const auto& [name, values] : numbers(*this)) {
    out.write_numbers(std::string("/kernel/") + name, *values, "path kernel of the epochs done");
  }
  past_.save(out, "/kernel");
}

void PathKernel::load(const VectorArchive& in) {
  epoch_ = static_cast<int>(in.read_attribute<std::int64_t>("/kernel", "epoch"));
  for (const auto& [name, values] : numbers(*this)) *values = in.read_numbers(std::string("/kernel/") + name);
  const auto past = in.read_attribute<std::int64_t>("/kernel", "past");
  const auto expected = static_cast<std::size_t>(epoch_) * shape_.nodes;
  if (outputs_.size() != expected * shape_.entries || past < 0 ||
      static_cast<std::size_t>(past) != (shape_.predicts && epoch_ > 0 ? expected + 1 : 0)) {
    throw io_error(
        fmt::format("the checkpoint's path kernel does not fit {} epochs of {} nodes", epoch_, shape_.nodes));
  }
  past_.load(in, "/kernel", static_cast<std::size_t>(past));
}

std::int64_t PathKernel::saved_bytes() const {
  int rank = 0;
  MPI_Comm_rank(network_.comm(), &rank);
  std::size_t count = 0;
  if (rank == 0) {
    for (const auto& [name, values] : numbers(*this)) count += values->size();
  }
  return static_cast<std::int64_t>(sizeof(double) * count) + past_.saved_bytes();
}

}  // namespace hjnet
