#include "runtime/device/ProcessorShare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sched.h>
#include <sstream>
#include <thread>
#include <vector>

namespace weft {

namespace fs = std::filesystem;

constexpr double unlimited = std::numeric_limits<double>::infinity();

namespace {

/// A hierarchy of control groups, as /proc/self/mountinfo has it.
struct Mount {
  std::string root;  // the group that is mounted: "/" unless a container sees a part
  std::string point; // where
  bool v2 = false;
};

} // namespace

static std::vector<std::string> fieldsOf(const std::string &text, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream(text);
  for (std::string field; std::getline(stream, field, separator);)
    fields.push_back(field);
  return fields;
}

static bool has(const std::vector<std::string> &fields, std::string_view field) {
  return std::ranges::find(fields, field) != fields.end();
}

/// mountinfo writes space, tab, newline and backslash as three octal digits.
static std::string unescaped(const std::string &text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    auto digit = [&](size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      result += char((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// Mounts of v2, and those of v1 with the controller "cpu".
static std::vector<Mount> findMounts(const std::string &root) {
  std::vector<Mount> mounts;
  std::ifstream file(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    // number, parent, device, root, point, options, ..., "-", type, source, options
    auto fields = fieldsOf(line, ' ');
    auto dash = std::ranges::find(fields, "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 4)
      continue;
    const std::string &type = dash[1];
    if (type == "cgroup2" || (type == "cgroup" && has(fieldsOf(dash[3], ','), "cpu")))
      mounts.push_back({unescaped(fields[3]), unescaped(fields[4]), type == "cgroup2"});
  }
  return mounts;
}

/// The group of this process in v2 or in v1's hierarchy of "cpu", from its top: "/a/b".
static std::optional<std::string> findGroup(const std::string &root, bool v2) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    // "4:cpu,cpuacct:/a/b", of v2 "0::/a/b". A path may have colons.
    size_t first = line.find(':');
    size_t second = first == line.npos ? first : line.find(':', first + 1);
    if (second == line.npos)
      continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    if (v2 ? line.starts_with("0::") : has(fieldsOf(controllers, ','), "cpu"))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

static std::string firstLine(const fs::path &path) {
  std::string line;
  std::getline(std::ifstream(path) >> std::ws, line);
  return line;
}

static double ratioOf(const std::string &quota, const std::string &period) {
  // "max" of v2 and -1 of v1 are no limit.
  double time = std::strtod(quota.c_str(), nullptr), of = std::strtod(period.c_str(), nullptr);
  return time > 0 && of > 0 ? time / of : unlimited;
}

/// What the group at `folder` itself says.
static double quotaAt(const fs::path &folder, bool v2) {
  if (!v2)
    return ratioOf(firstLine(folder / "cpu.cfs_quota_us"), firstLine(folder / "cpu.cfs_period_us"));
  auto fields = fieldsOf(firstLine(folder / "cpu.max"), ' ');
  // Written with the quota alone, the period is the kernel's own.
  return fields.empty() ? unlimited : ratioOf(fields[0], fields.size() > 1 ? fields[1] : "100000");
}

/// `group` below the group that is mounted, relative; empty where it is that, or elsewhere.
static fs::path belowMount(const std::string &group, const std::string &mounted) {
  fs::path path = fs::path(group).lexically_relative(mounted);
  return path.empty() || path == "." || *path.begin() == ".." ? fs::path() : path;
}

double processorQuota(const std::string &root) {
  double least = unlimited;
  for (const Mount &mount : findMounts(root)) {
    auto group = findGroup(root, mount.v2);
    if (!group)
      continue;
    fs::path folder = root + mount.point;
    least = std::min(least, quotaAt(folder, mount.v2));
    for (const fs::path &name : belowMount(*group, mount.root))
      least = std::min(least, quotaAt(folder /= name, mount.v2));
  }
  return least;
}

unsigned threadsOfQuota(double quota) {
  constexpr double most = 1 << 20; // beyond any machine; fits
  return unsigned(std::max(1L, std::lround(std::min(quota, most))));
}

unsigned availableProcessors() {
  // More processors than cpu_set_t has room for make the call fail.
  cpu_set_t set;
  unsigned processors = ::sched_getaffinity(0, sizeof set, &set) == 0
                            ? unsigned(CPU_COUNT(&set))
                            : std::max(1u, std::thread::hardware_concurrency());
  return std::min(processors, threadsOfQuota(processorQuota()));
}

} // namespace weft
