// The keys of [environment].
#include "config/reference.hpp"

namespace hjnet {

std::vector<TableReference> environment_tables() {
  using Form = TableReference::Form;
  constexpr std::string_view number = "a finite number";
  constexpr std::string_view cells = "a list of cells [row, column]";
  return {
      {"environment",
       Form::single,
       "The Markov decision process whose values the outputs learn, one output an action, with `learning.error = "
       "\"bellman\"` (docs/reinforcement.md): a grid world, or `transitions` and `rewards`. Not with recurrent "
       "projections, nor beside `stimulus.patterns` or `stimulus.step`.",
       {{"transitions", "nested lists, or { file, dataset }: states x actions x states", "required without grid",
         "P(s'|s, a)", "file dataset"},
        {"rewards", "nested lists, or { file, dataset }: states x actions, or states x actions x states",
         "required without grid", "r(s, a), or r(s, a, s')", "file dataset"},
        {"terminal", "a list of states", "none", "states that end an episode, from 0"},
        {"layer", "the name of a layer", "required", "the layer that states are shown to"},
        {"features", "a row of numbers for each state, as lists or { file, dataset }",
         "a neuron for each state, 1 for the state shown and 0 otherwise", "what is shown of a state",
         "values file dataset"},
        {"discount", "a number in [0, 1)", "0.9", "gamma"},
        {"policy", "one of sweep, uniform", "\"sweep\"",
         "sweep: every pair (s, a) of a state that is not terminal once an epoch; uniform: a drawn walk with actions "
         "drawn alike, which starts anew in every epoch"},
        {"order", "one of fixed, shuffled", "\"fixed\"",
         "of a sweep: state by state, and within a state action by action; or in an order of its own in every epoch"},
        {"per_epoch", "an integer from 1 to 16777216", "the pairs of a sweep",
         "slots of an epoch, each T/per_epoch long and with one experience; with `policy = \"uniform\"`"},
        {"episode_steps", "an integer >= 1", "none",
         "the walk also starts anew after so many steps, not only where an episode ends; with `policy = "
         "\"uniform\"`"}}},
      {"environment.grid",
       Form::single,
       "A grid world: state = row columns + column, from 0; actions 0 up, 1 right, 2 down, 3 left. A move into a wall "
       "or across the border leaves the state as it is; goal and pits end an episode.",
       {{"rows", "an integer >= 1", "required", "rows times columns are the states; 2048 at most"},
        {"columns", "an integer >= 1", "required", "see rows"},
        {"goal", "a cell [row, column]", "required", "row 0 is on top"},
        {"walls", cells, "none", "cells that cannot be entered"},
        {"pits", cells, "none", "cells that end an episode badly"},
        {"reward_goal", number, "1.0", "of entering the goal"},
        {"reward_pit", number, "-1.0", "of entering a pit; with pits"},
        {"reward_step", number, "0.0", "of every other move"},
        {"slip", "a number in [0, 1]", "0.0",
         "probability that a move goes at right angles instead, to either side alike"}}}};
}

}  // namespace hjnet
