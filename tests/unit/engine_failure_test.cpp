// Runs that cannot go on end with an error that says where and what, and never hang.
#include "../support/case.hpp"
#include "parallel/errors.hpp"

namespace {

using namespace hjnet;
using namespace hjnet::test;

std::string failure(const std::string& toml) {
  try {
    run(settings_from(toml));
  } catch (const numerical_error& error) {
    return error.what();
  }
  return "no error";
}

void expect_words(const std::string& message, const std::vector<std::string>& words) {
  for (const auto& word : words) EXPECT_NE(message.find(word), std::string::npos) << word << " is not in: " << message;
}

TEST(Failure, OverflowOfTheNeuronsIsAnErrorNamingEpochQuantityAndTime) {
  // Two steps of 1.7e308 each add up to infinity from t = 1.5 on.
  const std::string step = "{ layer = \"n\", values = [1.7e308], start = 0.5, stop = 0.75, epochs = [1, 1] }";
  const auto message = failure(
      "[run]\nepochs = 3\n[network]\nlayer = [{ name = \"n\", neurons = 1, transfer = \"softplus\" }]\n"
      "[stimulus]\nstep = [" +
      step + ", " + step + "]\n" + solver(1e-6, "bdf"));
  expect_words(message,
               {"epoch 1, y forwards", "a right-hand side is not finite at any step size after s = 0.5, t = 1 + s"});
}

TEST(Failure, OverflowInMidEpochIsAnErrorAndNoHang) {
  // y = exp(1190 t) passes 1.8e308 at t = 0.596.
  const auto message = failure(
      "[network]\nlayer = [{ name = \"n\", neurons = 1, transfer = \"identity\" }]\ninitial_state = 1.0\n"
      "projection = [{ from = \"n\", to = \"n\", weights = { values = [120.0] } }]\n"
      "[learning]\nenabled = false\n" +
      solver(1e-6, "bdf"));
  expect_words(message, {"epoch 0, y forwards (delta = \"terminal\"): ", "at any step size after s = 0.5"});
}

TEST(Failure, OverflowOfABackSignalIsAnErrorNamingEpochQuantityAndTime) {
  // The output is of order 1, its synapses cancel; the back-signals are 1e200 times 1e200.
  const auto message = failure(R"([network]
layer = [{ name = "a", neurons = 1, transfer = "identity" }, { name = "b", neurons = 1, transfer = "identity" },
         { name = "c", neurons = 1, transfer = "identity" }]
projection = [{ from = "a", to = "b", weights = { values = [1e200] } }, { from = "b", to = "c", weights = { values = [1e200] } }]
[learning]
enabled = false
target = 0.5
)" + solver(1e-6, "bdf"));
  expect_words(message, {"epoch 0, Delta backwards (delta = \"terminal\")",
                         "a right-hand side is not finite at any step size", "t = 1 - s"});
}

TEST(Failure, DeltaAsAnInitialValueProblemIsStoppedAtItsBound) {
  // Delta grows like exp(9.5 t) and passes 1e12 at t = 2.91.
  const auto message = failure(
      "[run]\nepochs = 4\n[network]\nlayer = [{ name = \"n\", neurons = 1 }]\nprojection = "
      "[{ from = \"n\", to = \"n\", weights = { values = [0.05] } }]\n[learning]\nenabled = false\n"
      "delta = \"initial\"\ninitial_delta = 1.0\n" +
      solver(1e-6, "bdf"));
  expect_words(message, {"|Delta| exceeds 1e+12 at t = 2.9", "(epoch 2)", "delta = \"initial\"",
                         "use delta = \"terminal\" or fewer epochs"});
}

TEST(Failure, RunawayLearningIsAnError) {
  // With the sign of the inertia turned round the weights climb until the neurons overflow.
  const auto message = failure(
      "[run]\nepochs = 60\n[network]\nlayer = [{ name = \"n\", neurons = 1, transfer = \"identity\" }]\n"
      "initial_state = 1.0\nprojection = [{ from = \"n\", to = \"n\", weights = { values = [0.9] } }]\n"
      "[learning]\ninertia = 0.01\n" +
      solver(1e-4, "bdf"));
  expect_words(message, {"epoch ", "t = "});
}

}  // namespace
