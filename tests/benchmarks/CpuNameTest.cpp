#include "runtime/device/cpu/CpuName.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(CpuName, NamesModelAndNumbers) {
  EXPECT_EQ(
      cpuNameIn("processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 207\n"
                "model name\t: Intel(R) Xeon(R) Processor\nstepping\t: 2\nflags\t\t: fpu model\n"
                "\nprocessor\t: 1\nstepping\t: 3\n",
                "x86_64"),
      "Intel(R) Xeon(R) Processor (GenuineIntel, family 6, model 207, stepping 2)");
}

TEST(CpuName, SaysWhatThereIs) {
  EXPECT_EQ(cpuNameIn("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "aarch64"),
            "aarch64 (implementer 0x41, part 0xd0c)");
  EXPECT_EQ(cpuNameIn("", "riscv64"), "riscv64");
  EXPECT_EQ(cpuNameIn(": no key\nmodel name\t:\n", "x86_64"), "x86_64");
}

TEST(CpuName, ThisOneHasAName) { EXPECT_FALSE(cpuName().empty()); }

} // namespace
} // namespace weft
