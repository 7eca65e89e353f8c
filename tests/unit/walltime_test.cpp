// Wall times as users and Slurm write them.
#include "config/document/walltime.hpp"

#include <gtest/gtest.h>

namespace hjnet {
namespace {

TEST(Walltime, SecondsOfEveryForm) {
  EXPECT_EQ(walltime_seconds("00:00:01"), 1.0);
  EXPECT_EQ(walltime_seconds("1:02:03"), 3723.0);
  EXPECT_EQ(walltime_seconds("23:59:59"), 86399.0);
  EXPECT_EQ(walltime_seconds("168:00:00"), 604800.0);
  EXPECT_EQ(walltime_seconds("2-03:04:05"), 183845.0);
  EXPECT_EQ(walltime_seconds("0-00:00:30"), 30.0);
  EXPECT_EQ(walltime_seconds("999999999-23:59:59"), 86399999999999.0);
}

TEST(Walltime, NothingElseIsOne) {
  for (const auto* text :
       {"",           "3600",      "30:00",       "00:00:00",  "0-00:00:00",       "00:60:00", "00:00:60", "1:2:3",
        "01:02:3",    "01:02:003", "01:02:03:04", ":02:03",    "01::03",           "01:02:",   "-1:00:00", "-01:02:03",
        "1-24:00:00", "1-2:00:00", "1-2",         "1-",        "1-1-01:00:00",     "a:00:00",  "00:0a:00", "00:00:+1",
        " 01:00:00",  "01:00:00 ", "1e1:00:00",   "UNLIMITED", "9999999999:00:00", "01:00"}) {
    EXPECT_FALSE(walltime_seconds(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace hjnet
