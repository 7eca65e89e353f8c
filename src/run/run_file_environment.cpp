// What a run file holds of a Markov decision process: values and policy of the run, or of an ensemble's member `first`;
// curves of all members.
#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "run/value_stage.hpp"

namespace hjnet {

namespace {

constexpr const char* q_error_description =
    "max |Q - Q*| / max |Q*| over states that are not terminal, after each epoch";
constexpr const char* policy_description = "states whose greedy action is one of the best by Q*, after each epoch";

}  // namespace

void RunFile::create_environment() {
  const auto& environment = *settings_.environment;
  const auto states = static_cast<std::uint64_t>(environment.states);
  const auto actions = static_cast<std::uint64_t>(environment.actions);
  const auto epochs = static_cast<std::uint64_t>(settings_.epochs);
  archive_.create_dataset<double>("/environment/value_iteration/q", {states, actions},
                                  "Q*(s, a), the limit of value iteration; NaN where s is terminal");
  archive_.create_dataset<double>("/environment/q", {states, actions},
                                  "learned Q(s, a): outputs at rest under the features of s with W after the last "
                                  "epoch done; NaN where s is terminal");
  archive_.create_dataset<std::int64_t>("/environment/greedy", {states},
                                        "action of the largest learned Q(s, .); -1 where s is terminal");
  archive_.create_dataset<double>("/environment/q_error", {epochs}, q_error_description);
  archive_.create_dataset<double>("/environment/policy_optimal", {epochs}, policy_description);
  archive_.write_attribute("/environment", "acting_states",
                           environment.states - static_cast<std::int64_t>(environment.terminal.size()));
  if (!settings_.ensemble) return;
  create_members("q_error", {epochs}, q_error_description, "", false);
  create_members("policy_optimal", {epochs}, policy_description, "", false);
}

void RunFile::write_optimal_values(int member, std::span<const double> values) {
  if (member != first_) return;
  together(group_, [&] {
    if (group_rank_ == 0) write_rows("/environment/value_iteration/q", 0, values);
  });
}

void RunFile::write_values(int member, const ValueReport& report) {
  if (member != first_) return;
  together(group_, [&] {
    if (group_rank_ != 0) return;
    write_rows("/environment/q", 0, report.values);
    archive_.write<std::int64_t>("/environment/greedy", Slab::whole({report.greedy.size()}), report.greedy,
                                 Access::independent);
  });
}

void RunFile::write_value_curves(int member, int first_epoch, std::span<const double> errors,
                                 std::span<const double> optimal_states) {
  if (errors.empty()) return;
  together(group_, [&] {
    if (group_rank_ != 0) return;
    const auto row = static_cast<std::uint64_t>(first_epoch);
    for (const auto& [name, values] : {std::pair{"q_error", errors}, std::pair{"policy_optimal", optimal_states}}) {
      if (settings_.ensemble) write_member(name, member, row, values);
      if (member == first_) write_rows(std::string("/environment/") + name, row, values);
    }
  });
}

}  // namespace hjnet
