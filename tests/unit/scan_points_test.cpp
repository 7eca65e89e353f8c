// Values of a scan's keys, their product, and how its points are shared.
#include "run/scan/scan_points.hpp"

#include "parallel/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace hjnet;

TEST(ScanKeys, CommasInsideAValueAreItsOwn) {
  const auto keys = scan_keys({"a.b=1, 2.5,x", R"(c = [1, 2],{ d = [3, 4], e = "f,g" },'h,i')"});
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].key, "a.b");
  EXPECT_EQ(keys[0].values, (std::vector<std::string>{"1", "2.5", "x"}));
  EXPECT_EQ(keys[1].key, "c");
  EXPECT_EQ(keys[1].values, (std::vector<std::string>{"[1, 2]", R"({ d = [3, 4], e = "f,g" })", "'h,i'"}));
}

TEST(ScanKeys, WhatIsNoKeyWithValuesIsRefused) {
  for (const auto& texts : std::vector<std::vector<std::string>>{{"a"}, {"=1"}, {"a="}, {"a=1,"}, {"a=1", "a=2"}}) {
    EXPECT_THROW(scan_keys(texts), config_error) << texts.back();
  }
}

TEST(ScanPoints, AreTheProductInOrder) {
  const auto points = scan_points(scan_keys({"a=1,2,3,4", "b=x,y,z"}), "folder", "name");
  ASSERT_EQ(points.size(), 12U);
  EXPECT_EQ(points[4].overrides, (std::vector<std::string>{"a=2", "b=y"}));
  EXPECT_EQ(points[4].values, (std::vector<std::string>{"2", "y"}));
  EXPECT_EQ(points[4].file, "folder/name-05.h5");
  EXPECT_EQ(points[11].file, "folder/name-12.h5");
}

TEST(ScanShare, NoGroupHasMuchMoreThanOthers) {
  const std::vector<double> work{1, 2, 3, 4, 5, 6, 7, 20};
  const auto shares = share_work(work, 3);
  std::vector<int> taken(work.size(), 0);
  std::vector<double> load;
  for (const auto& share : shares) {
    EXPECT_TRUE(std::is_sorted(share.begin(), share.end()));
    load.push_back(0.0);
    for (const auto i : share) {
      ++taken[i];
      load.back() += work[i];
    }
  }
  EXPECT_EQ(taken, std::vector<int>(work.size(), 1));
  EXPECT_EQ(load, (std::vector<double>{20, 14, 14}));
  EXPECT_EQ(share_work({1.0}, 2)[1].size(), 0U);
}

}  // namespace
