// Limits of control groups, read from files as Linux writes them.
#include "runtime/device/ProcessorShare.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <limits>
#include <sched.h>

namespace weft::test {
namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// A folder that looks like the root of a system.
class ProcessorQuota : public testing::Test {
protected:
  std::string root =
      testing::TempDir() + "quota-" + testing::UnitTest::GetInstance()->current_test_info()->name();

  void SetUp() override { std::filesystem::remove_all(root); }
  void TearDown() override { std::filesystem::remove_all(root); }

  void write(const std::string &path, const std::string &text) {
    std::filesystem::path file = root + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
};

const std::string v1Mount =
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup "
    "rw,cpu,cpuacct\n34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n";
const std::string v2Mount =
    "41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:4 master:2 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_F(ProcessorQuota, ThereMayBeNone) {
  EXPECT_EQ(processorQuota(root), unlimited); // no files at all
  write("/proc/self/mountinfo", v2Mount);
  write("/proc/self/cgroup", "0::/user.slice\n");
  EXPECT_EQ(processorQuota(root), unlimited); // the controller is not enabled
  write("/sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
  EXPECT_EQ(processorQuota(root), unlimited);
}

TEST_F(ProcessorQuota, Version2TakesTheLeastOfAllGroupsAbove) {
  write("/proc/self/mountinfo", v2Mount);
  write("/proc/self/cgroup", "0::/machine/pod/box\n");
  write("/sys/fs/cgroup/machine/pod/box/cpu.max", "300000 100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 3);
  write("/sys/fs/cgroup/machine/pod/cpu.max", "75000 50000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 1.5);
  write("/sys/fs/cgroup/machine/cpu.max", "max 100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 1.5);
  write("/sys/fs/cgroup/machine/cpu.max", "25000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 0.25);
  write("/sys/fs/cgroup/other/cpu.max", "1000 100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 0.25);
}

TEST_F(ProcessorQuota, Version1TakesTheLeastOfAllGroupsAbove) {
  write("/proc/self/mountinfo", v1Mount);
  write("/proc/self/cgroup", "5:cpuset:/elsewhere\n4:cpu,cpuacct:/docker/box\n1:name=systemd:/x\n");
  const std::string groups = "/sys/fs/cgroup/cpu,cpuacct/docker/";
  write(groups + "box/cpu.cfs_quota_us", "-1\n");
  write(groups + "box/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(processorQuota(root), unlimited);
  write(groups + "cpu.cfs_quota_us", "200000\n");
  write(groups + "cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 2);
  write(groups + "box/cpu.cfs_quota_us", "100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 1);
}

TEST_F(ProcessorQuota, AContainerSeesItsGroupAsTheTop) {
  // A namespace of its own: the group is "/".
  write("/proc/self/mountinfo", v2Mount);
  write("/proc/self/cgroup", "0::/\n");
  write("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 1.5);
  // None: the mount starts at the container's group, and the path is the host's.
  write("/proc/self/mountinfo", "41 31 0:38 /docker/box /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  write("/proc/self/cgroup", "0::/docker/box/inner\n");
  write("/sys/fs/cgroup/inner/cpu.max", "50000 100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 0.5);
  // A path that is not below what is mounted says nothing about folders there.
  write("/proc/self/cgroup", "0::/../other\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 1.5);
}

TEST_F(ProcessorQuota, BothVersionsCount) {
  write("/proc/self/mountinfo",
        v1Mount + "35 31 0:38 / /sys/fs/cgroup/uni\\040fied rw - cgroup2 cgroup2 rw\n");
  write("/proc/self/cgroup", "4:cpu,cpuacct:/a\n0::/b\n");
  write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "400000\n");
  write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 4);
  write("/sys/fs/cgroup/uni fied/b/cpu.max", "300000 100000\n");
  EXPECT_DOUBLE_EQ(processorQuota(root), 3);
}

TEST_F(ProcessorQuota, NonsenseLimitsNothing) {
  write("/proc/self/mountinfo", "\n - - -\n1 2 3 / - cgroup2\n" + v2Mount);
  write("/proc/self/cgroup", "no colons\n:\n0::/a\n");
  for (const char *text : {"", "words\n", "0 100000\n", "-5 100000\n", "100000 0\n", "nan nan\n"}) {
    write("/sys/fs/cgroup/a/cpu.max", text);
    EXPECT_EQ(processorQuota(root), unlimited) << text;
  }
}

TEST(ThreadsOfQuota, IsTheNearestNumber) {
  EXPECT_EQ(threadsOfQuota(0.1), 1u);
  EXPECT_EQ(threadsOfQuota(1), 1u);
  EXPECT_EQ(threadsOfQuota(1.4), 1u);
  EXPECT_EQ(threadsOfQuota(1.6), 2u);
  EXPECT_EQ(threadsOfQuota(8), 8u);
  EXPECT_GE(threadsOfQuota(unlimited), 4096u);
}

TEST(AvailableProcessors, AreThoseOfTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
    if (CPU_ISSET(i, &before))
      CPU_SET(i, &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(availableProcessors(), 1u);
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_LE(availableProcessors(), unsigned(CPU_COUNT(&before)));
}

} // namespace
} // namespace weft::test
